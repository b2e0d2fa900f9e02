/** Counts of facets over what a query finds. */

import { FACETS } from './facets.js'
import { EARLIEST, LATEST, formatInstant } from './times.js'

/** @typedef {import('./rows.js').IndexRow} IndexRow */
/** @typedef {{from: number, to: number, count: number}} Bin */
/** @typedef {{min: number, max: number, bins: Bin[]}|{}} Span */
/** @typedef {Record<string, any>} Counts */

export const COUNT_COLUMNS = ['collection', 'start', 'end', 'datetime', ...FACETS.map(({ name }) => name)]

/**
 * For each facet its values with their counts, the commonest first; for numbers the least, the
 * largest and bins. Besides, `collection`, and `datetime` by month. Of a large hub, facets that
 * nearly every item has another value of are left out, and some numbers are told by bins alone.
 *
 * @param {IndexRow[]} rows With the columns loaded.
 * @param {Set<string>} columns What there is to count.
 * @returns {Counts}
 */
export function countFacets(rows, columns) {
  /** @type {Counts} */
  const counts = {}
  for (const { name, type } of FACETS) {
    if (columns.has(name)) counts[name] = type === 'number' ? span(rows, name) : tally(rows, name)
    else if (columns.has(`${name}_bin`)) counts[name] = coarseSpan(rows, name)
  }
  counts.collection = tally(rows, 'collection')
  counts.datetime = columns.has('month') ? sorted(tally(rows, 'month')) : histogram(rows)
  return counts
}

/** @param {IndexRow[]} rows @param {string} name @returns {Record<string, number>} */
function tally(rows, name) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const row of rows) {
    const value = row.column(name)
    if (value === null) continue
    for (const one of Array.isArray(value) ? value : [value]) {
      const key = String(one)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return commonestFirst(counts)
}

/** @param {Map<string, number>} counts */
export function commonestFirst(counts) {
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return Object.fromEntries(sorted)
}

/**
 * Bins of numbers of which only the bin is at hand; its lower end tells which.
 *
 * @param {IndexRow[]} rows
 * @param {string} name
 * @returns {Span}
 */
function coarseSpan(rows, name) {
  const found = span(rows, `${name}_bin`)
  if (!('bins' in found)) return {}
  return { min: found.min, max: found.bins.at(-1)?.to ?? found.max, bins: found.bins }
}

/** @param {IndexRow[]} rows @param {string} name @returns {Span} */
function span(rows, name) {
  const values = rows.map((row) => row.column(name)).filter((value) => value !== null)
  if (!values.length) return {}
  const min = values.reduce((a, b) => Math.min(a, b))
  const max = values.reduce((a, b) => Math.max(a, b))
  return { min, max, bins: binned(values) }
}

/**
 * Bins from 1 to 2 to 5 to 10 in every power of ten: what people would choose by hand.
 *
 * @param {number[]} values
 * @returns {Bin[]}
 */
export function binned(values) {
  /** @type {Map<number, Bin>} */
  const bins = new Map()
  for (const value of values) {
    const [from, to] = binOf(value)
    const bin = bins.get(from)
    if (bin) bin.count += 1
    else bins.set(from, { from, to, count: 1 })
  }
  return [...bins.values()].sort((a, b) => a.from - b.from)
}

/** @param {number} value @returns {[number, number]} */
function binOf(value) {
  if (!(value > 0)) return [0, 1]
  let power = Math.floor(Math.log10(value))
  const edge = (/** @type {number} */ step) => Number(`${step}e${power}`)
  if (value < edge(1)) power -= 1
  if (value >= edge(10)) power += 1
  if (value < edge(2)) return [edge(1), edge(2)]
  return value < edge(5) ? [edge(2), edge(5)] : [edge(5), edge(10)]
}

/**
 * How many items' times begin in each month, as `2024-05`; open starts count where they end.
 *
 * @param {IndexRow[]} rows
 */
function histogram(rows) {
  /** @type {Map<string, number>} */
  const months = new Map()
  for (const row of rows) {
    const start = row.column('datetime') ?? row.column('start')
    if (start === null) continue
    const moment = start === EARLIEST ? row.column('end') : start
    if (moment === LATEST) continue
    const month = formatInstant(moment)?.slice(0, 7)
    if (month) months.set(month, (months.get(month) ?? 0) + 1)
  }
  return sorted(Object.fromEntries(months))
}

/** @param {Record<string, number>} counts */
function sorted(counts) {
  return Object.fromEntries(Object.entries(counts).sort())
}
