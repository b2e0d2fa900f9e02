/** A filter in normal form as a function of a row: true, false, or null for unknown. */

import { queryable } from '../facets.js'
import { timestamp } from '../times.js'
import { compareText } from '../words.js'
import { ARITHMETIC, COMPARISONS, FOLDS, SPATIAL } from './normal.js'
import { arrayPredicate } from './arrays.js'
import { isName } from './tree.js'

/** @typedef {any} Node */
/** @typedef {boolean|null} Truth */
/**
 * What conditions ask of a row.
 *
 * @typedef {object} Row
 * @property {(column: string) => any} column Value of a column of the index, or null.
 * @property {(name: string) => any} property Member of the item's properties, or null.
 * @property {(op: string, shape: Node) => Truth} spatial A predicate of its geometry.
 */
/** @typedef {(row: Row) => Truth} Condition */

/**
 * @param {Node} node
 * @returns {Condition}
 */
export function condition(node) {
  if (typeof node === 'boolean') return () => node
  const { op, args } = node
  if (op === 'and' || op === 'or') return connective(args.map(condition), op === 'or')
  if (op === 'not') return negation(condition(args[0]))
  if (SPATIAL.has(op)) return (row) => row.spatial(op, args[1])
  if (COMPARISONS.has(op)) return comparison(op, args)
  if (op === 'isNull') return isNull(args[0])
  if (op === 'like') return like(args)
  return arrayPredicate(op, args)
}

/**
 * @param {Condition[]} parts
 * @param {boolean} decisive What decides: a true one for `or`, a false one for `and`.
 * @returns {Condition}
 */
function connective(parts, decisive) {
  return (row) => {
    /** @type {Truth} */
    let result = !decisive
    for (const part of parts) {
      const truth = part(row)
      if (truth === decisive) return decisive
      if (truth === null) result = null
    }
    return result
  }
}

/**
 * @param {Condition} part
 * @returns {Condition}
 */
function negation(part) {
  return (row) => {
    const truth = part(row)
    return truth === null ? null : !truth
  }
}

/** @type {Record<string, (order: number) => boolean>} */
const SIGNS = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

/**
 * @param {string} op
 * @param {Node[]} args
 * @returns {Condition}
 */
function comparison(op, args) {
  const asTime = args.some(isInstant)
  const [left, right] = args.map((arg) => value(arg, asTime))
  const holds = /** @type {(order: number) => boolean} */ (SIGNS[op])
  return (row) => {
    const a = left?.(row) ?? null
    const b = right?.(row) ?? null
    // Values of different types, and lists and objects, cannot be compared.
    if (a === null || b === null || typeof a !== typeof b || typeof a === 'object') return null
    return holds(order(a, b))
  }
}

/**
 * @param {any} a
 * @param {any} b Of the same type.
 */
export function order(a, b) {
  if (typeof a === 'string') return compareText(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

/** @param {Node} node */
function isInstant(node) {
  return node?.instant !== undefined || (isName(node) && queryable(node.property).type === 'instant')
}

/**
 * @param {Node} node
 * @param {boolean} asTime Whether text of items is read as a time.
 * @returns {(row: Row) => any}
 */
function value(node, asTime) {
  if (isName(node)) {
    const { name, column } = queryable(node.property)
    if (column) return (row) => row.column(column)
    return asTime ? (row) => timestamp(row.property(name)) : (row) => row.property(name)
  }
  if (node?.instant !== undefined) return () => node.instant
  if (!node?.op) return () => node
  const parts = node.args.map((/** @type {Node} */ arg) => value(arg, false))
  if (FOLDS.has(node.op)) return (row) => fold(node.op, parts[0](row))
  return (row) => arithmetic(node.op, parts[0](row), parts[1](row))
}

/**
 * @param {string} op
 * @param {unknown} text
 */
export function fold(op, text) {
  if (typeof text !== 'string') return null
  if (op === 'accenti') return text.normalize('NFD').replace(/\p{Mn}/gu, '').normalize('NFC')
  let folded = ''
  // Simple lower case, each character alone: of İ the first code point.
  for (const character of text) folded += String.fromCodePoint(/** @type {number} */ (character.toLowerCase().codePointAt(0)))
  return folded
}

/**
 * @param {string} op
 * @param {unknown} a
 * @param {unknown} b
 * @returns {number|null}
 */
function arithmetic(op, a, b) {
  if (typeof a !== 'number' || typeof b !== 'number' || !ARITHMETIC.has(op)) return null
  const result = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b, div: Math.trunc(a / b), '^': a ** b }[op]
  return result !== undefined && Number.isFinite(result) ? result : null
}

/**
 * @param {Node} node
 * @returns {Condition}
 */
function isNull(node) {
  if (isName(node) && queryable(node.property).type === 'geometry') return (row) => row.column('xmin') === null
  const get = value(node, false)
  return (row) => (get(row) ?? null) === null
}

/**
 * @param {Node[]} args
 * @returns {Condition}
 */
function like(args) {
  const [text, pattern] = args.map((arg) => value(arg, false))
  /** @type {RegExp|undefined} */
  let compiled
  return (row) => {
    const own = text?.(row)
    if (typeof own !== 'string') return null
    compiled ??= likePattern(pattern?.(row))
    return compiled.test(own)
  }
}

/** @param {string} pattern */
function likePattern(pattern) {
  const parts = pattern.match(/\\[^]|%|_|[^\\%_]/gu) ?? []
  const source = parts.map((part) => {
    if (part === '%') return '[^]*'
    if (part === '_') return '[^]'
    return (part.startsWith('\\') ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, 'u')
}
