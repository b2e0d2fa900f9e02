// Mirrors builder/geocairn/compile/pages/view/extent.py.

import { list, number, record, rounded, text } from './values.js'

/** @typedef {import('./values.js').Json} Json */
/** @typedef {[number, number][]} Points */
/** @typedef {[number, number, number, number]} Box */

const MOST_POINTS = 600
const SMALL = 12
const AXIS_WIDTH = 720

/** @param {Json} item @returns {Json | null} */
export function footprint(item) {
  let rings = ringsOf(item.geometry)
  let boxes = rings.map(boxOf)
  if (!rings.length || rings.reduce((sum, ring) => sum + ring.length, 0) > MOST_POINTS) {
    const given = boxesOf(item.bbox)
    if (given.length || !rings.length) {
      boxes = given
      rings = boxes.map(([w, s, e, n]) => [[w, n], [e, n], [e, s], [w, s]])
    }
  }
  if (!rings.length) return null
  const west = Math.min(...boxes.map((box) => box[0]))
  const south = Math.min(...boxes.map((box) => box[1]))
  const east = Math.max(...boxes.map((box) => box[2]))
  const north = Math.max(...boxes.map((box) => box[3]))
  const bounds = stated(item.bbox) ?? [west, south, east, north]
  const small = east - west < SMALL && north - south < SMALL
  return {
    path: rings.map(pathOf).join(' '),
    world: west <= -179 && east >= 179 && south <= -55 && north >= 55,
    bounds: bounds.map((value) => rounded(value, 4)),
    marker: small
      ? [rounded((west + east) / 2 + 180, 2), rounded(90 - (south + north) / 2, 2)]
      : null,
    zoom: zoom(west, south, east, north),
  }
}

/** @param {number} west @param {number} south @param {number} east @param {number} north */
function zoom(west, south, east, north) {
  if (east - west > 90 || north - south > 45) return null
  const width = Math.max(24, 3 * (east - west), 6 * (north - south))
  const x = Math.min(Math.max(0, (west + east) / 2 + 180 - width / 2), 360 - width)
  const y = Math.min(Math.max(0, 90 - (south + north) / 2 - width / 4), 180 - width / 2)
  return [x, y, width, width / 2].map((value) => rounded(value, 2)).join(' ')
}

/** @param {any} geometry @returns {Points[]} */
function ringsOf(geometry) {
  const { type, coordinates } = record(geometry)
  const polygons =
    type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? list(coordinates) : []
  const found = []
  for (const polygon of polygons) {
    for (const ring of list(polygon)) {
      const points = pointsOf(ring)
      if (points === null) return []
      found.push(points)
    }
  }
  return found
}

/** @param {any} ring @returns {Points | null} */
function pointsOf(ring) {
  /** @type {Points} */
  const points = []
  for (const point of list(ring)) {
    if (!Array.isArray(point) || point.length < 2) return null
    const [x, y] = [number(point[0]), number(point[1])]
    if (x === null || y === null || Math.abs(x) > 360 || Math.abs(y) > 90) return null
    points.push([x, y])
  }
  return points.length >= 3 ? points : null
}

/** @param {any} box @returns {Box | null} */
function stated(box) {
  let values = list(box).map(number)
  if (values.length === 6) values = [0, 1, 3, 4].map((place) => values[place] ?? null)
  const [west = null, south = null, east = null, north = null] = values
  if (values.length !== 4) return null
  if (west === null || south === null || east === null || north === null) return null
  const fits = -90 <= south && south <= north && north <= 90
  return fits && Math.abs(west) <= 360 && Math.abs(east) <= 360 ? [west, south, east, north] : null
}

/** @param {any} box @returns {Box[]} */
function boxesOf(box) {
  const given = stated(box)
  if (!given) return []
  const [west, south, east, north] = given
  if (west <= east) return [given]
  return [
    [west, south, 180, north],
    [-180, south, east, north],
  ]
}

/** @param {Points} ring @returns {Box} */
function boxOf(ring) {
  const xs = ring.map((point) => point[0])
  const ys = ring.map((point) => point[1])
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** @param {Points} ring */
function pathOf(ring) {
  return `M${ring.map(([x, y]) => `${rounded(x + 180, 2)},${rounded(90 - y, 2)}`).join('L')}Z`
}

/** @param {Json} properties @returns {Json | null} */
export function period(properties) {
  const moment = text(properties.datetime)
  const start = moment ?? text(properties.start_datetime)
  const end = moment ?? text(properties.end_datetime)
  const [first, last] = [decimal(start), decimal(end)]
  if (first === null && last === null) return null
  const years = [first, last].filter((year) => year !== null)
  const low = Math.min(1970, ...years.map((year) => Math.floor(year / 10) * 10))
  const high = Math.max(2030, ...years.map((year) => Math.ceil(year / 10) * 10))
  const step = high - low <= 100 ? 10 : high - low <= 500 ? 50 : 1000
  const scale = AXIS_WIDTH / (high - low)
  const x = first === null ? 0 : rounded((first - low) * scale)
  const until = last === null ? AXIS_WIDTH : rounded((last - low) * scale)
  const ticks = []
  for (let year = low; year <= high; year += step) {
    ticks.push({ x: rounded((year - low) * scale), year: String(year) })
  }
  return {
    moment: moment !== null,
    start: first === null ? null : start,
    end: last === null ? null : end,
    x,
    width: rounded(Math.max(6, until - x)),
    axis: AXIS_WIDTH,
    ticks,
  }
}

/** @param {string | null} moment */
function decimal(moment) {
  const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(moment ?? '')
  if (!found) return null
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number)
  const fits = year >= 1901 && year <= 9000 && month >= 1 && month <= 12 && day >= 1 && day <= 31
  return fits ? year + (month - 1 + (day - 1) / 31) / 12 : null
}
