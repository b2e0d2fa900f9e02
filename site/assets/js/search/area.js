/** A query's geometry, and what a row's box in the index settles of it. */

import { planarBoxes } from './geometry/geojson.js'
import { intersects } from './geometry/intersects.js'
import { holds } from './geometry/relate.js'
import { boxGeometry, boxesMeet, toShape } from './geometry/shape.js'

/** @typedef {import('./geometry/geojson.js').Box} Box */
/** @typedef {import('./geometry/shape.js').Shape} Shape */

const MOST_PARTS = 8

/** @type {WeakMap<object, Area>} */
const known = new WeakMap()

/** The area of a shape in a query, made once. @param {any} shape @returns {Area} */
export function areaOf(shape) {
  let area = known.get(shape)
  if (!area) known.set(shape, (area = new Area(shape)))
  return area
}

/**
 * A geometry that rows are compared with.
 *
 * The index keeps each footprint's box as 32-bit floats rounded outward, so the true edge lies
 * within one float step inside. What that does not settle is compared exactly.
 */
export class Area {
  /** @param {any} given GeoJSON geometry, or `{bbox}`. */
  constructor(given) {
    this.isBox = given.bbox !== undefined
    const boxes = this.isBox ? planarBoxes(given.bbox) : []
    const geometries = boxes.map(boxGeometry)
    this.geometry = !this.isBox ? given : geometries.length === 1 ? geometries[0] : { type: 'GeometryCollection', geometries }
    this.shape = toShape(this.geometry)
    /** Planar boxes that cover it. @type {Box[]} */
    this.boxes = this.isBox ? boxes : partBoxes(given)
  }

  /** Whether a box has a point in common with the boxes of the area. @param {ArrayLike<number>} box */
  touches(box) {
    return this.boxes.some((own) => boxesMeet(own, box))
  }

  /**
   * What a row's box settles: true, false, or null where the geometries must be compared.
   *
   * @param {string} op
   * @param {Box} box The row's box, not null.
   * @param {boolean} shaped
   * @returns {boolean|null}
   */
  settle(op, box, shaped) {
    if (op === 's_disjoint') {
      const meets = this.meets(box, shaped)
      return meets === null ? null : !meets
    }
    if (op === 's_intersects') return this.meets(box, shaped)
    if (!this.possible(op, box)) return false
    if (op === 's_within' || op === 's_contains') return this.nested(op, box, shaped)
    return null
  }

  /**
   * Whether one lies within the other, where the two boxes between which the footprint lies agree.
   *
   * @param {string} op
   * @param {Box} box
   * @param {boolean} shaped
   * @returns {boolean|null}
   */
  nested(op, box, shaped) {
    const outer = toShape(boxGeometry(box))
    const inner = inward(box)
    const real = inner[0] < inner[2] && inner[1] < inner[3]
    if (op === 's_within') {
      if (holds(op, outer, this.shape)) return true
      return shaped || !real || holds(op, toShape(boxGeometry(inner)), this.shape) ? null : false
    }
    if (!holds(op, outer, this.shape)) return false
    return !shaped && real && holds(op, toShape(boxGeometry(inner)), this.shape) ? true : null
  }

  /**
   * @param {Box} box
   * @param {boolean} shaped
   * @returns {boolean|null}
   */
  meets(box, shaped) {
    if (!this.touches(box)) return false
    const inner = inward(box)
    if (this.isBox) {
      if (this.boxes.some((own) => contains(own, box))) return true
      if (!shaped && this.boxes.some((own) => boxesMeet(own, inner))) return true
      return null
    }
    if (!shaped && this.boxes.some((own) => contains(inner, own))) return true
    const outer = toShape(boxGeometry(box))
    if (!intersects(outer, this.shape)) return false
    const real = inner[0] <= inner[2] && inner[1] <= inner[3]
    if (!shaped && real && intersects(toShape(boxGeometry(inner)), this.shape)) return true
    return holds('s_within', outer, this.shape) ? true : null
  }

  /**
   * Whether a row may satisfy an operator, by its box alone.
   *
   * @param {string} op
   * @param {Box} box
   */
  possible(op, box) {
    if (!this.touches(box)) return false
    const bounds = this.shape.box
    if ((op === 's_within' || op === 's_equals') && !contains(bounds, inward(box))) return false
    return !((op === 's_contains' || op === 's_equals') && !contains(box, bounds))
  }
}

/** Whether a box has all of another inside. @param {ArrayLike<number>} outer @param {ArrayLike<number>} inner */
export function contains(outer, inner) {
  return (
    /** @type {number} */ (outer[0]) <= /** @type {number} */ (inner[0]) &&
    /** @type {number} */ (outer[1]) <= /** @type {number} */ (inner[1]) &&
    /** @type {number} */ (outer[2]) >= /** @type {number} */ (inner[2]) &&
    /** @type {number} */ (outer[3]) >= /** @type {number} */ (inner[3])
  )
}

/**
 * The box one float step smaller on every side: the true footprint covers it.
 *
 * @param {Box} box
 * @returns {Box}
 */
export function inward(box) {
  return [step(box[0], 1), step(box[1], 1), step(box[2], -1), step(box[3], -1)]
}

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The next 32-bit float, up or down. @param {number} value @param {1|-1} by */
function step(value, by) {
  float[0] = value
  if (value === 0) bits[0] = by > 0 ? 1 : -0x7fffffff
  else bits[0] = (bits[0] ?? 0) + (value > 0 ? by : -by)
  return float[0] ?? 0
}

/**
 * Two halves beside the antimeridian have small boxes, and together one around the world.
 *
 * @param {any} geometry
 * @returns {Box[]}
 */
function partBoxes(geometry) {
  const { type, coordinates, geometries } = geometry
  const parts =
    type === 'GeometryCollection'
      ? geometries
      : type.startsWith('Multi')
        ? coordinates.map((/** @type {any} */ part) => ({ type: type.slice(5), coordinates: part }))
        : [geometry]
  const chosen = parts.length <= MOST_PARTS ? parts : [geometry]
  return chosen.map((/** @type {any} */ part) => toShape(part).box)
}
