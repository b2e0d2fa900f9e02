/** CQL2 JSON checked and brought to the normal form that is evaluated; see docs/search.md. */

import { QueryError } from '../errors.js'
import { bareName, queryable } from '../facets.js'
import { parseBbox, parseGeometry } from '../geometry/geojson.js'
import { lowerComparison, lowerTemporal } from './times.js'
import { isName, show } from './tree.js'

export const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>='])
export const ARITHMETIC = new Set(['+', '-', '*', '/', '%', 'div', '^'])
export const FOLDS = new Set(['casei', 'accenti'])
const ARRAYS = new Set(['a_contains', 'a_containedby', 'a_equals', 'a_overlaps'])
/** @type {Record<string, string>} */
const MIRROR = { s_within: 's_contains', s_contains: 's_within' }
export const SPATIAL = new Set([
  's_intersects', 's_disjoint', 's_within', 's_contains', 's_equals', 's_touches', 's_crosses', 's_overlaps',
])
const DEEPEST = 100
const HELP = 'The operators are listed in the documentation of the search, under “Filter”.'

/** @typedef {any} Node */

/**
 * Check a boolean expression of CQL2 JSON and bring it to normal form.
 *
 * @param {Node} node
 * @param {number} [depth]
 * @returns {Node}
 */
export function normalise(node, depth = 0) {
  if (typeof node === 'boolean') return node
  if (depth > DEEPEST) throw new QueryError('filter is nested too deeply', `At most ${DEEPEST} levels.`)
  const { op, args } = operation(node)
  if (op === 'and' || op === 'or' || op === 'not') {
    if (op === 'not' ? args.length !== 1 : !args.length) throw miscounted(op, args)
    return { op, args: args.map((arg) => normalise(arg, depth + 1)) }
  }
  if (SPATIAL.has(op)) return spatial(op, args)
  if (ARRAYS.has(op)) return arrays(op, args)
  if (op.startsWith('t_')) return lowerTemporal(op, args)
  const known = COMPARISONS.has(op) ? comparison : PREDICATES[op]
  if (known) return known(op, args)
  if (ARITHMETIC.has(op) || FOLDS.has(op)) {
    throw new QueryError(`'${op}' gives a value, not true or false`, 'Compare it.')
  }
  throw new QueryError(`unknown operator or function '${op}' in filter`, HELP)
}

/**
 * @param {Node} node
 * @returns {{op: string, args: Node[]}}
 */
function operation(node) {
  if (typeof node?.op === 'string') {
    const op = node.op.toLowerCase()
    if (!Array.isArray(node.args)) throw new QueryError(`'${op}' has no list of args`, HELP)
    return { op: op === 'isnull' ? 'isNull' : op === '!=' ? '<>' : op, args: node.args }
  }
  if (typeof node?.property === 'string') {
    throw new QueryError(`'${node.property}' alone is no condition`, `Write ${node.property} = true, or compare it with a value.`)
  }
  throw new QueryError(`no condition: ${show(node)}`, HELP)
}

/**
 * @param {string} op
 * @param {Node[]} args
 */
function miscounted(op, args) {
  return new QueryError(`'${op}' does not take ${args.length} arguments`, HELP)
}

/**
 * Check a scalar expression; gives it in normal form with its type.
 *
 * @param {Node} node
 * @param {number} [depth]
 * @returns {{value: Node, kind: string}}
 */
function scalar(node, depth = 0) {
  if (typeof node === 'string') return { value: node, kind: 'string' }
  if (typeof node === 'boolean') return { value: node, kind: 'boolean' }
  if (typeof node === 'number') {
    if (!Number.isFinite(node)) throw new QueryError(`number out of range: ${node}`, 'Use a finite number.')
    return { value: node, kind: 'number' }
  }
  if (isName(node)) return scalarProperty(node)
  if (node?.timestamp !== undefined || node?.date !== undefined) return { value: node, kind: 'instant' }
  if (typeof node?.op === 'string' && depth <= DEEPEST) return expression(node, depth)
  throw new QueryError(`not a value to compare: ${show(node)}`, node === null ? 'Write IS NULL or IS NOT NULL.' : HELP)
}

/** @param {Node} node */
function propertyName(node) {
  const name = bareName(node.property)
  if (!name) throw new QueryError(`not a property name: ${show(node)}`, HELP)
  return name
}

/** @param {Node} node */
function scalarProperty(node) {
  const name = propertyName(node)
  const kind = queryable(name).type
  if (kind === 'strings') {
    throw new QueryError(`'${name}' is a list and cannot be compared with one value`, `Write A_CONTAINS(${name}, ('value')), or A_OVERLAPS for any of several.`)
  }
  if (kind === 'geometry') throw new QueryError("'geometry' cannot be compared", 'Write S_INTERSECTS(geometry, ...).')
  return { value: { property: name }, kind }
}

/**
 * @param {Node} node
 * @param {number} depth
 */
function expression(node, depth) {
  const { op, args } = operation(node)
  const isFold = FOLDS.has(op)
  if (!isFold && !ARITHMETIC.has(op)) throw new QueryError(`unknown function '${op}' in filter`, HELP)
  if (args.length !== (isFold ? 1 : 2)) throw miscounted(op, args)
  const wanted = isFold ? 'string' : 'number'
  const values = args.map((arg) => {
    const { value, kind } = scalar(arg, depth + 1)
    if (kind !== wanted && kind !== 'json') {
      throw new QueryError(`'${op}' takes a ${wanted}, not ${show(arg)} (${kind})`, HELP)
    }
    return value
  })
  return { value: { op, args: values }, kind: wanted }
}

