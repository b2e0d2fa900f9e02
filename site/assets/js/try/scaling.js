// From raw pixels to what a network takes: `value_scaling` as the model extension defines it.
// Mirrors builder/geocairn/run/scaling.py.

import { isEntryPoint, parse, rint } from './expressions.js'
import { Fault } from './faults.js'

/** @typedef {import('../pages/view/values.js').Json} Json */
/** @typedef {(band: Float32Array, given: Record<string, Float32Array>) => import('./expressions.js').Value} Step */
/** @typedef {{names: string[], subtract: Float32Array, factor: Float32Array, steps: Map<number, Step>}} Scaling */

/**
 * @param {(Json | null)[]} scaling One object for all bands, one for each, or none at all.
 * @param {string[]} names Of the bands.
 * @returns {Scaling}
 */
export function compileScaling(scaling, names) {
  if (![0, 1, names.length].includes(scaling.length)) {
    throw new Fault('scaling', { reason: `${scaling.length} / ${names.length}` })
  }
  const subtract = new Float32Array(names.length)
  const factor = new Float32Array(names.length).fill(1)
  /** @type {Map<number, Step>} */
  const steps = new Map()
  for (let index = 0; index < names.length; index += 1) {
    const step = scaling.length === 1 ? scaling[0] : scaling[index]
    const linear = linearOf(step ?? null)
    if (!linear) steps.set(index, otherOf(/** @type {Json} */ (step), names, index))
    else {
      if (linear[1] === 0) throw new Fault('scaling', { reason: '/ 0' })
      subtract[index] = linear[0]
      factor[index] = 1 / linear[1]
    }
  }
  // Bands of one name, as time series have them, would hide one another.
  const repeated = (/** @type {string} */ name) => names.filter((one) => one === name).length > 1
  return { names: names.map((name, n) => (repeated(name) ? `${name}#${n}` : name)), subtract, factor, steps }
}

/** What is subtracted, and divided by then. @param {Json | null} step @returns {[number, number] | null} */
function linearOf(step) {
  const kind = step?.type ?? null
  if (!step || kind === null) return [0, 1]
  if (kind === 'min-max') {
    const [low = 0, high = 0] = numbers(step, ['minimum', 'maximum'])
    return [low, high - low]
  }
  if (kind === 'z-score') {
    const [mean = 0, deviation = 0] = numbers(step, ['mean', 'stddev'])
    return [mean, deviation]
  }
  if (kind === 'offset') return [numbers(step, ['value'])[0] ?? 0, 1]
  return kind === 'scale' ? [0, numbers(step, ['value'])[0] ?? 0] : null
}

/** @param {Json} step @param {string[]} names @param {number} index @returns {Step} */
function otherOf(step, names, index) {
  const clips = { clip: ['minimum', 'maximum'], 'clip-min': ['minimum'], 'clip-max': ['maximum'] }
  if (Object.hasOwn(clips, String(step.type))) {
    numbers(step, clips[/** @type {keyof typeof clips} */ (step.type)])
    const low = step.type === 'clip-max' ? -Infinity : Math.fround(step.minimum)
    const high = step.type === 'clip-min' ? Infinity : Math.fround(step.maximum)
    return (band) => band.map((value) => (value < low ? Math.min(low, high) : value > high ? high : value))
  }
  if (step.type !== 'processing' || isEntryPoint(step.expression)) {
    throw new Fault('scaling', { reason: String(step.type).slice(0, 60) })
  }
  const found = parse(step.expression)
  const own = found.names.filter((name) => !names.includes(name))
  const name = names[index] ?? ''
  if (own.length > 1 || (own.length && found.names.length > 1 && found.names.includes(name))) {
    throw new Fault('scaling', { reason: own.join(', ') })
  }
  return (band, given) => {
    const values = { ...given, [name]: band }
    for (const one of own) values[one] = band
    return found.compute(values)
  }
}

/** @param {Json} step @param {string[]} fields @returns {number[]} */
function numbers(step, fields) {
  return fields.map((field) => {
    if (typeof step[field] !== 'number' || !Number.isFinite(step[field])) throw new Fault('scaling', { reason: field })
    return step[field]
  })
}

/**
 * Scale bands in place.
 * @param {Scaling} scaling
 * @param {Float32Array[]} bands
 * @param {Uint8Array | null} valid What is not valid becomes 0 after scaling; null where all is.
 */
export function scale({ names, subtract, factor, steps }, bands, valid) {
  const given = Object.fromEntries(names.map((name, index) => [name, bands[index] ?? new Float32Array()]))
  const changed = bands.map((band, index) => {
    const step = steps.get(index)
    if (!step) return null
    const found = step(band, given)
    return typeof found === 'number' ? new Float32Array(band.length).fill(found) : new Float32Array(found)
  })
  bands.forEach((band, index) => {
    const [less = 0, times = 1, other] = [subtract[index], factor[index], changed[index]]
    if (other) band.set(other)
    else if (less !== 0 || times !== 1) {
      for (let at = 0; at < band.length; at += 1) band[at] = Math.fround((band[at] ?? 0) - less) * times
    }
    if (!valid) return
    for (let at = 0; at < band.length; at += 1) if (!valid[at]) band[at] = 0
  })
}

/** @typedef {Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array} Data */

/** @type {Record<string, {new (size: number): Data}>} */
const ARRAYS = {
  float32: Float32Array, float64: Float64Array, int8: Int8Array, uint8: Uint8Array, int16: Int16Array,
  uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array, uint64: BigUint64Array,
}
export const DTYPES = Object.keys(ARRAYS)
// The largest float32 below 2^63: beyond it numbers would turn around.
const HIGHEST = 9223371487098961920

/**
 * To the type that the network takes; whole numbers are rounded and kept in their range.
 * @param {Float32Array} values
 * @param {string} dtype
 * @returns {Data}
 */
export function cast(values, dtype) {
  const kind = ARRAYS[dtype]
  if (!kind) throw new Fault('dtype', { dtype })
  if (dtype === 'float32') return values
  const found = new kind(values.length)
  if (found instanceof Float64Array) {
    found.set(values)
    return found
  }
  const bits = Number(/\d+$/.exec(dtype)?.[0])
  const low = dtype.startsWith('u') ? 0 : -(2 ** (bits - 1))
  const high = Math.min(dtype.startsWith('u') ? 2 ** bits - 1 : 2 ** (bits - 1) - 1, HIGHEST)
  values.forEach((value, at) => {
    const kept = Math.min(Math.max(Number.isNaN(value) ? 0 : rint(value), low), high)
    if (found instanceof BigInt64Array || found instanceof BigUint64Array) found[at] = BigInt(kept)
    else found[at] = kept
  })
  return found
}
