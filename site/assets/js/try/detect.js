// Boxes of objects, in whichever of the usual ways a network writes them.
// Mirrors builder/geocairn/run/detect.py.

import { Fault } from './faults.js'

/** @typedef {[number, number, number, number]} Box Left, top, right, bottom. */
/** @typedef {{box: Box, score: number, label: number}} Found */
/** @typedef {{data: Float32Array, dims: readonly number[]}} Numbers */
/** @typedef {import('./spec.js').OutputSpec} OutputSpec */

/** @type {Record<string, string[]>} */
const ROLES = {
  boxes: ['box', 'bbox', 'dets', 'detections'],
  scores: ['score', 'confidence', 'conf', 'prob'],
  labels: ['label', 'class', 'cls', 'categor'],
}

/**
 * The objects that a network saw in the first window of a batch.
 * @param {Numbers[]} outputs
 * @param {OutputSpec[]} specs
 * @param {{classes: number, least: number}} options How many classes there are, 0 where nobody
 *   knows; score below which candidates are left out.
 * @returns {Found[]}
 */
export function decode(outputs, specs, { classes, least }) {
  const [first] = outputs
  const [spec] = specs
  if (!first || !spec) throw new Fault('boxes', { names: '' })
  const found = outputs.length > 1 ? several(outputs, specs) : one(first, spec, classes)
  return found.filter(({ score }) => score >= least)
}

/** @param {Numbers[]} outputs @param {OutputSpec[]} specs */
function several(outputs, specs) {
  /** @type {Record<string, Numbers>} */
  const roles = {}
  let form = ''
  outputs.forEach((output, at) => {
    const spec = specs[at]
    const name = spec?.name.toLowerCase() ?? ''
    const role = Object.keys(ROLES).find((key) => !roles[key] && ROLES[key]?.some((word) => name.includes(word)))
    if (!spec || !role) return
    const batched = spec.order.includes('batch') || (!spec.order.length && output.dims.length > 2)
    const dims = batched ? output.dims.slice(1) : output.dims
    roles[role] = { data: output.data.subarray(0, dims.reduce((a, b) => a * b, 1)), dims }
    if (role === 'boxes') form = spec.boxes || form
  })
  const { boxes, scores, labels } = roles
  if (!boxes || !scores) throw new Fault('boxes', { names: specs.map(({ name }) => name).join(', ') })
  const count = boxes.data.length / 4
  const wide = scores.dims.length === 2 && !labels ? (scores.dims[1] ?? 1) : 1
  return Array.from({ length: count }, (_, at) => {
    const best = strongest(scores.data.subarray(at * wide, (at + 1) * wide))
    const box = corners(boxes.data.subarray(4 * at, 4 * at + 4), form || 'xyxy')
    return { box, score: best.score, label: labels ? Math.trunc(labels.data[at] ?? 0) : best.label }
  })
}

/** @param {Numbers} output @param {OutputSpec} spec @param {number} classes @returns {Found[]} */
function one({ data, dims }, spec, classes) {
  const shape = dims.length === 3 ? dims.slice(1) : dims
  let [rows = 0, width = 0] = shape
  if (shape.length !== 2) throw new Fault('boxes', { names: spec.name })
  const known = classes ? [4 + classes, 5 + classes, 6] : [5, 6]
  // Some networks write a column for each candidate.
  const turned = !known.includes(width) && known.includes(rows)
  const [count, step] = [rows * width, width]
  if (turned) [rows, width] = [width, rows]
  const at = (/** @type {number} */ row) =>
    Float32Array.from({ length: width }, (_, column) => (turned ? data[column * step + row] : data[row * step + column]) ?? 0)
  if (count > data.length) throw new Fault('boxes', { names: spec.name })
  const read = reader(width, spec, classes)
  return Array.from({ length: rows }, (_, row) => read(at(row)))
}

/** How a row is read, by how many values it has. @param {number} width @param {OutputSpec} spec @param {number} classes @returns {(row: Float32Array) => Found} */
function reader(width, spec, classes) {
  const scored = (/** @type {string} */ form, /** @type {number} */ from, /** @type {number} */ place) =>
    (/** @type {Float32Array} */ row) => {
      const scores = row.subarray(from).map((score) => (place < 0 ? score : score * (row[place] ?? 0)))
      return { box: corners(row, form), ...strongest(scores) }
    }
  if (classes && width === 4 + classes) return scored(spec.boxes || 'cxcywh', 4, -1)
  if (classes && width === 5 + classes && (classes > 1 || spec.boxes === 'cxcywh')) return scored(spec.boxes || 'cxcywh', 5, 4)
  if (width === 6) {
    return (row) => ({ box: corners(row, spec.boxes || 'xyxy'), score: row[4] ?? 0, label: Math.trunc(row[5] ?? 0) })
  }
  if (width === 5) return scored(spec.boxes || 'xyxy', 4, -1)
  throw new Fault('boxes', { names: spec.name })
}

/** @param {Float32Array} scores */
function strongest(scores) {
  let label = 0
  scores.forEach((score, at) => score > (scores[label] ?? 0) && (label = at))
  return { score: scores[label] ?? 0, label }
}

/** @param {Float32Array} row @param {string} form @returns {Box} */
function corners(row, form) {
  const [a = 0, b = 0, c = 0, d = 0] = row
  if (form === 'xyxy') return [a, b, c, d]
  if (form === 'xywh') return [a, b, a + c, b + d]
  if (form === 'cxcywh') return [a - c / 2, b - d / 2, a + c / 2, b + d / 2]
  throw new Fault('boxes', { names: form })
}

/**
 * Keep the best of boxes of one class that overlap (greedy non-maximum suppression).
 * @param {Found[]} boxes
 * @param {number} overlap Intersection over union above which two boxes mean the same object.
 * @returns {Found[]} Those that are kept, best first.
 */
export function suppress(boxes, overlap) {
  const order = [...boxes].sort((a, b) => b.score - a.score || a.box[1] - b.box[1] || a.box[0] - b.box[0])
  /** @type {Found[]} */
  const kept = []
  for (const one of order) {
    if (!kept.some((other) => other.label === one.label && close(one.box, other.box, overlap))) kept.push(one)
  }
  return kept
}

/** @param {Box} one @param {Box} other @param {number} overlap */
function close(one, other, overlap) {
  const wide = Math.max(0, Math.min(one[2], other[2]) - Math.max(one[0], other[0]))
  const high = Math.max(0, Math.min(one[3], other[3]) - Math.max(one[1], other[1]))
  const area = (/** @type {Box} */ box) => (box[2] - box[0]) * (box[3] - box[1])
  return wide * high > 0 && wide * high > overlap * (area(one) + area(other) - wide * high)
}
