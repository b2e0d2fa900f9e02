// A scene from the header of a GeoTIFF: only these bytes of the file are read, and nothing is sent.
// Mirrors builder/geocairn/run/scenes/rasters.py, and of GDAL what that relies on.

import { t } from '../i18n.js'
import { placed } from './georeference.js'
import { bandNamed, SceneError, sensorNamed } from './scene.js'

/**
 * @typedef {import('./bands.js').SceneBand} SceneBand
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./scene.js').Sensors} Sensors
 * @typedef {{loadValue: (tag: any) => Promise<any>, hasTag: (tag: any) => boolean}} Directory
 * @typedef {{name: string, common: string, tags: Map<string, string>, alpha: boolean}} Told Of a band.
 */

const FILE_NAMES = /** @type {const} */ ([
  [/(?:^|_)T\d\d[A-Z]{3}_.*_(B\d[0-9A]?)(?:_\d+m)?$/i, 'sentinel-2-msi'],
  [/^S2.*[_.](B\d[0-9A]?)(?:_\d+m)?$/i, 'sentinel-2-msi'],
  [/^L[COT]0[89]_.*_((?:SR_|ST_)?B\d+)$/i, 'landsat-oli-tirs'],
  [/^LE07_.*_((?:SR_|ST_)?B\d+)$/i, 'landsat-etm'],
  [/^LT05_.*_((?:SR_|ST_)?B\d+)$/i, 'landsat-tm'],
])
const PHOTOMETRIC = { rgb: 2, ycbcr: 6 }
const COLOURS = ['red', 'green', 'blue']
const MOST_BANDS = 2000
const LONGEST = 1_000_000
const ENTITIES = new Map([['amp', '&'], ['lt', '<'], ['gt', '>'], ['quot', '"'], ['apos', "'"]])

/**
 * Read the header of a file.
 * @param {File} file
 * @param {Sensors} sensors
 * @returns {Promise<Scene>}
 * @throws {SceneError}
 */
export async function sceneOfFile(file, sensors) {
  const { fromBlob } = await import('geotiff')
  return sceneOfTiff(() => fromBlob(file), { name: file.name, sensors })
}

/**
 * @param {() => Promise<import('geotiff').GeoTIFF>} open
 * @param {{name: string, sensors: Sensors}} options
 * @returns {Promise<Scene>}
 * @throws {SceneError}
 */
export async function sceneOfTiff(open, { name, sensors }) {
  try {
    const image = await (await open()).getImage(0)
    return await sceneOfImage(image, name, sensors)
  } catch (error) {
    if (error instanceof SceneError) throw error
    throw new SceneError(t('The file cannot be read as a GeoTIFF: it is none, or its header is damaged or cut off.'))
  }
}

/**
 * @param {import('geotiff').GeoTIFFImage} image
 * @param {string} name
 * @param {Sensors} sensors
 * @returns {Promise<Scene>}
 */
async function sceneOfImage(image, name, sensors) {
  const directory = /** @type {Directory} */ (/** @type {unknown} */ (image.fileDirectory))
  const bands = await bandsOf(image, directory, name, sensors)
  if (!bands.length) throw new SceneError(t('This image has no band but for transparency.'))
  if (!(image.getWidth() > 0 && image.getHeight() > 0)) throw new SceneError(t('This image has no pixels.'))
  const { place, notes } = placed(image)
  const taken = momentOf(await value(directory, 'DateTime'))
  return {
    name: name.replace(/\.[^.]*$/, '') || 'scene',
    bands,
    properties: taken ? { datetime: taken } : {},
    geometry: null,
    place,
    notes,
  }
}

/** @param {Directory} directory @param {string} tag @returns {Promise<any>} Null where it is not there. */
async function value(directory, tag) {
  return directory.hasTag(tag) ? directory.loadValue(tag) : null
}

/**
 * @param {import('geotiff').GeoTIFFImage} image
 * @param {Directory} directory
 * @param {string} file
 * @param {Sensors} sensors
 * @returns {Promise<SceneBand[]>}
 */
async function bandsOf(image, directory, file, sensors) {
  const count = image.getSamplesPerPixel()
  if (!(count >= 1 && count <= MOST_BANDS)) throw new SceneError(t('This image has {n} bands, more than are looked at here.', { n: count }))
  const [sensor, only] = count === 1 ? fromFileName(file, sensors) : [null, '']
  const photometric = await value(directory, 'PhotometricInterpretation')
  const extra = [...((await value(directory, 'ExtraSamples')) ?? [])]
  const metadata = itemsOf(await value(directory, 'GDAL_METADATA'))
  /** @type {SceneBand[]} */
  const found = []
  for (let index = 1; index <= count; index += 1) {
    const told = toldOf(metadata.get(index - 1), colour(index, count, photometric, extra))
    let name = told.name.trim() || only
    // GDAL takes the fourth band of four for transparency, whatever is in it.
    if (told.alpha && ['', 'alpha'].includes(name.toLowerCase())) continue
    if (/^band[ _]?\d+$/i.test(name)) name = ''
    const known = sensor && name ? bandNamed(sensor, name) : null
    found.push({
      name,
      common: known ? (known['eo:common_name'] ?? '') : name ? '' : told.common,
      wavelength: known ? (known['eo:center_wavelength'] ?? null) : wavelength(told.tags),
      width: known?.['eo:full_width_half_max'] ?? null,
      dtype: dtypeOf(image.getSampleFormat(index - 1) ?? 1, image.getBitsPerSample(index - 1) ?? 1),
      index,
    })
  }
  return found
}

