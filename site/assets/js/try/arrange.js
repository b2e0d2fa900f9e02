// Images into the dimensions that a network takes, and what it gives back into images.
// Mirrors parts of builder/geocairn/run/inputs.py and builder/geocairn/run/dense.py.

import { Fault } from './faults.js'

/** @typedef {import('./windows.js').Size} Size */

/**
 * Fill an image up to a size at its lower and right edge: mirrored, or with zeros.
 * @param {Float32Array} plane
 * @param {Size} from
 * @param {Size} to
 * @param {boolean} zeros
 * @returns {Float32Array}
 */
export function filled(plane, from, to, zeros) {
  if (from[0] === to[0] && from[1] === to[1]) return plane
  const mirror = Math.min(...from) > 1
  /** Where a pixel comes from; -1 for nowhere. @param {number} at @param {number} length */
  const source = (at, length) => {
    if (at < length) return at
    if (zeros) return -1
    if (!mirror) return length - 1
    const turn = 2 * (length - 1)
    return length - 1 - Math.abs((at % turn) - (length - 1))
  }
  const columns = Int32Array.from({ length: to[1] }, (_, x) => source(x, from[1]))
  const found = new Float32Array(to[0] * to[1])
  for (let y = 0; y < to[0]; y += 1) {
    const row = source(y, from[0])
    if (row < 0) continue
    for (let x = 0; x < to[1]; x += 1) {
      const column = columns[x] ?? -1
      if (column >= 0) found[y * to[1] + x] = plane[row * from[1] + column] ?? 0
    }
  }
  return found
}

/** @param {readonly number[]} shape Steps from one place to the next, by dimension. */
function strides(shape) {
  const found = new Array(shape.length).fill(1)
  for (let at = shape.length - 2; at >= 0; at -= 1) found[at] = found[at + 1] * (shape[at + 1] ?? 1)
  return /** @type {number[]} */ (found)
}

/**
 * One window as the network takes it.
 * @param {Float32Array[]} planes A band each.
 * @param {Size} size
 * @param {string[]} order Dimensions of the input.
 * @param {number} batch Copies of the window that the network insists on.
 * @returns {{data: Float32Array, shape: number[]}}
 */
export function arranged(planes, size, order, batch) {
  const sizes = { batch, bands: planes.length, time: 1, height: size[0], width: size[1] }
  const shape = order.map((name) => {
    if (!Object.hasOwn(sizes, name)) throw new Fault('dimension', { name })
    return sizes[/** @type {keyof typeof sizes} */ (name)]
  })
  const steps = strides(shape)
  const step = (/** @type {string} */ name) => (order.includes(name) ? (steps[order.indexOf(name)] ?? 0) : 0)
  const data = new Float32Array(shape.reduce((product, one) => product * one, 1))
  const copies = order.includes('batch') ? batch : 1
  for (let copy = 0; copy < copies; copy += 1) {
    planes.forEach((plane, band) => {
      const start = copy * step('batch') + band * step('bands')
      for (let y = 0; y < size[0]; y += 1) {
        const row = start + y * step('height')
        for (let x = 0; x < size[1]; x += 1) data[row + x * step('width')] = plane[y * size[1] + x] ?? 0
      }
    })
  }
  return { data, shape }
}

/** @typedef {{data: ArrayLike<number>, dims: readonly number[]}} Output */

/** Numbers of any type as float32. @param {any} data @returns {Float32Array} */
export function floats(data) {
  if (data instanceof Float32Array) return data
  return Float32Array.from(data, Number)
}

/**
 * The first image of an output: a plane for each channel, whatever the order of its dimensions.
 * @param {Output} output
 * @param {import('./spec.js').OutputSpec} spec
 * @returns {{planes: Float32Array[], size: Size}}
 */
export function asImage({ data, dims }, { order, name }) {
  if (dims.length !== order.length) throw new Fault('dimensions', { name, count: dims.length, told: order.length })
  const steps = strides(dims)
  const place = (/** @type {string} */ one) => order.indexOf(one)
  const [height = 1, width = 1] = [dims[place('height')], dims[place('width')]]
  const [down = 0, across = 0] = [steps[place('height')], steps[place('width')]]
  const others = order.map((_, at) => at).filter((at) => !['batch', 'height', 'width'].includes(order[at] ?? ''))
  let starts = [0]
  for (const at of others) {
    starts = starts.flatMap((start) => Array.from({ length: dims[at] ?? 1 }, (_, n) => start + n * (steps[at] ?? 0)))
  }
  const values = floats(data)
  const planes = starts.map((start) => {
    const plane = new Float32Array(height * width)
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) plane[y * width + x] = values[start + y * down + x * across] ?? 0
    }
    return plane
  })
  return { planes, size: [height, width] }
}

/**
 * What the network gave for the first window, as one vector.
 * @param {Output} output
 * @param {import('./spec.js').OutputSpec} spec
 */
export function asVector({ data, dims }, { order }) {
  const batch = order.indexOf('batch')
  const count = batch < 0 ? 1 : (dims[batch] ?? 1)
  const values = floats(data)
  if (count === 1) return values
  const step = strides(dims)[batch] ?? 1
  return values.filter((_, at) => Math.floor(at / step) % count === 0)
}
