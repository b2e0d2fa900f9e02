/** What a search asks for: parsed and checked once, with the names that Python's SearchQuery has. */

import { normalise } from './cql/normal.js'
import { parseText } from './cql/text.js'
import { allOf } from './cql/tree.js'
import { QueryError } from './errors.js'
import { FACET_NAMES, bareName, queryable } from './facets.js'
import { parseBbox, parseGeometry } from './geometry/geojson.js'
import { facetFilter, queryFilter } from './shorthand.js'
import { parseInterval } from './times.js'
import { queryTokens } from './words.js'

/** @typedef {{field: string, direction: 'asc'|'desc'}} SortKey */
/**
 * @typedef {object} Query
 * @property {Set<string>|null} ids
 * @property {Set<string>|null} collections
 * @property {any} area GeoJSON geometry, or `{bbox}`; null without.
 * @property {import('./times.js').Span|null} datetime
 * @property {string[]} words The last one is a beginning.
 * @property {any} filter CQL2 in normal form, or null.
 * @property {SortKey[]} sortby
 */
/** @typedef {Record<string, any>} SearchQuery A search as it is written; see docs/search.md. */

const PLAIN = new Set([
  'ids', 'collections', 'bbox', 'intersects', 'datetime', 'q', 'filter', 'filter_lang', 'filter-lang', 'query', 'sortby', 'limit', 'fields',
])

/**
 * @param {SearchQuery} given
 * @returns {Query}
 */
export function parseQuery(given) {
  const facets = Object.keys(given).filter((name) => !PLAIN.has(name))
  const unknown = facets.find((name) => !FACET_NAMES.includes(name))
  if (unknown) {
    throw new QueryError(`unknown search parameter '${unknown}'`, `Facets are ${FACET_NAMES.join(', ')}; use filter for other properties.`)
  }
  const { bbox, intersects } = given
  if (isGiven(bbox) && isGiven(intersects)) {
    throw new QueryError('bbox and intersects are both given', 'Give one of them; add the other as filter="S_INTERSECTS(geometry, ...)".')
  }
  const words = queryTokens(Array.isArray(given.q) ? given.q.join(' ') : given.q)
  /** @type {Query} */
  const query = {
    ids: names(given.ids),
    collections: names(given.collections),
    area: isGiven(bbox) ? { bbox: parseBbox(bbox) } : isGiven(intersects) ? parseGeometry(intersects) : null,
    datetime: isGiven(given.datetime) ? parseInterval(given.datetime) : null,
    words,
    filter: allOf(
      isGiven(given.filter) && given.filter !== '' ? parseFilter(given.filter) : null,
      queryFilter(given.query),
      ...facets.map((name) => facetFilter(name, given[name])),
    ),
    sortby: sortKeys(given.sortby),
  }
  const fields = new Set(query.sortby.map((key) => key.field))
  if (fields.has('overlap') && !query.area) throw new QueryError('sortby=overlap without an area', 'Give bbox or intersects.')
  if (fields.has('score') && !isGiven(given.q)) throw new QueryError('sortby=score without words', 'Give q.')
  return query
}

/** @param {unknown} value */
function isGiven(value) {
  return value !== null && value !== undefined
}

/**
 * A CQL2 filter, as text or JSON, in normal form.
 *
 * @param {any} value
 */
export function parseFilter(value) {
  if (typeof value !== 'string') return normalise(value)
  if (!value.trimStart().startsWith('{')) return normalise(parseText(value))
  let parsed
  try {
    parsed = JSON.parse(value)
  } catch {
    throw new QueryError('filter is no JSON', 'Correct the CQL2 JSON.')
  }
  return normalise(parsed)
}

/** @param {any} value */
function names(value) {
  if (!isGiven(value)) return null
  const parts = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value
  if (!Array.isArray(parts) || parts.some((part) => typeof part !== 'string')) {
    throw new QueryError(`no list of ids: ${JSON.stringify(value)}`, "Write ids=['a'].")
  }
  const found = parts.filter((part) => part !== '')
  return found.length ? new Set(found) : null
}

/**
 * @param {any} value
 * @returns {SortKey[]}
 */
function sortKeys(value) {
  if (!isGiven(value) || value === '') return []
  const parts = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value]
  /** @type {Map<string, SortKey>} */
  const keys = new Map()
  for (const key of parts.map(sortKey)) if (!keys.has(key.field)) keys.set(key.field, key)
  return [...keys.values()]
}

/**
 * @param {any} part
 * @returns {SortKey}
 */
function sortKey(part) {
  let name = typeof part === 'string' ? part.trim() : part?.field
  let direction = typeof part === 'string' ? 'asc' : (part?.direction ?? 'asc')
  if (typeof part === 'string' && /^[-+]/.test(name)) {
    direction = name[0] === '-' ? 'desc' : 'asc'
    name = name.slice(1)
  }
  if (typeof name !== 'string' || !name || (direction !== 'asc' && direction !== 'desc')) {
    throw new QueryError(`sortby has no field in ${JSON.stringify(part)}`, 'Write sortby="-gsd,id".')
  }
  const field = bareName(name)
  if (queryable(field).type === 'geometry') throw new QueryError('cannot sort by geometry', 'Sort by overlap, or by a property.')
  return { field, direction }
}