/**
 * What GDAL takes a band for by the tags of TIFF alone.
 * @param {number} index From 1.
 * @param {number} count
 * @param {number} photometric
 * @param {number[]} extra
 */
function colour(index, count, photometric, extra) {
  const coloured = photometric === PHOTOMETRIC.rgb || photometric === PHOTOMETRIC.ycbcr
  if (coloured && index <= 3) return COLOURS[index - 1] ?? ''
  const kind = extra[index - 1 - (count - extra.length)]
  return kind === 1 || kind === 2 ? 'alpha' : ''
}

/** @param {Map<string, string> | undefined} written @param {string} usual @returns {Told} */
function toldOf(written, usual) {
  const tags = written ?? new Map()
  const interpreted = (tags.get(':colorinterp') ?? usual).toLowerCase()
  const common = COLOURS.includes(interpreted) ? interpreted : ''
  return { name: tags.get(':description') ?? '', common, tags, alpha: interpreted === 'alpha' }
}

/**
 * What GDAL wrote of each band, by its number from 0: tags by their names in capitals, and what
 * has a role by that, after a colon.
 * @param {unknown} xml
 */
export function itemsOf(xml) {
  /** @type {Map<number, Map<string, string>>} */
  const found = new Map()
  if (typeof xml !== 'string' || xml.length > LONGEST) return found
  for (const [, written = '', inner = ''] of xml.matchAll(/<Item\b([^>]*)>([^<]*)<\/Item>/g)) {
    const attributes = new Map([...written.matchAll(/([\w:]+)\s*=\s*"([^"]*)"/g)].map(([, key = '', text = '']) => [key, unescaped(text)]))
    const [sample, role, name] = [attributes.get('sample'), attributes.get('role'), attributes.get('name')]
    if (sample === undefined || !name || attributes.get('domain')) continue
    const own = found.get(Number(sample)) ?? new Map()
    // GDAL escapes what it writes twice.
    own.set(role ? `:${role}` : name.toUpperCase(), unescaped(unescaped(inner)))
    found.set(Number(sample), own)
  }
  return found
}

/** @param {string} text */
function unescaped(text) {
  return text.replace(/&(\w+);/g, (whole, name) => ENTITIES.get(name) ?? whole)
}

/** Of the centre in µm, as GDAL writes it. @param {Map<string, string>} tags */
function wavelength(tags) {
  for (const name of ['CENTRAL_WAVELENGTH_UM', 'WAVELENGTH']) {
    const text = (tags.get(name) ?? '').trim()
    const number = text ? Number(text) : NaN
    if (!Number.isFinite(number)) continue
    const unit = (tags.get('WAVELENGTH_UNITS') ?? '').toLowerCase()
    return unit.startsWith('nano') || (!unit && number > 100) ? number / 1000 : number
  }
  return null
}

/** Sensor and band that a file's name tells, as those of Sentinel-2 and Landsat do. @param {string} file @param {Sensors} sensors */
function fromFileName(file, sensors) {
  const stem = file.replace(/\.[^.]*$/, '')
  for (const [pattern, key] of FILE_NAMES) {
    const match = pattern.exec(stem)
    if (match) return /** @type {const} */ ([sensorNamed(sensors, key), (match[1] ?? '').toUpperCase()])
  }
  return /** @type {const} */ ([null, ''])
}

/** The name that NumPy has for samples; those of odd sizes become the next larger one. @param {number} format @param {number} bits */
function dtypeOf(format, bits) {
  const size = [8, 16, 32, 64].find((one) => bits <= one) ?? 64
  if (format === 2) return `int${size}`
  if (format === 3) return `float${Math.max(size, 32)}`
  if (format === 5) return bits <= 32 ? 'complex_int16' : 'complex64'
  if (format === 6) return bits <= 64 ? 'complex64' : 'complex128'
  return `uint${size}`
}

/** When the image was taken, as TIFF writes it: 2024:06:01 10:20:30. @param {unknown} written */
function momentOf(written) {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)\0*$/.exec(typeof written === 'string' ? written : '')
  return found ? `${found[1]}-${found[2]}-${found[3]}T${found[4]}Z` : null
}
