/** Conditions on lists, compared as sets. */

import { queryable } from '../facets.js'
import { fold } from './evaluate.js'
import { isName } from './tree.js'

/** @typedef {import('./evaluate.js').Condition} Condition */
/** @typedef {import('./evaluate.js').Row} Row */
/** @typedef {any} Node */

/**
 * @param {string} op
 * @param {Node[]} args
 * @returns {Condition}
 */
export function arrayPredicate(op, args) {
  const [left, right] = args.map(side)
  return (row) => {
    const a = left?.(row) ?? null
    const b = right?.(row) ?? null
    if (a === null || b === null) return null
    if (op === 'a_contains') return within(b, a)
    if (op === 'a_containedby') return within(a, b)
    if (op === 'a_equals') return within(a, b) && within(b, a)
    return [...a].some((key) => b.has(key))
  }
}

/**
 * @param {Set<unknown>} a
 * @param {Set<unknown>} b
 */
function within(a, b) {
  return [...a].every((key) => b.has(key))
}

/**
 * One side of the comparison as a set; null where it is no list.
 *
 * @param {Node} node
 * @returns {(row: Row) => Set<unknown>|null}
 */
function side(node) {
  const list = values(node)
  if (Array.isArray(node)) {
    const own = new Set(keys(node.map(literal)))
    return () => own
  }
  return (row) => {
    const found = list(row)
    return found === null ? null : new Set(keys(found))
  }
}

/**
 * Objects, lists and null within a list are like nothing that a filter can write: one key for all.
 *
 * @param {any[]} found
 */
function keys(found) {
  return found.map((part) => (typeof part === 'object' || part === undefined ? keys : part === 0 ? 0 : part))
}

/**
 * @param {Node} node
 * @returns {(row: Row) => any[]|null}
 */
function values(node) {
  if (isName(node)) {
    const { name, column } = queryable(node.property)
    return (row) => {
      const found = column ? row.column(column) : row.property(name)
      return Array.isArray(found) ? found : null
    }
  }
  if (Array.isArray(node)) return () => node.map(literal)
  const inner = values(node.args[0])
  return (row) => inner(row)?.map((part) => (typeof part === 'string' ? fold(node.op, part) : part)) ?? null
}

/** A value that a filter writes, folds applied. @param {Node} node @returns {any} */
function literal(node) {
  return node?.op ? fold(node.op, literal(node.args[0])) : node
}
