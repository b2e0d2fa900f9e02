// Resizing images to what a network takes: `resize_type` of the model extension, as GDAL's warper
// does it (builder/geocairn/run/resizing.py): kernels grow with the step where an image shrinks,
// and weights that fall outside of it are given to the pixels inside.

import { Fault } from './faults.js'

/** @typedef {{reach: number, weight: (distance: number) => number}} Kernel */
/** @typedef {{first: Int32Array, count: Int32Array, weights: Float64Array, most: number}} Taps */

const sinc = (/** @type {number} */ x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
/** @type {Record<string, Kernel>} */
const KERNELS = {
  'interpolation-linear': { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  // Keys's cubic convolution with a = -0.5, https://doi.org/10.1109/TASSP.1981.1163711
  'interpolation-cubic': {
    reach: 2,
    weight(x) {
      const far = Math.abs(x)
      if (far <= 1) return (1.5 * far - 2.5) * far * far + 1
      return far < 2 ? ((-0.5 * far + 2.5) * far - 4) * far + 2 : 0
    },
  },
  'interpolation-lanczos4': { reach: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
}
// Up to this step kernels keep their size.
const SHRINKS = 1 / 0.95
export const METHODS = [...Object.keys(KERNELS), 'interpolation-nearest', 'interpolation-area', 'interpolation-max']

/**
 * @param {Float32Array} plane (height, width)
 * @param {[number, number]} from Its height and width.
 * @param {[number, number]} to Those wanted.
 * @param {string} how One of `METHODS`.
 * @returns {Float32Array}
 */
export function resize(plane, from, to, how) {
  if (from[0] === to[0] && from[1] === to[1]) return plane
  if (!METHODS.includes(how)) throw new Fault('resize', { from: from.join(' × '), to: to.join(' × '), how: how || '–' })
  const [rows, columns] = [taps(from[0], to[0], how), taps(from[1], to[1], how)]
  if (how === 'interpolation-max') return highest(plane, from, to, rows, columns)
  const found = blended(plane, from, to, rows, columns)
  const grows = from.every((length, axis) => length / (to[axis] ?? 1) <= SHRINKS)
  if (how !== 'interpolation-cubic' || !grows) return found
  // Where an image grows and not all sixteen pixels are there, those next to it are blended.
  const plain = resize(plane, from, to, 'interpolation-linear')
  return found.map((value, at) => {
    const whole = inside(Math.floor(at / to[1]), from[0], to[0]) && inside(at % to[1], from[1], to[1])
    return whole ? value : (plain[at] ?? 0)
  })
}

/** Whether the four pixels around a place are all there. @param {number} at @param {number} from @param {number} to */
function inside(at, from, to) {
  const first = Math.floor(((at + 0.5) * from) / to - 0.5) - 1
  return first >= 0 && first + 3 < from
}

/** Which pixels of an axis go into each of another's, and how much. @param {number} from @param {number} to @param {string} how @returns {Taps} */
function taps(from, to, how) {
  const step = from / to
  const kernel = KERNELS[how]
  const wide = step > SHRINKS ? step : 1
  const most = Math.ceil(2 * (kernel?.reach ?? 1) * wide) + 2
  const found = { first: new Int32Array(to), count: new Int32Array(to), weights: new Float64Array(to * most), most }
  for (let at = 0; at < to; at += 1) {
    const centre = (at + 0.5) * step
    /** @type {[number, number, (pixel: number) => number]} */
    let [start, stop, weigh] = [Math.floor(centre + 1e-10), Math.floor(centre + 1e-10) + 1, () => 1]
    if (kernel) {
      start = Math.ceil(centre - kernel.reach * wide - 0.5)
      stop = Math.floor(centre + kernel.reach * wide - 0.5) + 1
      weigh = (pixel) => kernel.weight((pixel + 0.5 - centre) / wide)
    } else if (how !== 'interpolation-nearest') {
      const [low, high] = [at * step, (at + 1) * step]
      start = Math.floor(low + 1e-10)
      stop = Math.ceil(high - 1e-10)
      weigh = (pixel) => Math.min(pixel + 1, high) - Math.max(pixel, low)
    }
    start = Math.max(0, start)
    stop = Math.min(from, stop)
    let sum = 0
    for (let pixel = start; pixel < stop; pixel += 1) sum += weigh(pixel)
    found.first[at] = start
    found.count[at] = stop - start
    for (let pixel = start; pixel < stop; pixel += 1) found.weights[at * most + pixel - start] = weigh(pixel) / sum
  }
  return found
}

/** @param {Float32Array} plane @param {[number, number]} from @param {[number, number]} to @param {Taps} rows @param {Taps} columns */
function blended(plane, from, to, rows, columns) {
  const across = new Float64Array(from[0] * to[1])
  for (let y = 0; y < from[0]; y += 1) {
    for (let x = 0; x < to[1]; x += 1) {
      const [first = 0, count = 0] = [columns.first[x], columns.count[x]]
      let sum = 0
      for (let n = 0; n < count; n += 1) sum += (plane[y * from[1] + first + n] ?? 0) * (columns.weights[x * columns.most + n] ?? 0)
      across[y * to[1] + x] = sum
    }
  }
  const found = new Float32Array(to[0] * to[1])
  for (let y = 0; y < to[0]; y += 1) {
    const [first = 0, count = 0] = [rows.first[y], rows.count[y]]
    for (let x = 0; x < to[1]; x += 1) {
      let sum = 0
      for (let n = 0; n < count; n += 1) sum += (across[(first + n) * to[1] + x] ?? 0) * (rows.weights[y * rows.most + n] ?? 0)
      found[y * to[1] + x] = sum
    }
  }
  return found
}

/** @param {Float32Array} plane @param {[number, number]} from @param {[number, number]} to @param {Taps} rows @param {Taps} columns */
function highest(plane, from, to, rows, columns) {
  const found = new Float32Array(to[0] * to[1])
  for (let y = 0; y < to[0]; y += 1) {
    for (let x = 0; x < to[1]; x += 1) {
      let best = -Infinity
      for (let n = 0; n < (rows.count[y] ?? 0); n += 1) {
        const row = ((rows.first[y] ?? 0) + n) * from[1] + (columns.first[x] ?? 0)
        for (let m = 0; m < (columns.count[x] ?? 0); m += 1) best = Math.max(best, plane[row + m] ?? best)
      }
      found[y * to[1] + x] = best
    }
  }
  return found
}
