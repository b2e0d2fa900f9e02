// What the page's state asks the engine for.

import { needsNoOther } from './bands.js'
import { FACETS, WORDS } from './state.js'

/** @typedef {import('./state.js').State} State */
/** @typedef {Record<string, any>} SearchQuery The names of Python's search. */

/**
 * @param {State} state
 * @param {{without?: string}} [options] `without`: a part of the state to leave out.
 * @returns {SearchQuery}
 */
export function toQuery(state, { without } = {}) {
  /** @type {SearchQuery} */
  const query = {}
  if (state.q.trim()) query.q = state.q
  if (without !== 'place') {
    if (state.bbox) query.bbox = state.bbox
    if (state.intersects) query.intersects = state.intersects
  }
  if (state.datetime && without !== 'datetime') query.datetime = state.datetime
  if (state.ids.length) query.ids = state.ids
  if (state.collections.length && without !== 'collections') query.collections = state.collections
  for (const name of FACETS) {
    const values = state.facets[name]
    if (!values?.length || without === name) continue
    query[name] = WORDS.includes(name) ? values : values[0]
  }
  const filter = filterText(state, { without })
  if (filter) query.filter = filter
  const sortby = usableOrder(state, query)
  if (sortby) query.sortby = sortby
  return query
}

/**
 * The user's filter and the bands they have, as one CQL2 text.
 * @param {State} state
 * @param {{without?: string}} [options]
 */
export function filterText(state, { without } = {}) {
  const have = without === 'bands' ? '' : needsNoOther(state.have)
  if (state.filter && have) return `(${state.filter}) AND ${have}`
  return state.filter || have
}

/**
 * An order by overlap means nothing without an area; one by score nothing without words.
 * @param {State} state
 * @param {SearchQuery} query
 */
function usableOrder(state, query) {
  const area = query.bbox || query.intersects
  const keys = state.sortby.split(',').filter((key) => {
    const name = key.replace(/^[-+]/, '')
    return name && (name !== 'overlap' || area) && (name !== 'score' || query.q)
  })
  return keys.join(',')
}
