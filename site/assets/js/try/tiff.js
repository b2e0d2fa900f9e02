// GeoTIFF, read by windows with geotiff.js.

import { fromBlob } from 'geotiff'

import { Fault } from './faults.js'
import { placeOf } from './geo.js'
import { geoTags } from './geotags.js'
import { checkSize, fitted, thinnedPlaces } from './picture.js'

/** @typedef {import('geotiff').GeoTIFFImage} Image */
/** @typedef {import('./picture.js').Pixels} Pixels */
/** @typedef {import('./picture.js').Part} Part */
/** @typedef {{nodata: number | null, alpha: number | null, mask: Image | null, ycbcr: boolean}} Facts */

const LARGEST_BLOCK = 1 << 28
const MOST_BANDS = 400
const ROWS = 512
/** @type {Record<number, string>} */
const KINDS = { 1: 'uint', 2: 'int', 3: 'float' }
const COLOURS = ['red', 'green', 'blue']
const NO_LETTERS = /^band[ _]?\d+$/i

/**
 * @param {Blob} file
 * @returns {Promise<import('./picture.js').Picture>}
 */
export async function openTiff(file) {
  const tiff = await fromBlob(file)
  const image = await tiff.getImage(0)
  const [height, width, count] = [image.getHeight(), image.getWidth(), image.getSamplesPerPixel()]
  checkSize(height, width)
  const dtype = dtypeOf(image)
  const block = image.getTileWidth() * image.getTileHeight() * count * 8
  if (!(block <= LARGEST_BLOCK) || count > MOST_BANDS) throw new Fault('unreadable', { reason: `${block} B, ${count}` })
  const extra = Array.from(tag(image, 'ExtraSamples') ?? [], Number)
  const place = extra.findIndex((kind) => kind === 1 || kind === 2)
  const names = await namesOf(image)
  const at = place < 0 ? -1 : count - extra.length + place
  // A band with a name of its own is no transparency, whatever writers took it for.
  const alpha = at >= 0 && ['', 'alpha'].includes((names[at]?.name ?? '').toLowerCase()) ? at : null
  const smaller = await overviews(tiff, image)
  /** @type {Facts} */
  const facts = {
    nodata: image.getGDALNoData(),
    alpha,
    mask: smaller.mask,
    ycbcr: tag(image, 'PhotometricInterpretation') === 6 && tag(image, 'Compression') === 7,
  }
  return {
    height,
    width,
    bands: offered(image, names, alpha),
    dtype,
    place: placeOf(image),
    tags: await geoTags(image),
    read: (indexes, window) => read(image, indexes, window, facts),
    thinned: (indexes, size) => thinned(image, smaller.images, indexes, size, facts),
  }
}

/** @param {Image} image @param {any} name */
function tag(image, name) {
  return image.fileDirectory.hasTag(name) ? image.fileDirectory.getValue(name) : null
}

/** @param {Image} image */
function dtypeOf(image) {
  const [kind, bits] = [image.getSampleFormat(), image.getBitsPerSample()]
  const dtype = `${KINDS[kind] ?? `format ${kind}, `}${bits}`
  const fits = kind === 3 ? [32, 64] : [8, 16, 32]
  if (!KINDS[kind] || !fits.includes(bits)) throw new Fault('pixels', { dtype })
  return dtype
}

/** @param {Image} image */
async function namesOf(image) {
  const found = []
  for (let index = 0; index < image.getSamplesPerPixel(); index += 1) {
    const told = (await image.getGDALMetadata(index)) ?? {}
    const texts = Object.fromEntries(Object.entries(told).map(([key, value]) => [key.toUpperCase(), String(value).trim()]))
    const name = texts['DESCRIPTION'] ?? ''
    found.push({ name: NO_LETTERS.test(name) ? '' : name, wavelength: wavelengthOf(texts) })
  }
  return found
}

/** Of the centre in µm, as GDAL writes it. @param {Record<string, string>} told */
function wavelengthOf(told) {
  for (const key of ['CENTRAL_WAVELENGTH_UM', 'WAVELENGTH']) {
    const value = Number(told[key] || NaN)
    const unit = (told['WAVELENGTH_UNITS'] ?? '').toLowerCase()
    if (Number.isFinite(value)) return unit.startsWith('nano') || (!unit && value > 100) ? value / 1000 : value
  }
  return null
}

/** @param {Image} image @param {{name: string, wavelength: number | null}[]} names @param {number | null} alpha */
function offered(image, names, alpha) {
  const coloured = [2, 6].includes(Number(tag(image, 'PhotometricInterpretation')))
  return names
    .map(({ name, wavelength }, index) => ({ index, name, wavelength, common: coloured && !name ? (COLOURS[index] ?? '') : '' }))
    .filter(({ index }) => index !== alpha)
}

