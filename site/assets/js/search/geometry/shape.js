/** A geometry taken apart into what predicates work on: points, lines, and rings. */

/**
 * Segments are four numbers each (x, y to x, y). All rings together bound the area by the
 * even-odd rule: that also repairs a ring that crosses itself.
 *
 * @typedef {object} Shape
 * @property {number[]} points Pairs of numbers.
 * @property {number[]} lines Segments.
 * @property {number[]} rings Segments.
 * @property {Set<string>} ends Where lines end an odd number of times: their boundary.
 * @property {[number, number, number, number]} box
 * @property {number} count Positions as written.
 */

/**
 * @param {any} geometry GeoJSON, or `{bbox}` with planar boxes.
 * @returns {Shape}
 */
export function toShape(geometry) {
  /** @type {Shape} */
  const shape = { points: [], lines: [], rings: [], ends: new Set(), box: [Infinity, Infinity, -Infinity, -Infinity], count: 0 }
  add(shape, geometry)
  return shape
}

/**
 * @param {Shape} shape
 * @param {any} geometry
 */
function add(shape, geometry) {
  const { type, coordinates } = geometry ?? {}
  if (type === 'GeometryCollection') for (const part of geometry.geometries) add(shape, part)
  else if (type === 'Point') addPoint(shape, coordinates)
  else if (type === 'MultiPoint') for (const point of coordinates) addPoint(shape, point)
  else if (type === 'LineString') addLine(shape, coordinates)
  else if (type === 'MultiLineString') for (const line of coordinates) addLine(shape, line)
  else if (type === 'Polygon') for (const ring of coordinates) addSegments(shape, ring, shape.rings)
  else if (type === 'MultiPolygon') for (const ring of coordinates.flat()) addSegments(shape, ring, shape.rings)
}

/** @param {Shape} shape @param {number[]} point */
function addPoint(shape, point) {
  if (!point?.length) return
  const [x, y] = /** @type {[number, number]} */ (point)
  shape.points.push(x, y)
  extend(shape, x, y)
}

/** @param {Shape} shape @param {number[][]} line */
function addLine(shape, line) {
  const first = line[0]
  const last = line[line.length - 1]
  if (!first || !last) return
  const before = shape.lines.length
  addSegments(shape, line, shape.lines)
  if (shape.lines.length === before) {
    shape.points.push(first[0] ?? 0, first[1] ?? 0)
    return
  }
  for (const end of [first, last]) {
    const key = `${end[0]},${end[1]}`
    if (!shape.ends.delete(key)) shape.ends.add(key)
  }
}

/** @param {Shape} shape @param {number[][]} positions @param {number[]} segments */
function addSegments(shape, positions, segments) {
  for (let i = 0; i < positions.length; i++) {
    const [x, y] = /** @type {[number, number]} */ (positions[i])
    extend(shape, x, y)
    const next = positions[i + 1]
    if (next && (next[0] !== x || next[1] !== y)) segments.push(x, y, next[0] ?? 0, next[1] ?? 0)
  }
}

/** @param {Shape} shape @param {number} x @param {number} y */
function extend(shape, x, y) {
  const box = shape.box
  box[0] = Math.min(box[0], x)
  box[1] = Math.min(box[1], y)
  box[2] = Math.max(box[2], x)
  box[3] = Math.max(box[3], y)
  shape.count += 1
}

/**
 * A planar box as a shape; one without width or height is a line or a point.
 *
 * @param {[number, number, number, number]} box
 * @returns {any} GeoJSON
 */
export function boxGeometry([west, south, east, north]) {
  if (west < east && south < north) {
    return { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] }
  }
  if (west === east && south === north) return { type: 'Point', coordinates: [west, south] }
  return { type: 'LineString', coordinates: [[west, south], [east, north]] }
}

/** Whether two boxes have a point in common. @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function boxesMeet(a, b) {
  return (
    /** @type {number} */ (a[0]) <= /** @type {number} */ (b[2]) &&
    /** @type {number} */ (a[2]) >= /** @type {number} */ (b[0]) &&
    /** @type {number} */ (a[1]) <= /** @type {number} */ (b[3]) &&
    /** @type {number} */ (a[3]) >= /** @type {number} */ (b[1])
  )
}
