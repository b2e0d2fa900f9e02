// A search as SQL for DuckDB over the hub's own index files: the same items in the same order.

import { parseInterval } from '../search/times.js'
import { queryTokens } from '../search/words.js'
import { filterSql, column, list, text } from './sqlfilter.js'
import { parseRange } from './labels.js'
import { FLAGS, RANGES } from './state.js'

/** @typedef {import('./query.js').SearchQuery} SearchQuery */

const SETS = ['tasks', 'bands', 'platforms', 'formats', 'dtypes', 'keywords', 'providers']
/** What makes DuckDB ready for places. */
export const SPATIAL = 'INSTALL spatial;\nLOAD spatial;\n'
const MOST = 100
/** The geometry of a row: its own, or the box that it is. */
const GEOMETRY =
  'CASE WHEN shaped THEN ST_GeomFromWKB(shape) ELSE ST_MakeEnvelope(xmin, ymin, xmax, ymax) END'

/**
 * @param {SearchQuery} query
 * @param {{root: string, items: number}} hub
 * @returns {string}
 */
export function sqlSearch(query, hub) {
  const index = file(hub.root, 'search/index.parquet')
  const words = queryTokens(query.q)
  const area = areaOf(query)
  const conditions = [...names(query), ...place(query), ...time(query), ...facets(query)]
  if (query.filter) conditions.push(filterSql(query.filter))
  const overlap = area && /\boverlap\b/.test(query.sortby ?? '') ? overlapSql(area) : null
  const columns = ['id', 'collection', 'title', ...(overlap ? [`${overlap} AS overlap_percentage`] : [])]
  const lines = [
    `SELECT ${columns.join(', ')}`,
    `FROM ${index}`,
    ...(words.length ? ['JOIN scores USING ("row")'] : []),
    ...(conditions.length ? [`WHERE ${conditions.join('\n  AND ')}`] : []),
    `ORDER BY ${orderSql(query, words.length > 0)}`,
    `LIMIT ${MOST};`,
  ]
  const ready = area ? SPATIAL : ''
  const scores = words.length ? scoresSql(words, hub) : ''
  return `${ready}${scores}${lines.join('\n')}\n`
}

/**
 * @param {string} root
 * @param {string} path
 */
function file(root, path) {
  return text(root + path)
}

/**
 * BM25 in whole numbers, as the hub's documentation of search tells it.
 * @param {string[]} words The last one is a beginning.
 * @param {{root: string, items: number}} hub
 */
function scoresSql(words, { root, items }) {
  const terms = file(root, 'search/terms.parquet')
  const each = words.map((word, place) => {
    const last = place === words.length - 1
    const test = last ? `starts_with(term, ${text(word)})` : `term = ${text(word)}`
    return `  SELECT ${place} AS word, unnest("rows") AS "row", impact FROM ${terms} WHERE ${test}`
  })
  return `WITH hits AS (
${each.join('\n  UNION ALL\n')}
), best AS (
  SELECT word, "row", max(impact) AS impact FROM hits GROUP BY word, "row"
), weights AS (
  SELECT word, floor(1024 * ln(1 + (${items} - count(*) + 0.5) / (count(*) + 0.5)) + 0.5) AS weight
  FROM best GROUP BY word
), scores AS (
  SELECT "row", sum(weight * impact) AS score
  FROM best JOIN weights USING (word)
  GROUP BY "row" HAVING count(*) = ${words.length}
)
`
}

/** @param {SearchQuery} query */
function names({ ids, collections }) {
  return [
    ...(ids?.length ? [`id IN (${list(ids)})`] : []),
    ...(collections?.length ? [`collection IN (${list(collections)})`] : []),
  ]
}

/** @param {SearchQuery} query */
function areaOf({ bbox, intersects }) {
  if (intersects) return `ST_GeomFromGeoJSON(${text(JSON.stringify(intersects))})`
  if (!bbox) return null
  const parts = planar(bbox).map((box) => `ST_MakeEnvelope(${box.join(', ')})`)
  return parts.length === 1 ? parts[0] : `ST_Union(${parts.join(', ')})`
}

/** @param {number[]} box A box across the antimeridian is two. */
function planar([w = 0, s = 0, e = 0, n = 0]) {
  return w <= e ? [[w, s, e, n]] : [[w, s, 180, n], [-180, s, e, n]]
}

