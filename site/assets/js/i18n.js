// Texts in the page's language.
//
// A text is written in English where it is used: `t('{n} of {m} shown', { n, m })`, or
// `tn('{n} model', '{n} models', n)` where it depends on a number. The same functions stand in the
// templates. `make strings` (builder: geocairn.compile.pages.catalogue) gathers the texts of both
// into site/locale/<language>/LC_MESSAGES/geocairn.po. The build compiles that into a JSON file
// that the page names in <html data-strings>; it is loaded here before any module that imports
// this one runs. Without it, as in English, in workers and in Node, texts stay as written.
//
// Always write the texts as plain literals: what is not a literal cannot be found.

/** @typedef {Record<string, string | number>} Values */

const page = typeof document === 'undefined' ? null : document.documentElement

/** The page's language, such as `de`. */
export const language = page?.dataset.lang ?? 'en'

/** @type {Record<string, string | string[]>} */
const texts = await load()

async function load() {
  const address = page?.dataset.strings
  if (!address) return {}
  try {
    const response = await fetch(new URL(address, document.baseURI))
    return response.ok ? await response.json() : {}
  } catch {
    return {} // English is better than nothing.
  }
}

/**
 * A text in the page's language, with values in place of `{name}`; numbers are localised.
 * @param {string} text
 * @param {Values} [values]
 */
export function t(text, values) {
  const found = texts[text]
  return fill(typeof found === 'string' ? found : text, values)
}

/**
 * A text that depends on a number, which is also the value `{n}`.
 * @param {string} one
 * @param {string} many
 * @param {number} n
 * @param {Values} [values]
 */
export function tn(one, many, n, values) {
  const found = texts[one]
  const form = rules.select(n) === 'one' ? 0 : 1
  const text = Array.isArray(found) ? (found[form] ?? found[0]) : form ? many : one
  return fill(text ?? one, { n, ...values })
}

const rules = new Intl.PluralRules(language)
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 6 })

/** @param {number} value */
export function number(value) {
  return numbers.format(value)
}

/**
 * @param {string} text
 * @param {Values} [values]
 */
function fill(text, values) {
  if (!values) return text
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? number(value) : value
  })
}
