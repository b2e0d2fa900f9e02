/** Two shapes' outlines cut where they meet: pieces that each lie wholly in one place. */

import { inRings, onSegment, twoMeet } from './intersects.js'
import { orient } from './orient.js'

/** @typedef {import('./shape.js').Shape} Shape */
/**
 * A piece of outline, from end to end without a crossing. The sides are those left and right of
 * its direction; `line` says whether a line of the shape runs along it.
 *
 * @typedef {object} Piece
 * @property {number} ax @property {number} ay @property {number} bx @property {number} by
 * @property {[Along, Along]} along What each of the two shapes has there.
 */
/** @typedef {{left: boolean, right: boolean, line: boolean}} Along */

/**
 * @param {Shape} a
 * @param {Shape} b
 * @returns {Piece[]}
 */
export function pieces(a, b) {
  const sources = [a.rings, a.lines, b.rings, b.lines]
  const all = sources.flat()
  /** @type {Map<string, {at: [number, number, number, number], counts: number[]}>} */
  const found = new Map()
  sources.forEach((segments, source) => {
    for (let i = 0; i < segments.length; i += 4) {
      for (const at of cut(segments.slice(i, i + 4), all)) {
        const forward = at[0] < at[2] || (at[0] === at[2] && at[1] < at[3])
        const turned = /** @type {[number, number, number, number]} */ (forward ? at : [at[2], at[3], at[0], at[1]])
        const key = turned.join()
        const piece = found.get(key) ?? { at: turned, counts: [0, 0, 0, 0] }
        piece.counts[source] = (piece.counts[source] ?? 0) + 1
        found.set(key, piece)
      }
    }
  })
  return [...found.values()].map(({ at, counts }) => label(at, counts, [a, b]))
}

/**
 * Cut a segment at every point that it shares with others.
 *
 * @param {number[]} segment
 * @param {number[]} all
 */
function cut(segment, all) {
  const [ax, ay, bx, by] = /** @type {[number, number, number, number]} */ (segment)
  /** @type {Array<[number, number]>} */
  const points = [[ax, ay], [bx, by]]
  for (let i = 0; i < all.length; i += 4) {
    const [cx, cy, dx, dy] = /** @type {[number, number, number, number]} */ ([all[i], all[i + 1], all[i + 2], all[i + 3]])
    if (!twoMeet(ax, ay, bx, by, cx, cy, dx, dy)) continue
    const touching = [[cx, cy], [dx, dy]].filter(([x, y]) => onSegment(ax, ay, bx, by, x ?? 0, y ?? 0))
    const ends = onSegment(cx, cy, dx, dy, ax, ay) || onSegment(cx, cy, dx, dy, bx, by)
    if (touching.length || ends) points.push(.../** @type {Array<[number, number]>} */ (touching))
    else points.push(crossing([ax, ay, bx, by], [cx, cy, dx, dy]))
  }
  const along = (/** @type {[number, number]} */ [x, y]) => (x - ax) * (bx - ax) + (y - ay) * (by - ay)
  points.sort((p, q) => along(p) - along(q))
  /** @type {Array<[number, number, number, number]>} */
  const parts = []
  points.reduce((p, q) => {
    if (p[0] !== q[0] || p[1] !== q[1]) parts.push([p[0], p[1], q[0], q[1]])
    return q
  })
  return parts
}

/**
 * Where two segments cross. The same two always give the same numbers, whichever comes first:
 * both outlines are cut there, and their ends must be equal.
 *
 * @param {number[]} first
 * @param {number[]} second
 * @returns {[number, number]}
 */
function crossing(first, second) {
  const [p, q] = [ordered(first), ordered(second)]
  const swap = p.findIndex((number, i) => number !== q[i])
  const [s, t] = (p[swap] ?? 0) < (q[swap] ?? 0) ? [p, q] : [q, p]
  const [ax, ay, bx, by] = /** @type {[number, number, number, number]} */ (s)
  const [cx, cy, dx, dy] = /** @type {[number, number, number, number]} */ (t)
  const c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
  const d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
  const share = c === d ? 0.5 : Math.min(1, Math.max(0, c / (c - d)))
  return [cx + share * (dx - cx), cy + share * (dy - cy)]
}

/** A segment from its lesser end. @param {number[]} segment */
function ordered(segment) {
  const [ax, ay, bx, by] = /** @type {[number, number, number, number]} */ (segment)
  return ax < bx || (ax === bx && ay < by) ? [ax, ay, bx, by] : [bx, by, ax, ay]
}

/**
 * @param {[number, number, number, number]} at
 * @param {number[]} counts How often the rings and lines of each shape run along it.
 * @param {[Shape, Shape]} shapes
 * @returns {Piece}
 */
function label([ax, ay, bx, by], counts, shapes) {
  const x = (ax + bx) / 2
  const y = (ay + by) / 2
  const along = shapes.map((shape, number) => {
    const rings = counts[2 * number] ?? 0
    const line = (counts[2 * number + 1] ?? 0) > 0
    if (!rings) {
      const [inside, edge] = inRings(shape.rings, x, y)
      // Rounding can put the middle of a crossing's piece on an edge: neither side is then inside.
      return { left: inside && !edge, right: inside && !edge, line }
    }
    const right = rightInside(shape.rings, [ax, ay, bx, by], x, y)
    const left = rings % 2 ? !right : right
    // An edge there and back bounds nothing, but is part of the shape.
    return { left, right, line: line || (!left && !right) }
  })
  return { ax, ay, bx, by, along: /** @type {[Along, Along]} */ (along) }
}

/**
 * Whether the place just right of a piece is inside rings that run along it: crossings of a ray
 * from its middle, to the right where the piece rises, else downwards; segments along the piece
 * are left out, as the place lies beyond them.
 *
 * @param {number[]} rings
 * @param {[number, number, number, number]} piece
 * @param {number} x
 * @param {number} y
 */
function rightInside(rings, [ax, ay, bx, by], x, y) {
  const upright = ax === bx
  let inside = false
  for (let i = 0; i < rings.length; i += 4) {
    let [cx, cy, dx, dy] = /** @type {[number, number, number, number]} */ ([rings[i], rings[i + 1], rings[i + 2], rings[i + 3]])
    if (near(cx, cy, dx, dy, ax, ay) && near(cx, cy, dx, dy, bx, by)) continue
    // Straight up pieces look east, all others south.
    let [px, py] = [x, y]
    if (!upright) [cx, cy, dx, dy, px, py] = [-cy, cx, -dy, dx, -y, x]
    if (cy > py !== dy > py) {
      const side = orient(cx, cy, dx, dy, px, py)
      if (dy > cy ? side > 0 : side < 0) inside = !inside
    }
  }
  return inside
}

/** Whether a cut's end lies on a segment, up to the rounding of a crossing. */
function near(/** @type {number} */ ax, /** @type {number} */ ay, /** @type {number} */ bx, /** @type {number} */ by, /** @type {number} */ x, /** @type {number} */ y) {
  const length = Math.hypot(bx - ax, by - ay)
  const distance = Math.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
  const along = ((bx - ax) * (x - ax) + (by - ay) * (y - ay)) / length
  const slack = 1e-12 * (1 + Math.abs(x) + Math.abs(y))
  return distance <= slack && along >= -slack && along <= length + slack
}