/**
 * Boxes first, because files keep statistics of them; shapes only where a box says too little.
 * @param {SearchQuery} query
 */
function place(query) {
  const area = areaOf(query)
  if (!area) return []
  if (query.intersects) {
    const [w, s, e, n] = bounds(query.intersects.coordinates)
    return [boxSql([w, s, e, n]), `ST_Intersects(${GEOMETRY}, ${area})`]
  }
  const boxes = planar(query.bbox).map(boxSql)
  return [
    boxes.length === 1 ? (boxes[0] ?? '') : `(${boxes.join(' OR ')})`,
    `(NOT shaped OR ST_Intersects(ST_GeomFromWKB(shape), ${area}))`,
  ]
}

/** @param {number[]} box */
function boxSql([w, s, e, n]) {
  return `(xmin <= ${e} AND xmax >= ${w} AND ymin <= ${n} AND ymax >= ${s})`
}

/**
 * Bounds of a geometry's coordinates.
 * @param {any} coordinates
 * @returns {[number, number, number, number]}
 */
export function bounds(coordinates) {
  if (typeof coordinates[0] === 'number') {
    return [coordinates[0], coordinates[1], coordinates[0], coordinates[1]]
  }
  const parts = coordinates.map(bounds)
  const side = (/** @type {number} */ at) => parts.map((/** @type {number[]} */ part) => part[at])
  return [
    Math.min(...side(0)),
    Math.min(...side(1)),
    Math.max(...side(2)),
    Math.max(...side(3)),
  ]
}

/** @param {SearchQuery} query */
function time({ datetime }) {
  if (!datetime) return []
  const { start, end } = parseInterval(datetime)
  return [`"end" >= ${instant(start)}`, `"start" <= ${instant(end)}`]
}

/** @param {bigint} micros */
function instant(micros) {
  const whole = micros / 1_000_000n - (micros % 1_000_000n < 0n ? 1n : 0n)
  const rest = String(micros - whole * 1_000_000n).padStart(6, '0')
  return `TIMESTAMPTZ '${new Date(Number(whole) * 1000).toISOString().slice(0, 19)}.${rest}Z'`
}

/** @param {SearchQuery} query */
function facets(query) {
  return Object.entries(query).flatMap(([name, value]) => {
    if (RANGES.includes(name)) return range(name, String(value))
    if (FLAGS.includes(name)) return [`${column(name)} = ${value === 'true' || value === true}`]
    if (!Array.isArray(value) || name === 'bbox' || name === 'ids' || name === 'collections') return []
    const values = list(value.map((one) => String(one).toLowerCase()))
    if (!SETS.includes(name)) return [`lower(${column(name)}) IN (${values})`]
    return [`list_has_any([lower(x) FOR x IN ${column(name)}], [${values}])`]
  })
}

/**
 * @param {string} name
 * @param {string} value
 */
function range(name, value) {
  const strict = /^\s*[<>](?!=)/.test(value) ? '' : '='
  const [low, high] = parseRange(value)
  return [
    ...(low === null ? [] : [`${column(name)} >${strict} ${low}`]),
    ...(high === null ? [] : [`${column(name)} <${strict} ${high}`]),
  ]
}

/** @param {string} area */
function overlapSql(area) {
  return `100 * ST_Area(ST_Intersection(${GEOMETRY}, ${area})) / ST_Area(${area})`
}

/**
 * @param {SearchQuery} query
 * @param {boolean} scored
 */
function orderSql(query, scored) {
  const keys = (query.sortby ?? '').split(',').filter(Boolean)
  if (!keys.length) return scored ? 'score DESC, "row"' : '"row"'
  const parts = keys.map((/** @type {string} */ key) => {
    const name = key.replace(/^[-+]/, '')
    const direction = key.startsWith('-') ? 'DESC' : 'ASC'
    const by = { overlap: 'overlap_percentage', score: 'score', datetime: 'coalesce(datetime, "start")' }
    return `${by[/** @type {keyof typeof by} */ (name)] ?? column(name)} ${direction} NULLS LAST`
  })
  return [...parts, '"row"'].join(', ')
}
