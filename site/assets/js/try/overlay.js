// Pictures of images and of results, in colours of the screen.

import { percentile } from './plausible.js'
import { fitted, thinnedPlaces } from './picture.js'

/** @typedef {{data: Uint8ClampedArray<ArrayBuffer>, height: number, width: number}} Drawn */

// Dark to light, as viridis does: https://bids.github.io/colormap/
const RAMP = /** @type {[number, number, number][]} */ ([[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]])

/**
 * An image in natural or false colours, its values stretched where they are not of eight bits.
 * @param {import('./picture.js').Part & {height: number, width: number}} part Three bands, or one.
 * @param {string} dtype
 * @returns {Drawn}
 */
export function drawn({ bands, valid, height, width }, dtype) {
  const data = new Uint8ClampedArray(height * width * 4)
  const shown = bands.length >= 3 ? bands.slice(0, 3) : [bands[0], bands[0], bands[0]]
  shown.forEach((band, channel) => {
    if (!band) return
    const seen = Float64Array.from(band).filter((value, at) => Number.isFinite(value) && (!valid || valid[at])).sort()
    const [low, high] = dtype === 'uint8' ? [0, 255] : [percentile(seen, 0.02), percentile(seen, 0.98)]
    const times = 255 / (high - low || 1)
    band.forEach((value, at) => (data[4 * at + channel] = (value - low) * times))
  })
  for (let at = 0; at < height * width; at += 1) data[4 * at + 3] = !valid || valid[at] ? 255 : 0
  return { data, height, width }
}

/** Which of an image's bands to show as red, green and blue. @param {import('./picture.js').Offered[]} bands @param {number[]} mapping */
export function shownBands(bands, mapping) {
  const named = ['red', 'green', 'blue'].map((color) => bands.find(({ common, name }) => common === color || name.toLowerCase() === color)?.index)
  if (named.every((index) => index !== undefined)) return /** @type {number[]} */ (named)
  const first = mapping.length >= 3 ? mapping : bands.map(({ index }) => index)
  return first.length >= 3 ? first.slice(0, 3) : first.slice(0, 1)
}

/**
 * What lies over the image: classes in their colours, or values on a ramp.
 * @param {import('./predict.js').Result} result
 * @param {number} size Pixels of the longer side at most.
 * @returns {(Drawn & {low: number, high: number}) | null}
 */
export function overlaid({ height, width, classes, scores, valid, decision }, size) {
  if (!valid.length) return null
  const [high = 1, wide = 1] = fitted(height, width, size)
  const [rows, columns] = [thinnedPlaces(height, high), thinnedPlaces(width, wide)]
  const data = new Uint8ClampedArray(high * wide * 4)
  const colors = new Map(decision?.classes.filter(({ value }) => value !== decision.background).map(({ value, color }) => [value, color]))
  const [plane] = scores ?? []
  const seen = classes || !plane ? new Float32Array() : plane.filter((value) => Number.isFinite(value))
  const [low, most] = seen.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
  let at = 0
  for (const row of rows) {
    for (const column of columns) {
      const from = row * width + column
      const color = classes ? colors.get(classes[from] ?? -1) : ramp(((plane?.[from] ?? 0) - low) / (most - low || 1))
      if (color && valid[from]) data.set([...color, 255], at)
      at += 4
    }
  }
  return { data, height: high, width: wide, low, high: most }
}

/** @param {number} share From 0 to 1. @returns {[number, number, number]} */
export function ramp(share) {
  const place = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1)
  const [one = [0, 0, 0], other = one] = [RAMP[Math.floor(place)], RAMP[Math.ceil(place)]]
  const mixed = one.map((part, at) => part + ((other[at] ?? 0) - part) * (place - Math.floor(place)))
  return /** @type {[number, number, number]} */ (mixed)
}
