// Counts for the facets: over what matches, each facet's own condition left aside, so that what
// could be chosen besides can be seen.

import { toQuery } from './query.js'
import { FACETS, isNarrowed } from './state.js'

/**
 * @typedef {import('./state.js').State} State
 * @typedef {import('./client.js').SearchHub} SearchHub
 * @typedef {{min: number, max: number, bins: {from: number, to: number, count: number}[]}} Span
 * @typedef {Object} Counts
 * @property {Record<string, Map<string, number>>} values By facet.
 * @property {Record<string, Span>} spans By facet of numbers.
 * @property {Map<string, number>} months Times begin in these, as `2024-05`.
 * @property {{counted: number, matched: number}} [estimated] From how many of all that match, if
 *   they are too many to look at.
 */

/** Up to this size everything is counted; beyond, the whole hub's counts come from a file. */
const SMALL = 5000

/**
 * @param {SearchHub} hub
 * @param {State} state
 * @param {AbortSignal} signal
 * @returns {Promise<Counts>}
 */
export async function countsFor(hub, state, signal) {
  if (!isNarrowed(state) && hub.manifest.items > SMALL) return wholeHub(hub)
  const base = await hub.facetCounts(toQuery(state), { signal })
  const counts = gather(base)
  for (const facet of chosen(state)) {
    const without = toQuery(state, { without: facet })
    const own = gather(await hub.facetCounts(without, { signal }))
    if (own.values[facet]) counts.values[facet] = own.values[facet]
    if (own.spans[facet]) counts.spans[facet] = own.spans[facet]
    if (facet === 'datetime') counts.months = own.months
  }
  return counts
}

/** @param {State} state */
function chosen(state) {
  const facets = FACETS.filter((name) => state.facets[name]?.length)
  if (state.have.length && !facets.includes('bands')) facets.push('bands')
  if (state.collections.length) facets.push('collections')
  if (state.datetime) facets.push('datetime')
  return facets
}

/**
 * @param {Record<string, any>} found As the engine counts.
 * @returns {Counts}
 */
function gather(found) {
  /** @type {Counts} */
  const counts = { values: {}, spans: {}, months: new Map() }
  for (const [name, part] of Object.entries(found)) {
    if (name === 'estimated') counts.estimated = part
    else if (name === 'datetime') counts.months = new Map(Object.entries(part))
    else if (part && Array.isArray(part.bins)) counts.spans[name] = part
    else counts.values[name === 'collection' ? 'collections' : name] = new Map(Object.entries(part))
  }
  return counts
}

/**
 * Counts over the whole hub, without reading its index.
 * @param {SearchHub} hub
 * @returns {Promise<Counts>}
 */
async function wholeHub(hub) {
  const facets = await hub.facets
  /** @type {Counts} */
  const counts = { values: {}, spans: {}, months: new Map() }
  for (const [name, part] of Object.entries(facets)) {
    if (Array.isArray(part.values)) {
      counts.values[name] = new Map(
        part.values.map((/** @type {[unknown, number]} */ [value, count]) => [String(value), count]),
      )
    } else if (typeof part.minimum === 'number') {
      counts.spans[name] = { min: part.minimum, max: part.maximum, bins: [] }
    }
  }
  /** @type {{id: string, items: number}[]} */
  const collections = hub.manifest.collections
  counts.values.collections = new Map(collections.map(({ id, items }) => [id, items]))
  return counts
}
