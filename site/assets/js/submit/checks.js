// Checks an item as far as a browser can: by the same JSON Schemas as `geocairn check`, compiled when
// the site is built, and for what the form calls required.

import { language, t } from '../i18n.js'

/** @typedef {{ path: string, message: string, about: string }} Finding `about`: the place that is wanted or wrong. */

const MOST = 20
/** Languages that the validator speaks besides English. */
const SPOKEN = /** @type {Record<string, () => Promise<any>>} */ ({
  de: () => import('ajv-i18n/localize/de/index.js'),
})

/**
 * What the schemas find in an item.
 * @param {Record<string, any>} item
 * @returns {Promise<Finding[]>}
 */
export async function schemaFindings(item) {
  // A build adds this link, without which STAC allows no collection.
  const linked = { ...item, links: [...item['links'], { rel: 'collection', href: '../collection.json' }] }
  // Large, and wanted by those alone who get this far.
  const { validators } = await import('virtual:schemas')
  const speak = (await SPOKEN[language]?.())?.default
  const wanted = ['', ...item['stac_extensions']]
  const unknown = wanted.filter((url) => !Object.hasOwn(validators, url))
  const found = wanted.flatMap((url) => errors(validators[url], linked, speak))
  // A part of a schema that has alternatives fails once for each of them.
  const seen = new Map(found.map((one) => [`${one.path} ${one.message}`, one]))
  const rest = unknown.map((url) => unlisted(t('{address} is not known here', { address: url })))
  return [...rest, ...seen.values()].slice(0, MOST)
}

/**
 * @param {string} message
 * @returns {Finding}
 */
function unlisted(message) {
  return { path: '$.stac_extensions', message, about: '$.stac_extensions' }
}

/**
 * @param {import('virtual:schemas').Validator | undefined} validate
 * @param {Record<string, any>} item
 * @param {((errors: any) => void) | undefined} speak
 * @returns {Finding[]}
 */
function errors(validate, item, speak) {
  if (!validate || validate(item)) return []
  speak?.(validate.errors)
  const own = (validate.errors ?? []).filter((one) => !['if', 'anyOf', 'oneOf', 'allOf', 'not'].includes(one.keyword))
  return (own.length ? own : (validate.errors ?? [])).map((one) => ({
    path: jsonPath(one.instancePath),
    message: one.message ?? one.keyword,
    about: jsonPath([one.instancePath, ...(one.keyword === 'required' ? [one.params?.['missingProperty']] : [])].join('/')),
  }))
}

/**
 * `/properties/mlm:input/0` as `$.properties['mlm:input'][0]`.
 * @param {string} pointer
 */
export function jsonPath(pointer) {
  const steps = pointer.split('/').slice(1).map((one) => one.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce((path, step) => {
    if (/^\d+$/.test(step)) return `${path}[${step}]`
    return /^[A-Za-z_]\w*$/.test(step) ? `${path}.${step}` : `${path}['${step}']`
  }, '$')
}
