// Results as GeoTIFF: one file, strips compressed with deflate, georeferenced as the image was.
//
// Tags are those of TIFF 6.0, GeoTIFF 1.1 (OGC 19-008r4) and GDAL's own (value for no data, metadata).

import { zlibSync } from 'fflate'

/** @typedef {Uint8Array | Uint16Array | Float32Array} Samples */
/** @typedef {{tag: number, type: number, values: number[] | string | Uint8Array}} Entry */
/**
 * @typedef {object} Raster
 * @property {number} height
 * @property {number} width
 * @property {Samples[]} bands Of one type.
 * @property {string} nodata
 * @property {string[]} names Of the bands.
 * @property {import('./geo.js').Affine | null} transform
 * @property {import('./geotags.js').GeoTags | null} tags
 * @property {{value: number, color: [number, number, number]}[]} [colors] Of values, in a single band.
 * @property {Record<string, string>} [about] Metadata.
 */

const [ASCII, SHORT, LONG, DOUBLE] = [2, 3, 4, 12]
const SIZES = /** @type {Record<number, number>} */ ({ [ASCII]: 1, [SHORT]: 2, [LONG]: 4, [DOUBLE]: 8 })
const DEFLATE = 8
const ROWS = 64
const HEADER = 8
const LEVEL = 6

/** @param {Raster} raster @returns {Blob} */
export function geoTiff(raster) {
  const { height, width, bands } = raster
  const strips = []
  // Bands one after the other (planar): each is compressed by itself.
  for (const band of bands) {
    for (let top = 0; top < height; top += ROWS) {
      const part = band.subarray(top * width, Math.min(height, top + ROWS) * width)
      strips.push(zlibSync(littleEndian(part), { level: LEVEL }))
    }
  }
  const entries = [...layout(raster), ...reference(raster), ...described(raster)]
  const sizes = strips.map((strip) => strip.length)
  entries.push({ tag: 279, type: LONG, values: sizes }, { tag: 273, type: LONG, values: sizes.map(() => 0) })
  entries.sort((a, b) => a.tag - b.tag)
  const start = HEADER + 2 + 12 * entries.length + 4
  const room = entries.map((entry) => (bytesOf(entry) > 4 ? even(bytesOf(entry)) : 0))
  let at = start + room.reduce((sum, one) => sum + one, 0)
  const offsets = sizes.map((size) => (at += size) - size)
  for (const entry of entries) if (entry.tag === 273) entry.values = offsets
  const parts = [directory(entries, room, start), ...strips]
  return new Blob(/** @type {Uint8Array<ArrayBuffer>[]} */ (parts), { type: 'image/tiff' })
}

/** @param {Samples} part @returns {Uint8Array} */
function littleEndian(part) {
  if (part instanceof Uint8Array) return part
  const bytes = new DataView(new ArrayBuffer(part.byteLength))
  if (part instanceof Uint16Array) part.forEach((value, at) => bytes.setUint16(2 * at, value, true))
  else part.forEach((value, at) => bytes.setFloat32(4 * at, value, true))
  return new Uint8Array(bytes.buffer)
}

/** @param {Raster} raster @returns {Entry[]} */
function layout({ height, width, bands, colors }) {
  const [first] = bands
  const bits = 8 * (first?.BYTES_PER_ELEMENT ?? 1)
  const kind = first instanceof Float32Array ? 3 : 1
  const palette = colors && bits === 8 && bands.length === 1
  /** @type {Entry[]} */
  const found = [
    { tag: 256, type: LONG, values: [width] },
    { tag: 257, type: LONG, values: [height] },
    { tag: 258, type: SHORT, values: bands.map(() => bits) },
    { tag: 259, type: SHORT, values: [DEFLATE] },
    { tag: 262, type: SHORT, values: [palette ? 3 : 1] },
    { tag: 277, type: SHORT, values: [bands.length] },
    { tag: 278, type: LONG, values: [ROWS] },
    { tag: 284, type: SHORT, values: [bands.length > 1 ? 2 : 1] },
    { tag: 339, type: SHORT, values: bands.map(() => kind) },
  ]
  if (bands.length > 1) found.push({ tag: 338, type: SHORT, values: bands.slice(1).map(() => 0) })
  if (palette) {
    const map = new Array(3 * 256).fill(0)
    for (const { value, color } of colors) color.forEach((part, n) => (map[256 * n + value] = part * 257))
    found.push({ tag: 320, type: SHORT, values: map })
  }
  return found
}

