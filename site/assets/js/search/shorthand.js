/** Short ways to write a filter: facets by name, and the STAC API's older query extension. */

import { normalise } from './cql/normal.js'
import { allOf } from './cql/tree.js'
import { QueryError } from './errors.js'
import { queryable } from './facets.js'

const RANGE = "Write a number, '<1', '>=10', '0.3..1' (or '..1', '10..'), or a pair of numbers."
/** @type {Record<string, string>} */
const TESTS = { eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' }
/** @type {Record<string, (text: string) => string>} */
const PATTERNS = { startsWith: (text) => `${text}%`, endsWith: (text) => `%${text}`, contains: (text) => `%${text}%` }

/** @param {unknown} value */
function isEmpty(value) {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)
}

/**
 * Write `name=value` as CQL2 JSON in normal form; null where nothing is asked.
 *
 * @param {string} name
 * @param {any} value
 * @returns {any}
 */
export function facetFilter(name, value) {
  if (isEmpty(value)) return null
  const own = { property: name }
  const kind = queryable(name).type
  if (kind === 'number') return normalise(numberRange(name, value))
  if (kind === 'boolean') return normalise({ op: '=', args: [own, flag(name, value)] })
  const words = texts(name, value).map((text) => ({ op: 'casei', args: [text] }))
  const folded = { op: 'casei', args: [own] }
  if (kind === 'strings') return normalise({ op: 'a_overlaps', args: [folded, words] })
  return normalise({ op: 'in', args: [folded, words] })
}

/** @param {string} name @param {any} value */
function texts(name, value) {
  const parts = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value]
  if (parts.some((/** @type {unknown} */ part) => typeof part !== 'string')) {
    throw new QueryError(`${name} is not words: ${JSON.stringify(value)}`, `Write ${name}=['a', 'b'].`)
  }
  return parts.map((/** @type {string} */ part) => part.trim())
}

/** @param {string} name @param {unknown} value */
function flag(name, value) {
  const text = String(value).trim().toLowerCase()
  if (['true', 'yes', '1'].includes(text)) return true
  if (['false', 'no', '0'].includes(text)) return false
  throw new QueryError(`${name} is neither true nor false: ${text}`, 'Use true, false.')
}

/** @param {string} name @param {any} given */
function numberRange(name, given) {
  const own = { property: name }
  let value = given
  if (typeof value === 'string') {
    const signed = /^\s*(<=|>=|<>|<|>|=)\s*(.+?)\s*$/.exec(value)
    if (signed) return { op: signed[1], args: [own, number(name, signed[2])] }
    const separator = ['..', '/', ','].find((sign) => value.includes(sign))
    if (separator) value = value.split(separator)
  }
  if (!Array.isArray(value)) return { op: '=', args: [own, number(name, value)] }
  if (value.length !== 2) throw new QueryError(`${name} is no range: ${JSON.stringify(given)}`, RANGE)
  const bounds = ['>=', '<='].flatMap((op, place) => {
    const end = value[place]
    const open = end === null || end === undefined || ['', '..'].includes(String(end).trim())
    return open ? [] : [{ op, args: [own, number(name, end)] }]
  })
  if (!bounds.length) throw new QueryError(`${name} is open at both ends: ${JSON.stringify(given)}`, RANGE)
  if (bounds.length === 2 && Number(bounds[0]?.args[1]) > Number(bounds[1]?.args[1])) {
    throw new QueryError(`${name} ends before it starts: ${JSON.stringify(given)}`, 'Swap the ends.')
  }
  return allOf(...bounds)
}

/** @param {string} name @param {unknown} value */
function number(name, value) {
  const found = typeof value === 'number' ? value : String(value).trim() === '' ? NaN : Number(value)
  if (!Number.isFinite(found)) throw new QueryError(`${name} is no number: ${String(value)}`, RANGE)
  return found
}

/**
 * Write the STAC API's query extension (`{"gsd": {"lt": 1}}`) as CQL2 JSON in normal form.
 *
 * @param {any} query
 * @returns {any}
 */
export function queryFilter(query) {
  if (isEmpty(query)) return null
  if (typeof query !== 'object') throw new QueryError(`query is not understood: ${String(query)}`, 'Use filter.')
  if (Array.isArray(query)) return allOf(...query.map((part) => queryFilter(fromText(part))))
  const parts = Object.entries(query).flatMap(([name, tests]) =>
    Object.entries(tests).map(([test, value]) => normalise(oneTest({ property: name }, test, value))),
  )
  return allOf(...parts)
}

/** @param {unknown} part */
function fromText(part) {
  const match = /^\s*([^<>=]+?)\s*(>=|<=|<>|=|>|<)\s*(.*?)\s*$/.exec(String(part))
  if (!match) throw new QueryError(`query is not understood: ${String(part)}`, 'Write query=["gsd<1"].')
  const test = Object.keys(TESTS).find((name) => TESTS[name] === match[2]) ?? ''
  const text = match[3] ?? ''
  const value = text === 'true' || text === 'false' ? text === 'true' : text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
  return { [match[1] ?? '']: { [test]: value } }
}

/** @param {{property: string}} own @param {string} test @param {unknown} value */
function oneTest(own, test, value) {
  if (TESTS[test]) return { op: TESTS[test], args: [own, value] }
  if (test === 'in') return { op: 'in', args: [own, value] }
  const pattern = PATTERNS[test]
  if (pattern && typeof value === 'string') {
    return { op: 'like', args: [own, pattern(value.replace(/[%_\\]/g, '\\$&'))] }
  }
  throw new QueryError(`unknown test '${test}' in query`, `There are ${[...Object.keys(TESTS), 'in', ...Object.keys(PATTERNS)].join(', ')}.`)
}
