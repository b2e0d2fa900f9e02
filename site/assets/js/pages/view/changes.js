// Mirrors builder/geocairn/compile/pages/view/changes.py.

import { known, plain, record } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const MOST = 12
const LONGEST = 120
const EXPECTED = ['version', 'created', 'updated', 'title', 'deprecated', 'geocairn:status']

/** @param {Json} item @param {Json | null} previous */
export function changes(item, previous) {
  if (!previous) return null
  const found = []
  for (const part of ['properties', 'assets']) {
    const [before, after] = [record(previous[part]), record(item[part])]
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      if (EXPECTED.includes(key) || same(before[key], after[key])) continue
      found.push({
        part,
        key,
        before: key in before ? shownValue(before[key]) : null,
        after: key in after ? shownValue(after[key]) : null,
      })
    }
  }
  return known(found.slice(0, MOST))
}

/** @param {any} one @param {any} other @returns {boolean} */
function same(one, other) {
  if (one === other) return true
  if (!one || !other || typeof one !== 'object' || typeof other !== 'object') return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
  )
}

/** @param {any} value */
export function shownValue(value) {
  const shown = [...(typeof value === 'string' ? value : written(value))]
  return shown.length <= LONGEST ? shown.join('') : `${shown.slice(0, LONGEST).join('')}…`
}

/** @param {any} value @returns {string} */
function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value).map(([key, part]) => `${key}: ${written(part)}`).join(', ')}}`
  }
  return typeof value === 'number' ? plain(value) : String(value)
}
