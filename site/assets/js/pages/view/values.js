// Mirrors builder/geocairn/compile/pages/view/values.py; a test compares what both give.

/** @typedef {Record<string, any>} Json */

/** @param {any} value @returns {string | null} */
export function text(value) {
  return typeof value === 'string' && value.trim() ? value : null
}

/** @param {any} value @returns {number | null} */
export function number(value) {
  return typeof value === 'number' && Math.abs(value) < 1e300 ? value : null
}

/** @param {any} value @returns {boolean | null} */
export function flag(value) {
  return typeof value === 'boolean' ? value : null
}

/** @param {any} value @returns {Json} */
export function record(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
}

/** @param {any} value @returns {Json[]} */
export function objects(value) {
  return list(value).filter((part) => part !== null && typeof part === 'object' && !Array.isArray(part))
}

/** @param {any} value @returns {any[]} */
export function list(value) {
  return Array.isArray(value) ? value : []
}

/** @param {any} value @returns {string[] | null} */
export function texts(value) {
  return known([...new Set(list(value).filter((part) => text(part)))])
}

/** @template T @param {T[]} values @returns {T[] | null} */
export function known(values) {
  return values.length ? values : null
}

/** @param {number} value @param {number} [digits] */
export function rounded(value, digits = 1) {
  const factor = 10 ** digits
  return Math.floor(value * factor + 0.5) / factor
}

/** @param {number} value */
export function plain(value) {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1e15) return String(value)
  if (!(size >= 1e-6 && size < 1e15)) {
    const [mantissa = '', exponent] = value.toExponential(5).split('e')
    return `${trimmed(mantissa)}e${Number(exponent)}`
  }
  return trimmed(value.toFixed(Math.max(0, 5 - Math.floor(Math.log10(size)))))
}

/** @param {string} digits */
function trimmed(digits) {
  return digits.includes('.') ? digits.replace(/0+$/, '').replace(/\.$/, '') : digits
}
