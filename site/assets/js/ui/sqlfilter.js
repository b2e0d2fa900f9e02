// A CQL2 filter as SQL over the columns of the search index.

import { parseText } from '../search/cql/text.js'
import { queryable } from '../search/facets.js'

/** The filter asks for what the index does not have, or SQL does not say alike. */
export class NotInSql extends Error {}

/** @param {string} value A text as SQL writes it. */
export function text(value) {
  return `'${value.replaceAll("'", "''")}'`
}

/** @param {string[]} values */
export function list(values) {
  return values.map(text).join(', ')
}

/**
 * The index's column of a property, in double quotes, because `end` is a word of SQL.
 * @param {string} name
 */
export function column(name) {
  const found = queryable(name)
  if (!found.column) throw new NotInSql(name)
  return `"${found.column}"`
}

/** @param {string} filter CQL2 text. */
export function filterSql(filter) {
  return condition(parseText(filter))
}

const COMPARISONS = ['=', '<>', '<', '<=', '>', '>=']
/** @type {Record<string, (a: string, b: string) => string>} */
const ARRAYS = {
  a_contains: (a, b) => `list_has_all(${a}, ${b})`,
  a_containedby: (a, b) => `list_has_all(${b}, ${a})`,
  a_overlaps: (a, b) => `list_has_any(${a}, ${b})`,
  a_equals: (a, b) => `(list_has_all(${a}, ${b}) AND list_has_all(${b}, ${a}))`,
}

/**
 * @param {any} node
 * @returns {string}
 */
function condition(node) {
  if (typeof node === 'boolean') return node ? 'TRUE' : 'FALSE'
  const op = String(node?.op).toLowerCase()
  const args = node?.args ?? []
  if (op === 'and' || op === 'or') {
    return `(${args.map(condition).join(` ${op.toUpperCase()} `)})`
  }
  if (op === 'not') return `(NOT ${condition(args[0])})`
  if (op === 'isnull') return `(${value(args[0])} IS NULL)`
  if (op === 'between') {
    return `(${value(args[0])} BETWEEN ${value(args[1])} AND ${value(args[2])})`
  }
  if (op === 'in') return `(${value(args[0])} IN (${args[1].map(value).join(', ')}))`
  if (op === 'like') return `(${value(args[0])} LIKE ${value(args[1])} ESCAPE '\\')`
  const array = ARRAYS[op]
  if (array) return array(value(args[0]), value(args[1]))
  if (COMPARISONS.includes(op)) return `(${value(args[0])} ${op} ${value(args[1])})`
  throw new NotInSql(op)
}

/**
 * @param {any} node
 * @returns {string}
 */
function value(node) {
  if (typeof node === 'string') return text(node)
  if (typeof node === 'number' || typeof node === 'boolean') return String(node)
  if (Array.isArray(node)) return `[${node.map(value).join(', ')}]`
  if (typeof node?.property === 'string') return property(node.property)
  if (String(node?.op).toLowerCase() === 'casei') return folded(node.args[0])
  throw new NotInSql(JSON.stringify(node))
}

/** @param {string} name */
function property(name) {
  // Times compare by rules of their own; SQL's are others.
  if (queryable(name).type === 'instant') throw new NotInSql(name)
  return column(name)
}

/** @param {any} node */
function folded(node) {
  const set = typeof node?.property === 'string' && queryable(node.property).type === 'strings'
  return set ? `[lower(x) FOR x IN ${value(node)}]` : `lower(${value(node)})`
}
