/** How much of an area a footprint covers. */

import { locate } from './intersects.js'
import { pieces } from './pieces.js'

/** @typedef {import('./shape.js').Shape} Shape */

/**
 * Area (or of a line the length, of points their number) of a shape.
 *
 * @param {Shape} shape
 */
export function measure(shape) {
  const whole = common(shape, shape)
  return whole > 0 ? whole : shape.points.length / 2
}

/**
 * Measure of what two shapes have in common, by the dimension of the first.
 *
 * @param {Shape} area
 * @param {Shape} other
 */
export function common(area, other) {
  if (area.rings.length) return commonArea(area, other)
  if (area.lines.length) return commonLength(area, other)
  let count = 0
  for (let i = 0; i < area.points.length; i += 2) {
    if (locate(other, /** @type {number} */ (area.points[i]), /** @type {number} */ (area.points[i + 1])) !== 'E') count += 1
  }
  return count
}

/** @param {Shape} a @param {Shape} b */
function commonArea(a, b) {
  if (!b.rings.length) return 0
  // Measured from a corner of what both share: from afar, small areas drown in rounding.
  const x0 = Math.max(a.box[0], b.box[0])
  const y0 = Math.max(a.box[1], b.box[1])
  let twice = 0
  for (const { ax, ay, bx, by, along } of pieces(a, b)) {
    const left = along[0].left && along[1].left
    const right = along[0].right && along[1].right
    if (left === right) continue
    const cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
    twice += left ? cross : -cross
  }
  return Math.abs(twice) / 2
}

/** @param {Shape} a @param {Shape} b */
function commonLength(a, b) {
  let length = 0
  for (const { ax, ay, bx, by, along } of pieces(a, b)) {
    const covered = along[1].left || along[1].right || along[1].line
    if (along[0].line && covered) length += Math.hypot(bx - ax, by - ay)
  }
  return length
}