/** @param {Raster} raster @returns {Entry[]} */
function reference({ transform, tags }) {
  if (!transform || !tags) return []
  const [a, b, c, d, e, f] = transform
  /** @type {Entry[]} */
  const found =
    b === 0 && d === 0
      ? [
          { tag: 33550, type: DOUBLE, values: [a, -e, 0] },
          { tag: 33922, type: DOUBLE, values: [0, 0, 0, c, f, 0] },
        ]
      : [{ tag: 34264, type: DOUBLE, values: [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1] }]
  found.push({ tag: 34735, type: SHORT, values: tags.keys })
  if (tags.doubles.length) found.push({ tag: 34736, type: DOUBLE, values: tags.doubles })
  if (tags.text) found.push({ tag: 34737, type: ASCII, values: tags.text.replace(/\0*$/, '') })
  return found
}

/** @param {Raster} raster @returns {Entry[]} */
function described({ nodata, names, about = {} }) {
  const item = (/** @type {string} */ name, /** @type {string} */ text, more = '') =>
    `<Item name="${escaped(name)}"${more}>${escaped(text)}</Item>`
  const items = [
    ...Object.entries(about).map(([name, text]) => item(name, text)),
    ...names.map((name, at) => item('DESCRIPTION', name, ` sample="${at}" role="description"`)),
  ]
  return [
    { tag: 42112, type: ASCII, values: `<GDALMetadata>${items.join('')}</GDALMetadata>` },
    { tag: 42113, type: ASCII, values: nodata },
  ]
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const encoder = new TextEncoder()
const even = (/** @type {number} */ size) => size + (size % 2)

/** @param {Entry} entry */
function countOf({ values }) {
  return typeof values === 'string' ? encoder.encode(values).length + 1 : values.length
}

/** @param {Entry} entry */
function bytesOf(entry) {
  return countOf(entry) * (SIZES[entry.type] ?? 1)
}

/** The header, the directory of tags, and values that do not fit into it. @param {Entry[]} entries @param {number[]} room @param {number} start */
function directory(entries, room, start) {
  const bytes = new DataView(new ArrayBuffer(start + room.reduce((sum, one) => sum + one, 0)))
  bytes.setUint16(0, 0x4949, true)
  bytes.setUint16(2, 42, true)
  bytes.setUint32(4, HEADER, true)
  bytes.setUint16(HEADER, entries.length, true)
  let free = start
  entries.forEach((entry, index) => {
    const at = HEADER + 2 + 12 * index
    bytes.setUint16(at, entry.tag, true)
    bytes.setUint16(at + 2, entry.type, true)
    bytes.setUint32(at + 4, countOf(entry), true)
    const own = room[index] ? free : at + 8
    if (room[index]) bytes.setUint32(at + 8, free, true)
    put(bytes, own, entry)
    free += room[index] ?? 0
  })
  return new Uint8Array(bytes.buffer)
}

/** @param {DataView} bytes @param {number} start @param {Entry} entry */
function put(bytes, start, { type, values }) {
  const list = typeof values === 'string' ? encoder.encode(values) : values
  const size = SIZES[type] ?? 1
  list.forEach((/** @type {number} */ value, /** @type {number} */ index) => {
    const at = start + index * size
    if (type === DOUBLE) bytes.setFloat64(at, value, true)
    else if (type === LONG) bytes.setUint32(at, value, true)
    else if (type === SHORT) bytes.setUint16(at, value, true)
    else bytes.setUint8(at, value)
  })
}
