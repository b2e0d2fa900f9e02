/** Time in CQL2, written as comparisons of instants (`{instant: microseconds}`). */

import { QueryError } from '../errors.js'
import { bareName, queryable } from '../facets.js'
import { EARLIEST, LATEST, parsePart } from '../times.js'
import { isName, show } from './tree.js'

/** @typedef {any} Node */

/** @type {Record<string, string>} */
const FLIP = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
const REMEDY = "Write TIMESTAMP('2024-05-01T12:00:00Z'), DATE('2024-05-01') or INTERVAL('2024-01-01', '..')."

/**
 * Each operator as a conjunction of "end of the first, comparison, end of the second".
 *
 * @type {Record<string, Array<[0|1, string, 0|1]>>}
 */
const ALLEN = {
  t_after: [[0, '>', 1]],
  t_before: [[1, '<', 0]],
  t_contains: [[0, '<', 0], [1, '>', 1]],
  t_during: [[0, '>', 0], [1, '<', 1]],
  t_equals: [[0, '=', 0], [1, '=', 1]],
  t_finishedby: [[0, '<', 0], [1, '=', 1]],
  t_finishes: [[0, '>', 0], [1, '=', 1]],
  t_intersects: [[0, '<=', 1], [1, '>=', 0]],
  t_meets: [[1, '=', 0]],
  t_metby: [[0, '=', 1]],
  t_overlappedby: [[0, '>', 0], [0, '<', 1], [1, '>', 1]],
  t_overlaps: [[0, '<', 0], [1, '>', 0], [1, '<', 1]],
  t_startedby: [[0, '=', 0], [1, '>', 1]],
  t_starts: [[0, '=', 0], [1, '<', 1]],
}

/**
 * Write a comparison with a time so that only instants remain; a date stands for all of its day.
 *
 * @param {string} op
 * @param {Node[]} values
 * @returns {Node}
 */
export function lowerComparison(op, values) {
  const [left, right] = values
  if (!isName(left) && isName(right)) return lowerComparison(FLIP[op] ?? op, [right, left])
  const first = isName(left) ? left : { instant: period(left).start }
  if (isName(right)) return { op, args: [first, right] }
  const { start, end } = period(right)
  if ((op === '=' || op === '<>') && start !== end) {
    const inside = {
      op: 'and',
      args: [
        { op: '>=', args: [first, { instant: start }] },
        { op: '<=', args: [first, { instant: end }] },
      ],
    }
    return op === '=' ? inside : { op: 'not', args: [inside] }
  }
  return { op, args: [first, { instant: op === '<=' || op === '>' ? end : start }] }
}

/**
 * Write a temporal operator as comparisons of instants.
 *
 * @param {string} op
 * @param {Node[]} args
 * @returns {Node}
 */
export function lowerTemporal(op, args) {
  const rules = ALLEN[op]
  if (!rules && op !== 't_disjoint') {
    throw new QueryError(`unknown operator '${op}' in filter`, `There are ${Object.keys(ALLEN).join(', ')}, t_disjoint.`)
  }
  if (args.length !== 2) throw new QueryError(`'${op}' takes 2 arguments, not ${args.length}`, REMEDY)
  if (!rules) return { op: 'not', args: [lowerTemporal('t_intersects', args)] }
  const [a, b] = /** @type {[Node[], Node[]]} */ (args.map(interval))
  const parts = rules.map(([first, sign, second]) => ({ op: sign, args: [a[first], b[second]] }))
  return parts.length === 1 ? parts[0] : { op: 'and', args: parts }
}

/**
 * @param {Node} node
 * @returns {Node[]}
 */
function interval(node) {
  if (isName(node)) {
    const own = timeProperty(node)
    if (own.property !== 'datetime') return [own, own]
    return [{ property: 'start_datetime' }, { property: 'end_datetime' }]
  }
  if (!node?.interval) {
    const { start, end } = period(node)
    return [{ instant: start }, { instant: end }]
  }
  if (!Array.isArray(node.interval) || node.interval.length !== 2) {
    throw new QueryError(`an interval has two ends, not ${show(node.interval)}`, REMEDY)
  }
  const [start, end] = [bound(node.interval[0], false), bound(node.interval[1], true)]
  if (start.instant !== undefined && end.instant !== undefined && start.instant > end.instant) {
    throw new QueryError(`interval ends before it starts: ${show(node.interval)}`, 'Swap the ends.')
  }
  return [start, end]
}

/**
 * @param {Node} node
 * @param {boolean} isEnd
 * @returns {Node}
 */
function bound(node, isEnd) {
  if (isName(node)) return timeProperty(node)
  if (node === '..') return { instant: isEnd ? LATEST : EARLIEST }
  const { start, end } = period(node)
  return { instant: isEnd ? end : start }
}

/** @param {Node} node */
function timeProperty(node) {
  const name = bareName(node.property)
  const { type } = queryable(name)
  if (type !== 'instant' && type !== 'json') {
    throw new QueryError(`'${name}' is not a time`, 'Use datetime, created or updated.')
  }
  return { property: name }
}

/** @param {Node} node */
function period(node) {
  const text = typeof node === 'object' && node !== null ? (node.timestamp ?? node.date) : node
  if (typeof text !== 'string') throw new QueryError(`not a time: ${show(node)}`, REMEDY)
  return parsePart(text)
}
