// From a mask of classes to polygons whose edges are those of pixels.
//
// Pixels of one class that share an edge are one polygon. Rings run with the polygon on their right
// (rows count downwards), outlines clockwise as seen on the screen and holes the other way; where two
// pixels of a polygon meet at a corner only, a ring goes straight over to the other, so that no ring
// touches itself.

/** @typedef {[number, number][]} Ring Corners of pixels (column, row), closed. */
/** @typedef {{value: number, rings: Ring[], pixels: number, score: number | null}} Polygon Outline first. */

// Steps to the right, down, left and up.
const STEPS = /** @type {const} */ ([[1, 0], [0, 1], [-1, 0], [0, -1]])

/**
 * @param {Uint16Array} classes
 * @param {{height: number, width: number, wanted: Set<number>, scores: ((value: number) => Float32Array | null)}} options
 *   Values that make polygons; the plane with the scores of a value.
 * @returns {Polygon[]}
 */
export function polygons(classes, { height, width, wanted, scores }) {
  const { labels, count } = labelled(classes, height, width, wanted)
  /** @type {Polygon[]} */
  const found = Array.from({ length: count }, () => ({ value: 0, rings: [], pixels: 0, score: null }))
  const sums = new Float64Array(count)
  labels.forEach((label, at) => {
    const polygon = found[label - 1]
    if (!polygon) return
    polygon.value = classes[at] ?? 0
    polygon.pixels += 1
    const score = scores(polygon.value)?.[at]
    sums[label - 1] = (sums[label - 1] ?? 0) + (score ?? NaN)
  })
  trace(labels, height, width, (label, ring) => found[label - 1]?.rings.push(ring))
  found.forEach((polygon, at) => {
    const mean = (sums[at] ?? NaN) / polygon.pixels
    polygon.score = Number.isFinite(mean) ? mean : null
  })
  return found
}

/** Numbers, from 1, of areas of one value; 0 for values that are not wanted. @param {Uint16Array} classes @param {number} height @param {number} width @param {Set<number>} wanted */
function labelled(classes, height, width, wanted) {
  const labels = new Int32Array(classes.length)
  let count = 0
  /** @type {number[]} */
  const waiting = []
  for (let start = 0; start < classes.length; start += 1) {
    const value = classes[start] ?? 0
    if (labels[start] || !wanted.has(value)) continue
    count += 1
    labels[start] = count
    waiting.push(start)
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const column = at % width
      const near = [column > 0 ? at - 1 : -1, column + 1 < width ? at + 1 : -1, at - width, at + width]
      for (const next of near) {
        if (next < 0 || next >= height * width || labels[next] || classes[next] !== value) continue
        labels[next] = count
        waiting.push(next)
      }
    }
  }
  return { labels, count }
}

/** @param {Int32Array} labels @param {number} height @param {number} width @param {(label: number, ring: Ring) => void} found */
function trace(labels, height, width, found) {
  const label = (/** @type {number} */ x, /** @type {number} */ y) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (labels[y * width + x] ?? 0)
  // Upper edges of pixels (walked to the right) and lower ones (to the left) that a ring has passed.
  const passed = [new Uint8Array(labels.length), new Uint8Array(labels.length)]
  const walk = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ from) => {
    const own = label(x, y)
    /** @type {[number, number]} */
    let at = from === 0 ? [x, y] : [x + 1, y + 1]
    let way = from
    /** @type {Ring} */
    const ring = [at]
    for (;;) {
      const [cx, cy] = cell(at, way)
      if (way === 0 || way === 2) {
        const edges = passed[way === 0 ? 0 : 1]
        if (edges?.[cy * width + cx]) break
        if (edges) edges[cy * width + cx] = 1
      }
      const [dx, dy] = STEPS[/** @type {0 | 1 | 2 | 3} */ (way)]
      at = [at[0] + dx, at[1] + dy]
      const next = turned(at, way, own, label)
      if (next !== way) ring.push(at)
      way = next
    }
    const [first, last] = [ring[0], ring.at(-1)]
    if (first && last && (first[0] !== last[0] || first[1] !== last[1])) ring.push(first)
    // It may have begun within an edge.
    if (straight(ring)) {
      ring.shift()
      ring[ring.length - 1] = /** @type {[number, number]} */ (ring[0])
    }
    found(own, ring)
  }
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const own = label(x, y)
      if (!own) continue
      // In this order the outline of a polygon, which has its topmost edge, is met first.
      if (label(x, y - 1) !== own && !passed[0]?.[y * width + x]) walk(x, y, 0)
      if (label(x, y + 1) !== own && !passed[1]?.[y * width + x]) walk(x, y, 2)
    }
  }
}

/** Whether the first corner of a closed ring lies within an edge. @param {Ring} ring */
function straight(ring) {
  const [before, at, after] = [ring.at(-2), ring[0], ring[1]]
  if (!before || !at || !after) return false
  return (before[0] === at[0] && at[0] === after[0]) || (before[1] === at[1] && at[1] === after[1])
}

/** The pixel on the right of an edge. @param {[number, number]} at @param {number} way @returns {[number, number]} */
function cell([x, y], way) {
  if (way === 0) return [x, y]
  if (way === 1) return [x - 1, y]
  return way === 2 ? [x - 1, y - 1] : [x, y - 1]
}

/** Where a ring goes on at a corner. @param {[number, number]} at @param {number} way @param {number} own @param {(x: number, y: number) => number} label */
function turned(at, way, own, label) {
  const left = (way + 3) % 4
  // The pixel ahead on the left, and that ahead on the right.
  const [lx, ly] = cell(at, left)
  const [rx, ry] = cell(at, way)
  if (label(lx, ly) === own) return left
  return label(rx, ry) === own ? way : (way + 1) % 4
}
