/** Whether two shapes have a point in common; exact. */

import { orient } from './orient.js'
import { boxesMeet } from './shape.js'

/** @typedef {import('./shape.js').Shape} Shape */

/**
 * @param {Shape} a
 * @param {Shape} b
 */
export function intersects(a, b) {
  if (!boxesMeet(a.box, b.box)) return false
  if (segmentsMeet(outline(a), outline(b))) return true
  // No outlines meet: then one lies wholly in the other, part by part, or outside.
  return anyInside(a, b) || anyInside(b, a)
}

/** @param {Shape} shape */
function outline(shape) {
  return shape.lines.length ? shape.rings.concat(shape.lines) : shape.rings
}

/** @param {number[]} a @param {number[]} b */
function segmentsMeet(a, b) {
  for (let i = 0; i < a.length; i += 4) {
    for (let j = 0; j < b.length; j += 4) {
      // @ts-expect-error Whole segments, so every number is there.
      if (twoMeet(a[i], a[i + 1], a[i + 2], a[i + 3], b[j], b[j + 1], b[j + 2], b[j + 3])) return true
    }
  }
  return false
}

/**
 * @param {number} ax @param {number} ay @param {number} bx @param {number} by
 * @param {number} cx @param {number} cy @param {number} dx @param {number} dy
 */
export function twoMeet(ax, ay, bx, by, cx, cy, dx, dy) {
  if (Math.max(ax, bx) < Math.min(cx, dx) || Math.max(cx, dx) < Math.min(ax, bx)) return false
  if (Math.max(ay, by) < Math.min(cy, dy) || Math.max(cy, dy) < Math.min(ay, by)) return false
  const c = Math.sign(orient(ax, ay, bx, by, cx, cy))
  const d = Math.sign(orient(ax, ay, bx, by, dx, dy))
  if (c * d > 0) return false
  const a = Math.sign(orient(cx, cy, dx, dy, ax, ay))
  const b = Math.sign(orient(cx, cy, dx, dy, bx, by))
  return a * b <= 0
}

/** Whether a point of any part of one shape lies in or on the other. @param {Shape} a @param {Shape} b */
function anyInside(a, b) {
  for (const list of [a.points, a.lines, a.rings]) {
    const step = list === a.points ? 2 : 4
    for (let i = 0; i < list.length; i += step) {
      if (locate(b, /** @type {number} */ (list[i]), /** @type {number} */ (list[i + 1])) !== 'E') return true
    }
  }
  return false
}

/**
 * Where a point lies: interior, boundary or exterior.
 *
 * @param {Shape} shape
 * @param {number} x
 * @param {number} y
 * @returns {'I'|'B'|'E'}
 */
export function locate(shape, x, y) {
  const [area, edge] = inRings(shape.rings, x, y)
  if (area) return 'I'
  if (onAny(shape.lines, x, y)) return edge || !shape.ends.has(`${x},${y}`) ? 'I' : 'B'
  for (let i = 0; i < shape.points.length; i += 2) {
    if (shape.points[i] === x && shape.points[i + 1] === y && !edge) return 'I'
  }
  return edge ? 'B' : 'E'
}

/** Whether a point lies on one of the segments. @param {number[]} segments @param {number} x @param {number} y */
function onAny(segments, x, y) {
  for (let i = 0; i < segments.length; i += 4) {
    // @ts-expect-error Whole segments, so every number is there.
    if (onSegment(segments[i], segments[i + 1], segments[i + 2], segments[i + 3], x, y)) return true
  }
  return false
}

/** @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} x @param {number} y */
export function onSegment(ax, ay, bx, by, x, y) {
  if (x < Math.min(ax, bx) || x > Math.max(ax, bx) || y < Math.min(ay, by) || y > Math.max(ay, by)) return false
  return orient(ax, ay, bx, by, x, y) === 0
}

/**
 * Whether a point lies inside by the even-odd rule, and whether on an edge.
 *
 * @param {number[]} rings
 * @param {number} x
 * @param {number} y
 * @returns {[boolean, boolean]}
 */
export function inRings(rings, x, y) {
  let inside = false
  for (let i = 0; i < rings.length; i += 4) {
    const [ax, ay, bx, by] = /** @type {[number, number, number, number]} */ ([rings[i], rings[i + 1], rings[i + 2], rings[i + 3]])
    if (onSegment(ax, ay, bx, by, x, y)) return [false, true]
    if (ay > y !== by > y) {
      const side = orient(ax, ay, bx, by, x, y)
      if (by > ay ? side > 0 : side < 0) inside = !inside
    }
  }
  return [inside, false]
}
