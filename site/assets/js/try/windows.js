// Overlapping windows over an image, and weights that blend them without seams.
// Mirrors builder/geocairn/run/windows.py and builder/geocairn/run/planning.py.

import { Fault } from './faults.js'

/** @typedef {{start: number, stop: number, weights: Float32Array}} Interval */
/** @typedef {[number, number]} Size Height and width. */
/** @typedef {{height: number, width: number, tile: Size, size: Size, overlap: number, unit: number, pixels: number, multiple: number}} Plan */

const USUAL = 512
// Networks that halve their input take multiples of 32, or of less, and give the same at two
// places only if they are such a multiple apart.
const MULTIPLE = 32

/**
 * Cover an axis; at every place the weights of all intervals sum to one.
 * @param {number} length
 * @param {number} tile
 * @param {number} overlap
 * @param {number} [multiple] Of what every start is a multiple; the steps must be one.
 * @returns {Interval[]}
 */
export function intervals(length, tile, overlap, multiple = 1) {
  if (length > 0 && length <= tile && overlap >= 0) {
    return [{ start: 0, stop: length, weights: new Float32Array(length).fill(1) }]
  }
  const step = tile - overlap
  if (length < 1 || step < 1 || overlap < 0 || step % multiple) {
    throw new RangeError(`cannot cover ${length} by ${tile} with ${overlap} in multiples of ${multiple}`)
  }
  const last = Math.ceil((length - tile) / multiple) * multiple
  const starts = []
  for (let start = 0; start < last; start += step) starts.push(start)
  starts.push(last)
  const raw = starts.map((start) => new Float64Array(Math.min(tile, length - start)).fill(1))
  for (let index = 0; index + 1 < starts.length; index += 1) {
    const [one, next] = [/** @type {Float64Array} */ (raw[index]), /** @type {Float64Array} */ (raw[index + 1])]
    const shared = (starts[index] ?? 0) + one.length - (starts[index + 1] ?? 0)
    for (let at = 0; at < shared; at += 1) {
      const weight = rising((at + 0.5) / shared)
      next[at] = (next[at] ?? 0) * weight
      const other = one.length - shared + at
      one[other] = (one[other] ?? 0) * (1 - weight)
    }
  }
  const total = new Float64Array(length)
  starts.forEach((start, index) => raw[index]?.forEach((weight, at) => (total[start + at] = (total[start + at] ?? 0) + weight)))
  return starts.map((start, index) => {
    const weights = Float32Array.from(/** @type {Float64Array} */ (raw[index]), (weight, at) => weight / (total[start + at] ?? 1))
    return { start, stop: start + weights.length, weights }
  })
}

/** Weight of the second of two intervals at a place, from 0 to 1, of what they share. @param {number} place */
function rising(place) {
  const within = Math.min(Math.max(2 * place - 0.5, 0), 1)
  return 0.5 - 0.5 * Math.cos(Math.PI * within)
}

/**
 * Choose the windows: of the size that the network insists on, else of that which its item gives.
 * @param {Size} image Height and width of the image.
 * @param {{fixed: Size | null, usual: Size | null, shared: boolean}} options
 * @returns {Plan}
 */
export function makePlan([height, width], { fixed, usual, shared }) {
  /** @type {Size} */
  let tile = fixed ?? usual ?? [USUAL, USUAL]
  if (!fixed) {
    // An image smaller than a window needs no more than itself.
    const most = (/** @type {number} */ one, /** @type {number} */ have) =>
      Math.min(one, Math.ceil(have / MULTIPLE) * MULTIPLE)
    tile = [most(tile[0], height), most(tile[1], width)]
  }
  // Along an axis that one window covers nothing is shared.
  const several = [tile[0] < height ? tile[0] : 0, tile[1] < width ? tile[1] : 0].filter(Boolean)
  const least = Math.min(...(several.length ? several : tile))
  const overlap = shared ? overlapOf(least) : 0
  return { height, width, tile, size: fixed ?? tile, overlap, unit: 1, pixels: 1, multiple: 1 }
}

/** A quarter of a window, or a little more, so that the steps are a multiple of 32. @param {number} tile */
function overlapOf(tile) {
  const step = tile - Math.floor(tile / 4)
  return tile - (Math.floor(step / MULTIPLE) * MULTIPLE || step)
}

/**
 * The same, for outputs that have something for every place.
 * @param {Plan} plan
 * @param {Size} output Height and width of what the network gives for a window.
 * @returns {Plan}
 */
export function withCell(plan, output) {
  const ratios = plan.tile.map((one, axis) => {
    const two = output[axis] ?? 1
    const common = divisor(one, two)
    return [one / common, two / common]
  })
  const [[unit = 1, pixels = 1] = [], other = []] = ratios
  if (other[0] !== unit || other[1] !== pixels || unit > 256) {
    throw new Fault('output', { output: output.join(' × '), tile: plan.tile.join(' × ') })
  }
  return { ...plan, unit, pixels, overlap: Math.floor(plan.overlap / unit) * unit, multiple: MULTIPLE }
}

/** @param {number} a @param {number} b @returns {number} */
function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b)
}

/** The windows, counted in cells. @param {Plan} plan */
export function gridOf({ height, width, tile, overlap, unit, multiple }) {
  const shared = Math.floor(overlap / unit)
  const over = (/** @type {number} */ length, /** @type {number} */ side) => {
    const cells = Math.floor(side / unit)
    const steps = divisor(Math.max(1, Math.floor(multiple / unit)), cells - shared)
    return intervals(Math.ceil(length / unit), cells, shared, steps)
  }
  return { rows: over(height, tile[0]), columns: over(width, tile[1]) }
}

/**
 * A window in pixels of the image, cut at its edge: top, left, height, width.
 * @param {Plan} plan
 * @param {Interval} row
 * @param {Interval} column
 * @returns {[number, number, number, number]}
 */
export function windowOf({ height, width, unit }, row, column) {
  const [top, left] = [row.start * unit, column.start * unit]
  return [top, left, Math.min(row.stop * unit, height) - top, Math.min(column.stop * unit, width) - left]
}
