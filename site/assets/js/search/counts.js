/** Counts of facets over what a query finds. */

import { FACETS } from './facets.js'

/** @typedef {import('./tally.js').Tally} Tally */
/** @typedef {{from: number, to: number, count: number}} Bin */
/** @typedef {{min: number, max: number, bins: Bin[]}|{}} Span */
/** @typedef {Record<string, any>} Counts */

export const COUNT_COLUMNS = ['collection', 'month', ...FACETS.map(({ name }) => name)]

/**
 * For each facet its values with their counts, the commonest first; for numbers the least, the
 * largest and bins. Besides, `collection`, and `datetime` by month. Of a large hub, facets that
 * nearly every item has another value of are left out, and some numbers are told by bins alone.
 * Where not all matches were looked at, `estimated` tells how many, and counts are for all of them.
 *
 * @param {Tally} tally
 * @returns {Counts}
 */
export function countFacets(tally) {
  /** @type {Counts} */
  const counts = {}
  for (const { name, type } of FACETS) {
    if (tally.has(name)) counts[name] = type === 'number' ? span(tally, name) : values(tally, name)
    else if (tally.has(`${name}_bin`)) counts[name] = coarseSpan(tally, name)
  }
  counts.collection = values(tally, 'collection')
  counts.datetime = Object.fromEntries(Object.entries(values(tally, 'month')).sort())
  if (tally.counted < tally.matched) counts.estimated = { counted: tally.counted, matched: tally.matched }
  return counts
}

/** @param {Tally} tally @param {string} name @returns {Record<string, number>} */
function values(tally, name) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const [value, count] of tally.of(name)) {
    if (value === null) continue
    for (const one of Array.isArray(value) ? value : [value]) {
      const key = String(one)
      counts.set(key, (counts.get(key) ?? 0) + count)
    }
  }
  return commonestFirst(counts)
}

/** @param {Map<string, number>} counts */
function commonestFirst(counts) {
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return Object.fromEntries(sorted)
}

/**
 * Bins of numbers of which only the bin is at hand; its lower end tells which.
 *
 * @param {Tally} tally
 * @param {string} name
 * @returns {Span}
 */
function coarseSpan(tally, name) {
  const found = span(tally, `${name}_bin`)
  if (!('bins' in found)) return {}
  return { min: found.min, max: found.bins.at(-1)?.to ?? found.max, bins: found.bins }
}

/** @param {Tally} tally @param {string} name @returns {Span} */
function span(tally, name) {
  const counted = tally.of(name).filter(([value]) => value !== null)
  if (!counted.length) return {}
  const min = counted.reduce((least, [value]) => Math.min(least, value), Infinity)
  const max = counted.reduce((most, [value]) => Math.max(most, value), -Infinity)
  return { min, max, bins: binned(counted) }
}

/**
 * Bins from 1 to 2 to 5 to 10 in every power of ten: what people would choose by hand.
 *
 * @param {Array<[number, number]>} counted Values, and how often each.
 * @returns {Bin[]}
 */
function binned(counted) {
  /** @type {Map<number, Bin>} */
  const bins = new Map()
  for (const [value, count] of counted) {
    const [from, to] = binOf(value)
    const bin = bins.get(from)
    if (bin) bin.count += count
    else bins.set(from, { from, to, count })
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
