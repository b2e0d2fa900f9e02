// How much of a scene's footprint lies in a model's, in degrees, as Python's match has it.

import { parseGeometry } from '../search/geometry/geojson.js'
import { common, measure } from '../search/geometry/measure.js'
import { toShape } from '../search/geometry/shape.js'

/** @typedef {import('../search/geometry/shape.js').Shape} Shape */
/** @typedef {[number, number, number, number]} Box */

/**
 * @param {unknown} scene GeoJSON.
 * @param {unknown} trained GeoJSON.
 * @returns {{share: number, away: number} | null} From 0 to 1, and degrees between the two; null
 *   where either is not known, or the scene has no area.
 */
export function shareInside(scene, trained) {
  const [here, there] = [shapeOf(scene), shapeOf(trained)]
  if (!here || !there || !here.rings.length) return null
  const whole = measure(here)
  if (!(whole > 0)) return null
  const part = cut(there, here.box)
  const share = part.length ? Math.min(common(here, { ...there, lines: [], points: [], rings: part }) / whole, 1) : 0
  return { share, away: share > 0 ? 0 : distance(here, there) }
}

/** @param {unknown} geometry @returns {Shape | null} */
function shapeOf(geometry) {
  try {
    return geometry ? toShape(parseGeometry(geometry)) : null
  } catch {
    return null
  }
}

/**
 * What of a shape's rings may matter inside a box: an outline of many thousand positions is cut
 * down to those near it. Beyond the box it runs along a slightly larger one.
 * @param {Shape} shape
 * @param {Box} box
 */
function cut({ rings }, [west, south, east, north]) {
  const margin = 0.1 * Math.max(east - west, north - south)
  const limits = /** @type {const} */ ([
    [0, west - margin, 1], [0, east + margin, -1], [1, south - margin, 1], [1, north + margin, -1],
  ])
  return ringsOf(rings).flatMap((ring) => {
    const kept = limits.reduce((points, [axis, limit, side]) => clipped(points, axis, limit, side), ring)
    return kept.flatMap((point, index) => [...point, ...(kept[(index + 1) % kept.length] ?? point)])
  })
}

/** Segments that follow one another, as the positions of rings. @param {number[]} segments */
function ringsOf(segments) {
  /** @type {[number, number][][]} */
  const rings = []
  let [x, y] = [NaN, NaN]
  for (let i = 0; i < segments.length; i += 4) {
    const [ax = 0, ay = 0, bx = 0, by = 0] = segments.slice(i, i + 4)
    if (ax !== x || ay !== y) rings.push([])
    rings.at(-1)?.push([ax, ay])
    ;[x, y] = [bx, by]
  }
  return rings
}

/**
 * Sutherland and Hodgman's: the part of a ring on one side of a limit.
 * @param {[number, number][]} ring
 * @param {0 | 1} axis
 * @param {number} limit
 * @param {1 | -1} side
 */
function clipped(ring, axis, limit, side) {
  return ring.flatMap((point, index) => {
    const before = ring.at(index - 1) ?? point
    const [inside, was] = [point, before].map((one) => side * (one[axis] - limit) >= 0)
    if (inside === was) return inside ? [point] : []
    const part = (limit - before[axis]) / (point[axis] - before[axis])
    const crossing = /** @type {[number, number]} */ ([0, 1].map((at) => (at === axis ? limit : (before[at] ?? 0) + part * ((point[at] ?? 0) - (before[at] ?? 0)))))
    return inside ? [crossing, point] : [crossing]
  })
}

/** The least distance between two shapes that do not share any area. @param {Shape} a @param {Shape} b */
function distance(a, b) {
  let least = Infinity
  const [first, second] = [segmentsOf(a), segmentsOf(b)]
  for (const one of first) for (const other of second) least = Math.min(least, between(one, other))
  return Number.isFinite(least) ? least : 0
}

/** @param {Shape} shape Points are segments without length. @returns {[number, number, number, number][]} */
function segmentsOf({ rings, lines, points }) {
  const found = []
  for (const list of [rings, lines]) for (let i = 0; i < list.length; i += 4) found.push(list.slice(i, i + 4))
  for (let i = 0; i < points.length; i += 2) found.push([...points.slice(i, i + 2), ...points.slice(i, i + 2)])
  return /** @type {[number, number, number, number][]} */ (found)
}

/** @param {[number, number, number, number]} one @param {[number, number, number, number]} other */
function between([ax, ay, bx, by], [cx, cy, dx, dy]) {
  // Their ends are nearest, for they do not cross; where they touch an end does, too.
  return Math.min(
    toSegment(ax, ay, cx, cy, dx, dy), toSegment(bx, by, cx, cy, dx, dy),
    toSegment(cx, cy, ax, ay, bx, by), toSegment(dx, dy, ax, ay, bx, by),
  )
}

/** @param {number} x @param {number} y @param {number} ax @param {number} ay @param {number} bx @param {number} by */
function toSegment(x, y, ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const along = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0
  return Math.hypot(x - ax - along * dx, y - ay - along * dy)
}
