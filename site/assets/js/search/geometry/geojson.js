/** Boxes and GeoJSON geometries, as a search writes them: longitude and latitude in degrees. */

import { QueryError } from '../errors.js'

/** @typedef {[number, number, number, number]} Box West, south, east, north. */

const BBOX = 'Write west,south,east,north in degrees, longitudes -180 to 180, latitudes -90 to 90.'
const GEOMETRY = 'Give a GeoJSON geometry or feature (RFC 7946) in longitude and latitude.'
const SPLIT = 'Split a geometry that crosses the antimeridian into two parts (RFC 7946, 3.1.9).'
/** @type {Record<string, number>} */
const DEPTHS = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }

/**
 * Read a box of four or six numbers; of six, the heights are left aside.
 *
 * @param {unknown} given
 * @returns {Box}
 */
export function parseBbox(given) {
  const parts = typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : []
  let numbers = parts.map((part) => (String(part).trim() === '' ? NaN : Number(part)))
  if (numbers.length === 6) numbers = [...numbers.slice(0, 2), ...numbers.slice(3, 5)]
  if (numbers.length !== 4) throw new QueryError(`bbox has ${numbers.length} numbers, not 4 or 6`, BBOX)
  const [west, south, east, north] = /** @type {Box} */ (numbers)
  const limits = /** @type {const} */ ([['west', west, 180], ['south', south, 90], ['east', east, 180], ['north', north, 90]])
  for (const [name, number, limit] of limits) {
    if (!(Math.abs(number) <= limit)) throw new QueryError(`bbox ${name} is ${number}, beyond ±${limit}`, BBOX)
  }
  if (south > north) {
    throw new QueryError(`bbox south ${south} is north of ${north}`, 'Swap the latitudes; the order is west,south,east,north.')
  }
  return [west, south, east, north]
}

/**
 * The box as one planar box, or as two where it crosses the antimeridian.
 *
 * @param {Box} box
 * @returns {Box[]}
 */
export function planarBoxes([west, south, east, north]) {
  if (west <= east) return [[west, south, east, north]]
  return [[west, south, 180, north], [-180, south, east, north]]
}

/**
 * Read a geometry: GeoJSON, as text or object; a Feature gives its geometry.
 *
 * @param {unknown} given
 * @returns {any} GeoJSON geometry, its positions of two numbers.
 */
export function parseGeometry(given) {
  let value = given
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value)
    } catch {
      throw new QueryError('geometry is no JSON', GEOMETRY)
    }
  }
  return geometry(value, 0)
}

/**
 * @param {any} value
 * @param {number} nesting
 * @returns {any}
 */
function geometry(value, nesting) {
  if (typeof value !== 'object' || value === null) throw new QueryError(`not a geometry: ${short(value)}`, GEOMETRY)
  if (nesting > 10) throw new QueryError('geometry collections are nested too deeply', GEOMETRY)
  const { type } = value
  if (type === 'Feature') return geometry(value.geometry, nesting + 1)
  if (type === 'FeatureCollection' || type === 'GeometryCollection') {
    const parts = type === 'FeatureCollection' ? value.features : value.geometries
    if (!Array.isArray(parts) || !parts.length) throw new QueryError(`${type} has no parts`, GEOMETRY)
    return { type: 'GeometryCollection', geometries: parts.map((part) => geometry(part, nesting + 1)) }
  }
  const depth = DEPTHS[type]
  if (depth === undefined) throw new QueryError(`unknown geometry type ${short(type)}`, GEOMETRY)
  const coordinates = nest(value.coordinates, depth)
  checkCounts(type, coordinates)
  return { type, coordinates }
}

/**
 * @param {any} value
 * @param {number} depth
 * @returns {any[]}
 */
function nest(value, depth) {
  if (!Array.isArray(value) || !value.length) throw new QueryError(`geometry has no coordinates: ${short(value)}`, GEOMETRY)
  if (depth) return value.map((part) => nest(part, depth - 1))
  const [longitude, latitude] = value
  if (value.length < 2 || value.some((number) => typeof number !== 'number')) {
    throw new QueryError(`not a position: ${short(value)}`, GEOMETRY)
  }
  if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) {
    const swapped = Math.abs(longitude) <= 90 && Math.abs(latitude) <= 180
    throw new QueryError(`position ${short(value)} is beyond ±180, ±90`, swapped ? 'Swap latitude and longitude.' : SPLIT)
  }
  return [longitude, latitude]
}

/**
 * @param {string} type
 * @param {any[]} coordinates
 */
function checkCounts(type, coordinates) {
  const lines = type === 'LineString' ? [coordinates] : type === 'MultiLineString' ? coordinates : []
  if (lines.some((line) => line.length < 2)) throw new QueryError('a line needs two positions', GEOMETRY)
  const rings = type === 'Polygon' ? coordinates : type === 'MultiPolygon' ? coordinates.flat() : []
  for (const ring of rings) {
    const [first, last] = [ring[0], ring[ring.length - 1]]
    if (ring.length < 4 || first[0] !== last[0] || first[1] !== last[1]) {
      throw new QueryError(`a ring of ${ring.length} positions is not closed`, 'Repeat the first position at the end; a ring has four or more.')
    }
  }
}

/** @param {unknown} value */
function short(value) {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}
