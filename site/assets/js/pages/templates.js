// The templates of model pages in the browser: as Python's Jinja runs them, but by nunjucks.

import { formats } from './formats.js'
import { quoted } from './view/links.js'

/** @typedef {Record<string, any>} Json */

/**
 * Make an environment of nunjucks know what the templates call.
 * @param {Json} environment
 * @param {{language: string, t: Function, tn: Function, words: Record<string, Record<string, string>>}} texts
 */
export function prepare(environment, { language, t, tn, words }) {
  // nunjucks hands named arguments over as one object at the end.
  environment.addGlobal('t', (/** @type {string} */ text, /** @type {Json} */ values) =>
    t(text, named(values)),
  )
  environment.addGlobal(
    'tn',
    (/** @type {string} */ one, /** @type {string} */ many, /** @type {number} */ n) =>
      tn(one, many, n),
  )
  environment.addGlobal('word', (/** @type {string} */ kind, /** @type {string} */ value) => {
    const known = words[kind]
    const english = known && Object.hasOwn(known, value) ? known[value] : undefined
    return english === undefined ? value : t(english)
  })
  for (const [name, format] of Object.entries(formats(language))) environment.addGlobal(name, format)
  environment.addFilter('urlencode', (/** @type {any} */ value) => quoted(String(value), "/_.-~"))
  return environment
}

/** @param {Json | undefined} values */
function named(values) {
  if (!values) return undefined
  const { __keywords: _, ...rest } = values
  return rest
}