/**
 * Check that values can be compared; a string beside a time is read as a time.
 *
 * @param {string} op
 * @param {Node[]} args
 */
function sameType(op, args) {
  const pairs = args.map((arg) => scalar(arg))
  const kinds = new Set(pairs.map((pair) => pair.kind))
  kinds.delete('json')
  const values = pairs.map((pair) => pair.value)
  if (kinds.has('instant')) {
    const fits = pairs.every(({ value, kind }) => kind === 'instant' || kind === 'json' || typeof value === 'string')
    if (fits) return { values, kind: 'instant' }
  } else if (kinds.size <= 1) {
    return { values, kind: [...kinds][0] ?? 'json' }
  }
  const found = pairs.map(({ kind }, place) => `${show(args[place])} (${kind})`).join(' and ')
  throw new QueryError(`'${op}' cannot compare ${found}`, 'Compare values of one type.')
}

/**
 * @param {string} op
 * @param {Node[]} args
 */
function comparison(op, args) {
  if (args.length !== 2) throw miscounted(op, args)
  const { values, kind } = sameType(op, args)
  return kind === 'instant' ? lowerComparison(op, values) : { op, args: values }
}

/** @type {Record<string, (op: string, args: Node[]) => Node>} */
const PREDICATES = {
  between(op, args) {
    if (args.length !== 3) throw miscounted(op, args)
    const { values, kind } = sameType(op, args)
    const [value, low, high] = values
    const part = kind === 'instant' ? lowerComparison : plainComparison
    return { op: 'and', args: [part('>=', [value, low]), part('<=', [value, high])] }
  },
  in(op, args) {
    if (args.length !== 2) throw miscounted(op, args)
    if (!Array.isArray(args[1])) throw new QueryError(`'in' takes a list, not ${show(args[1])}`, "Write IN ('a', 'b').")
    const { values, kind } = sameType(op, [args[0], ...args[1]])
    const [value, ...options] = values
    const part = kind === 'instant' ? lowerComparison : plainComparison
    if (!options.length) return false
    return { op: 'or', args: options.map((option) => part('=', [value, option])) }
  },
  isNull(op, args) {
    if (args.length !== 1) throw miscounted(op, args)
    if (isName(args[0])) return { op, args: [{ property: propertyName(args[0]) }] }
    return { op, args: [scalar(args[0]).value] }
  },
  like(op, args) {
    if (args.length !== 2) throw miscounted(op, args)
    const { values, kind } = sameType(op, args)
    let pattern = values[1]
    while (pattern?.op) pattern = pattern.args[0]
    if ((kind !== 'string' && kind !== 'json') || typeof pattern !== 'string') {
      throw new QueryError(`'like' takes a text and a pattern, not ${show(args)}`, "Write title LIKE 'flood%'; % stands for any text, _ for one character.")
    }
    if (/** @type {RegExpExecArray} */ (/\\*$/.exec(pattern))[0].length % 2) {
      throw new QueryError(`pattern '${pattern}' ends in a backslash that escapes nothing`, 'Write \\\\ for a backslash.')
    }
    return { op, args: values }
  },
}

/**
 * @param {string} op
 * @param {Node[]} args
 */
function plainComparison(op, args) {
  return { op, args }
}

/**
 * @param {string} op
 * @param {Node[]} args
 */
function spatial(op, args) {
  if (args.length !== 2) throw miscounted(op, args)
  const [left, right] = args
  if (isName(left) === isName(right)) {
    throw new QueryError(`'${op}' compares the item's geometry with one given geometry`, 'Write S_INTERSECTS(geometry, POLYGON((...))) or BBOX(w, s, e, n).')
  }
  const [name, shape] = isName(left) ? [left, right] : [right, left]
  if (propertyName(name) !== 'geometry') throw new QueryError(`'${propertyName(name)}' is not a geometry`, 'Write geometry there.')
  const turned = isName(left) ? op : (MIRROR[op] ?? op)
  const literal = shape?.bbox ? { bbox: parseBbox(shape.bbox) } : parseGeometry(shape)
  return { op: turned, args: [{ property: 'geometry' }, literal] }
}

/**
 * @param {string} op
 * @param {Node[]} args
 */
function arrays(op, args) {
  if (args.length !== 2) throw miscounted(op, args)
  return { op, args: args.map((arg) => arraySide(op, arg)) }
}

/**
 * @param {string} op
 * @param {Node} node
 * @returns {Node}
 */
function arraySide(op, node) {
  if (isName(node)) {
    const name = propertyName(node)
    const { type } = queryable(name)
    if (type !== 'strings' && type !== 'json') throw new QueryError(`'${name}' is not a list`, `Write ${name} IN (...).`)
    return { property: name }
  }
  if (FOLDS.has(String(node?.op).toLowerCase())) {
    const { op: fold, args } = operation(node)
    if (args.length !== 1) throw miscounted(fold, args)
    if (typeof args[0] !== 'string') return { op: fold, args: [arraySide(op, args[0])] }
  }
  return (Array.isArray(node) ? node : [node]).map((part) => {
    const { value, kind } = scalar(part)
    if (kind === 'instant' || isName(value)) throw new QueryError(`'${op}' takes plain values, not ${show(part)}`, HELP)
    return value
  })
}
