/** How two shapes lie to each other: the predicates of OGC Simple Features, planar. */

import { intersects, locate } from './intersects.js'
import { pieces } from './pieces.js'
import { boxesMeet } from './shape.js'

/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {Record<string, number>} Matrix Dimension by two letters, as II or IE; -1 for nothing. */

/**
 * @param {string} op `s_within` and the like.
 * @param {Shape} a
 * @param {Shape} b
 * @returns {boolean}
 */
export function holds(op, a, b) {
  if (op === 's_intersects') return intersects(a, b)
  if (op === 's_disjoint') return !intersects(a, b)
  if (!boxesMeet(a.box, b.box)) return false
  const m = relate(a, b)
  const { II = -1, IB = -1, IE = -1, BI = -1, BB = -1, BE = -1, EI = -1, EB = -1 } = m
  const [p, q] = [dimension(a), dimension(b)]
  switch (op) {
    case 's_within':
      return II >= 0 && IE < 0 && BE < 0
    case 's_contains':
      return II >= 0 && EI < 0 && EB < 0
    case 's_equals':
      return II >= 0 && IE < 0 && BE < 0 && EI < 0 && EB < 0
    case 's_touches':
      return II < 0 && (IB >= 0 || BI >= 0 || BB >= 0)
    case 's_crosses':
      if (p < q) return II >= 0 && IE >= 0
      if (p > q) return II >= 0 && EI >= 0
      return p === 1 && II === 0
    default:
      return p === q && II === (p === 1 ? 1 : p) && IE >= 0 && EI >= 0
  }
}

/** @param {Shape} shape */
function dimension(shape) {
  return shape.rings.length ? 2 : shape.lines.length ? 1 : 0
}

/**
 * The dimensionally extended nine-intersection matrix, without its last entry.
 *
 * @param {Shape} a
 * @param {Shape} b
 * @returns {Matrix}
 */
function relate(a, b) {
  /** @type {Matrix} */
  const matrix = {}
  const note = (/** @type {string} */ key, /** @type {number} */ dimension) => {
    matrix[key] = Math.max(matrix[key] ?? -1, dimension)
  }
  /** @type {Map<string, [number, number]>} */
  const nodes = new Map()
  for (const { ax, ay, bx, by, along } of pieces(a, b)) {
    const [one, other] = along
    for (const side of /** @type {const} */ (['left', 'right'])) {
      note((one[side] ? 'I' : 'E') + (other[side] ? 'I' : 'E'), 2)
    }
    note(place(one) + place(other), 1)
    nodes.set(`${ax},${ay}`, [ax, ay])
    nodes.set(`${bx},${by}`, [bx, by])
  }
  for (const { points } of [a, b]) {
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = /** @type {[number, number]} */ ([points[i], points[i + 1]])
      nodes.set(`${x},${y}`, [x, y])
    }
  }
  const cuts = pieceEnds(a, b)
  for (const [key, [x, y]] of nodes) {
    note(at(a, x, y, cuts[0].has(key)) + at(b, x, y, cuts[1].has(key)), 0)
  }
  return matrix
}

/** Where a piece lies in a shape. @param {{left: boolean, right: boolean, line: boolean}} along */
function place({ left, right, line }) {
  if (left && right) return 'I'
  if (line) return 'I'
  return left || right ? 'B' : 'E'
}

/**
 * Ends of the pieces that belong to each shape's own outline: at a crossing whose numbers are
 * rounded, only this tells that the point is on both.
 *
 * @param {Shape} a
 * @param {Shape} b
 * @returns {[Map<string, string>, Map<string, string>]}
 */
function pieceEnds(a, b) {
  /** @type {[Map<string, string>, Map<string, string>]} */
  const ends = [new Map(), new Map()]
  for (const { ax, ay, bx, by, along } of pieces(a, b)) {
    along.forEach((own, number) => {
      if (own.line || own.left !== own.right) {
        for (const key of [`${ax},${ay}`, `${bx},${by}`]) ends[number]?.set(key, own.line ? 'line' : 'ring')
      }
    })
  }
  return ends
}

/**
 * @param {Shape} shape
 * @param {number} x
 * @param {number} y
 * @param {boolean} onOutline
 */
function at(shape, x, y, onOutline) {
  const found = locate(shape, x, y)
  if (!onOutline || found !== 'E') return found
  return shape.rings.length ? 'B' : 'I'
}