/** Copies at lower resolution, and the mask of the image. @param {import('geotiff').GeoTIFF} tiff @param {Image} image */
async function overviews(tiff, image) {
  /** @type {{images: Image[], mask: Image | null}} */
  const found = { images: [], mask: null }
  const count = Math.min(await tiff.getImageCount(), 64)
  for (let index = 1; index < count; index += 1) {
    const other = await tiff.getImage(index)
    const kind = Number(tag(other, 'NewSubfileType') ?? 0)
    const same = other.getWidth() === image.getWidth() && other.getHeight() === image.getHeight()
    if (kind & 4 && same) found.mask = other
    else if (kind === 1 && other.getSamplesPerPixel() === image.getSamplesPerPixel()) found.images.push(other)
  }
  return found
}

/** @param {Image} image @param {number[]} indexes @param {import('./picture.js').Window} window @param {Facts} facts @returns {Promise<Part>} */
async function read(image, indexes, [top, left, height, width], facts) {
  const window = [left, top, left + width, top + height]
  const wanted = facts.ycbcr ? [0, 1, 2] : [...new Set(indexes)]
  const samples = facts.alpha === null ? wanted : [...new Set([...wanted, facts.alpha])]
  const raw = /** @type {Pixels[]} */ (/** @type {unknown} */ (await image.readRasters({ window, samples, interleave: false })))
  const pixels = new Map(samples.map((index, at) => [index, /** @type {Pixels} */ (raw[at])]))
  if (facts.ycbcr) coloured(pixels)
  const bands = indexes.map((index) => /** @type {Pixels} */ (pixels.get(index)))
  const alpha = facts.alpha === null || facts.nodata !== null ? null : (pixels.get(facts.alpha) ?? null)
  const masks = facts.mask && facts.nodata === null ? await facts.mask.readRasters({ window, interleave: false }) : null
  const mask = /** @type {Pixels | null} */ (/** @type {any} */ (masks)?.[0] ?? alpha)
  return { bands, valid: validity(bands, facts.nodata, mask) }
}

/**
 * What is masked, equals the value for *no data* or is no finite number holds no data.
 * @param {Pixels[]} bands
 * @param {number | null} nodata
 * @param {Pixels | null} mask
 */
function validity(bands, nodata, mask) {
  const size = bands[0]?.length ?? 0
  const valid = new Uint8Array(size).fill(1)
  const float = bands[0] instanceof Float32Array || bands[0] instanceof Float64Array
  const wanted = nodata !== null && bands[0] instanceof Float32Array ? Math.fround(nodata) : nodata
  for (const band of float || wanted !== null ? bands : []) {
    for (let at = 0; at < size; at += 1) {
      const value = band[at] ?? 0
      if (value === wanted || !Number.isFinite(value)) valid[at] = 0
    }
  }
  if (mask) for (let at = 0; at < size; at += 1) if (!mask[at]) valid[at] = 0
  return valid.includes(0) ? valid : null
}

/** From luminance and differences of colour to colours, in place (JFIF). @param {Map<number, Pixels>} pixels */
function coloured(pixels) {
  const [red, green, blue] = [0, 1, 2].map((index) => Uint8ClampedArray.from(pixels.get(index) ?? []))
  if (!red || !green || !blue) return
  for (let at = 0; at < red.length; at += 1) {
    const [y = 0, cb = 0, cr = 0] = [red[at], (green[at] ?? 0) - 128, (blue[at] ?? 0) - 128]
    red[at] = y + 1.402 * cr
    green[at] = y - 0.344136 * cb - 0.714136 * cr
    blue[at] = y + 1.772 * cb
  }
  ;[red, green, blue].forEach((band, index) => pixels.set(index, band))
}

/**
 * @param {Image} image
 * @param {Image[]} smaller
 * @param {number[]} indexes
 * @param {number} size
 * @param {Facts} facts
 */
async function thinned(image, smaller, indexes, size, facts) {
  const [height = 1, width = 1] = fitted(image.getHeight(), image.getWidth(), size)
  const enough = smaller.filter((one) => one.getWidth() >= width && one.getHeight() >= height)
  const source = enough.sort((a, b) => a.getWidth() - b.getWidth())[0] ?? image
  const [rows, columns] = [thinnedPlaces(source.getHeight(), height), thinnedPlaces(source.getWidth(), width)]
  const known = source === image ? facts : { ...facts, mask: null }
  /** @type {Pixels[]} */
  const bands = indexes.map(() => new Float32Array(height * width))
  const valid = new Uint8Array(height * width).fill(1)
  for (let top = 0; top < source.getHeight(); top += ROWS) {
    const high = Math.min(ROWS, source.getHeight() - top)
    const part = await read(source, indexes, [top, 0, high, source.getWidth()], known)
    rows.forEach((row, y) => {
      if (row < top || row >= top + high) return
      columns.forEach((column, x) => {
        const [from, to] = [(row - top) * source.getWidth() + column, y * width + x]
        bands.forEach((band, n) => (band[to] = part.bands[n]?.[from] ?? 0))
        if (part.valid) valid[to] = part.valid[from] ?? 0
      })
    })
  }
  return { bands, valid: valid.includes(0) ? valid : null, height, width }
}
