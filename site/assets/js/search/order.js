/** Matching rows in the order that a query asks for; missing values last, equal ones in the hub's order. */

import { order } from './cql/evaluate.js'
import { queryable } from './facets.js'

/** @typedef {import('./rows.js').IndexRow} IndexRow */
/** @typedef {import('./query.js').SortKey} SortKey */

/** Columns that an order needs. @param {SortKey[]} keys */
export function sortColumns(keys) {
  return keys.flatMap(({ field }) => {
    if (field === 'datetime') return ['datetime', 'start']
    const { column } = queryable(field)
    return column ? [column] : []
  })
}

/** Whether an order needs members of the items themselves. @param {SortKey[]} keys */
export function sortsByItems(keys) {
  return keys.some(({ field }) => field !== 'score' && field !== 'overlap' && !queryable(field).column)
}

/**
 * @param {IndexRow[]} rows
 * @param {SortKey[]} keys
 */
export function sortRows(rows, keys) {
  const makers = keys.map(valueOf)
  const signs = keys.map(({ direction }) => (direction === 'desc' ? -1 : 1))
  const decorated = rows.map((row) => ({ row, values: makers.map((make) => make(row)) }))
  decorated.sort((a, b) => {
    for (let i = 0; i < signs.length; i++) {
      const result = compare(a.values[i], b.values[i], /** @type {number} */ (signs[i]))
      if (result) return result
    }
    return a.row.row - b.row.row
  })
  return decorated.map(({ row }) => row)
}

/** @param {SortKey} key @returns {(row: IndexRow) => any} */
function valueOf({ field }) {
  if (field === 'score') return (row) => row.score
  if (field === 'overlap') return (row) => row.overlap
  if (field === 'datetime') return (row) => row.column('datetime') ?? row.column('start')
  const { name, column } = queryable(field)
  if (column) return (row) => row.column(column)
  return (row) => ranked(row.property(name))
}

/**
 * Whether a row comes before everything whose value is at best a bound.
 *
 * @param {IndexRow} row
 * @param {SortKey} key
 * @param {number|null} bound In hours since 1970 where the column is a time; null: nothing has a value.
 */
export function isBeyond(row, key, bound) {
  const value = valueOf(key)(row)
  if (value === null) return false
  if (bound === null) return true
  const own = typeof value === 'bigint' ? Number(value / 3_600_000_000n) : value
  return key.direction === 'desc' ? own > bound : own < bound
}

/**
 * A property of any type: numbers first, then strings, then false and true, then all else.
 *
 * @param {any} value
 */
function ranked(value) {
  if (value === null || value === undefined) return null
  const rank = { number: 0, string: 1, boolean: 2 }[/** @type {string} */ (typeof value)] ?? 3
  return [rank, rank < 2 ? value : JSON.stringify(value)]
}

/**
 * @param {any} a
 * @param {any} b
 * @param {number} sign
 * @returns {number}
 */
function compare(a, b, sign) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (!Array.isArray(a)) return sign * order(a, b)
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const result = order(a[i], b[i])
    if (result) return sign * result
  }
  return sign * (a.length - b.length)
}
