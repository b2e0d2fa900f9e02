// PNG and JPEG: three bands of eight bits, and transparency for what holds no data.

import { Fault } from './faults.js'
import { checkSize, fitted, thinnedPlaces } from './picture.js'

const COLOURS = ['red', 'green', 'blue']
const HEAD = 1 << 20

/**
 * @param {Blob} file
 * @returns {Promise<import('./picture.js').Picture>}
 */
export async function openBitmap(file) {
  // Before it is unpacked: a small file may claim to be an enormous image.
  const told = sizeOf(new DataView(await file.slice(0, HEAD).arrayBuffer()))
  if (!told) throw new Fault('unreadable', { reason: 'no size' })
  checkSize(told.height, told.width)
  if (told.bits > 8) throw new Fault('bits', { bits: told.bits })
  const options = /** @type {const} */ ({ colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
  const bitmap = await createImageBitmap(file, options)
  const { height, width } = bitmap
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) throw new Fault('unreadable', { reason: 'canvas' })
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const { data } = context.getImageData(0, 0, width, height)
  const places = (/** @type {number} */ length, /** @type {number} */ from) => Int32Array.from({ length }, (_, at) => from + at)
  /** @param {number[]} indexes @param {Int32Array} rows @param {Int32Array} columns */
  const picked = (indexes, rows, columns) => {
    const bands = indexes.map(() => new Uint8Array(rows.length * columns.length))
    const valid = new Uint8Array(rows.length * columns.length)
    let [at, whole] = [0, true]
    for (const row of rows) {
      for (const column of columns) {
        const start = 4 * (row * width + column)
        bands.forEach((band, n) => (band[at] = data[start + (indexes[n] ?? 0)] ?? 0))
        valid[at] = data[start + 3] ? 1 : 0
        whole &&= valid[at] === 1
        at += 1
      }
    }
    return { bands, valid: whole ? null : valid }
  }
  return {
    height,
    width,
    bands: COLOURS.map((common, index) => ({ index, name: '', common, wavelength: null })),
    dtype: 'uint8',
    place: null,
    tags: null,
    async read(indexes, [top, left, high, wide]) {
      return picked(indexes, places(high, top), places(wide, left))
    },
    async thinned(indexes, size) {
      const [high = 1, wide = 1] = fitted(height, width, size)
      return { ...picked(indexes, thinnedPlaces(height, high), thinnedPlaces(width, wide)), height: high, width: wide }
    },
  }
}

/** What the first bytes of a PNG or JPEG tell. @param {DataView} head */
function sizeOf(head) {
  if (head.byteLength >= 26 && head.getUint32(0) === 0x89504e47) {
    return { width: head.getUint32(16), height: head.getUint32(20), bits: head.getUint8(24) }
  }
  // Segments of a JPEG: a marker, a length, and for those of frames bits, height and width.
  for (let at = 2; at + 9 < head.byteLength; ) {
    if (head.getUint8(at) !== 0xff) return null
    const marker = head.getUint8(at + 1)
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (frame) return { bits: head.getUint8(at + 4), height: head.getUint16(at + 5), width: head.getUint16(at + 7) }
    at += marker === 0xff ? 1 : 2 + head.getUint16(at + 2)
  }
  return null
}
