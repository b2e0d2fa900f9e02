// Images of the user's own, or the sample of a model: bands, and windows of their pixels.

import { openBitmap } from './bitmap.js'
import { Fault } from './faults.js'
import { openTiff } from './tiff.js'

/** @typedef {Uint8Array | Uint8ClampedArray | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array} Pixels */
/** @typedef {{index: number, name: string, common: string, wavelength: number | null}} Offered A band; `index` from 0. */
/** @typedef {[number, number, number, number]} Window First row, first column, height, width. */
/** @typedef {{bands: Pixels[], valid: Uint8Array | null}} Part Bands as they are, and which pixels hold data; null where all do. */
/**
 * @typedef {object} Picture
 * @property {number} height
 * @property {number} width
 * @property {Offered[]} bands Those but for transparency.
 * @property {string} dtype NumPy's name of its type.
 * @property {import('./geo.js').Place | null} place
 * @property {import('./geotags.js').GeoTags | null} tags What says where it lies, as it stands in the file.
 * @property {(indexes: number[], window: Window) => Promise<Part>} read
 * @property {(indexes: number[], size: number) => Promise<Part & {height: number, width: number}>} thinned
 *   All of it, with so many pixels a side at most.
 */

/** The most pixels of an image; a browser's tab has no more memory for results. */
export const MOST_PIXELS = 40_000_000

/**
 * @param {Blob} file
 * @returns {Promise<Picture>}
 */
export async function openPicture(file) {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer())
  const begins = (/** @type {number[]} */ ...bytes) => bytes.every((byte, at) => head[at] === byte)
  try {
    if (begins(0x49, 0x49, 0x2a, 0) || begins(0x4d, 0x4d, 0, 0x2a)) return await openTiff(file)
    if (begins(0x49, 0x49, 0x2b, 0) || begins(0x4d, 0x4d, 0, 0x2b)) return await openTiff(file)
    if (begins(0x89, 0x50, 0x4e, 0x47) || begins(0xff, 0xd8, 0xff)) return await openBitmap(file)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault('unreadable', { reason: reasonOf(error) })
  }
  throw new Fault('format')
}

/** @param {unknown} error */
export function reasonOf(error) {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? ''
}

/** Refuse what is no size, or too large a one. @param {number} height @param {number} width */
export function checkSize(height, width) {
  if (!(height >= 1 && width >= 1)) throw new Fault('empty')
  if (height * width > MOST_PIXELS) throw new Fault('large', { height, width, most: MOST_PIXELS / 1e6 })
}

/**
 * Every so many rows and columns: nearest neighbours.
 * @param {number} length
 * @param {number} wanted
 */
export function thinnedPlaces(length, wanted) {
  const count = Math.min(length, wanted)
  return Int32Array.from({ length: count }, (_, at) => Math.floor(((at + 0.5) * length) / count))
}

/** Height and width with the longer side of so many pixels at most. @param {number} height @param {number} width @param {number} size */
export function fitted(height, width, size) {
  const scale = Math.min(1, size / Math.max(height, width))
  return [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))]
}
