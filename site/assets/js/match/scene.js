// A scene as far as a STAC Item tells of it: bands, sensor, footprint, time.
// Mirrors builder/geocairn/run/scenes/items.py.

import { t } from '../i18n.js'
import { list, number, objects, record } from '../pages/view/values.js'

/**
 * @typedef {import('./bands.js').SceneBand} SceneBand
 * @typedef {import('../pages/view/values.js').Json} Json
 * @typedef {{title: string, bands: Json[]}} Sensor As in the hub's form.json.
 * @typedef {Record<string, Sensor>} Sensors
 * @typedef {Object} Place Where the pixels of a raster lie.
 * @property {number | null} gsd Metres on the ground from one pixel to the next.
 * @property {any} footprint GeoJSON in degrees; null where its reference system is not known here.
 * @typedef {Object} Scene
 * @property {string} name
 * @property {SceneBand[]} bands
 * @property {Json} properties
 * @property {any} geometry GeoJSON in degrees, of its item; null where it has none.
 * @property {Place | null} place
 * @property {string[]} notes What could not be read, for people.
 */

/** What cannot be taken for a scene; the message says why and what to do. */
export class SceneError extends Error {}

const NOT_IMAGES = ['thumbnail', 'overview', 'metadata', 'cloud-mask', 'snow-ice', 'water']
const RASTERS = ['image/tiff', 'image/vnd.stac.geotiff', 'image/jp2', 'image/x.geotiff', 'image/png']
/** Keys of the sensors in the form, by how platforms and constellations begin. */
const SENSORS = /** @type {const} */ ([
  ['sentinel-2', 'sentinel-2-msi'],
  ['sentinel-1', 'sentinel-1-sar'],
  ['landsat-4', 'landsat-tm'],
  ['landsat-5', 'landsat-tm'],
  ['landsat-7', 'landsat-etm'],
  ['landsat-8', 'landsat-oli-tirs'],
  ['landsat-9', 'landsat-oli-tirs'],
])
const MOST_BANDS = 2000
const MOST_POSITIONS = 20_000

/**
 * @param {unknown} item
 * @param {Sensors} sensors
 * @returns {Scene}
 * @throws {SceneError}
 */
export function sceneOfItem(item, sensors) {
  const given = record(item)
  if (given.type !== 'Feature' || !Object.hasOwn(given, 'assets')) {
    throw new SceneError(t('This is no STAC Item: a GeoJSON Feature with assets.'))
  }
  const properties = record(given.properties)
  const sensor = sensorOf(properties, sensors)
  const assets = Object.entries(record(given.assets)).filter(([, asset]) => isRaster(record(asset)))
  const bands = assets.flatMap(([key, asset]) => bandsOfAsset(key, asset, sensor)).slice(0, MOST_BANDS)
  if (!bands.length) {
    throw new SceneError(t('This item has no asset that is a raster, such as a GeoTIFF or JPEG 2000 with the role data.'))
  }
  const geometry = given.geometry ? record(given.geometry) : null
  const large = positions(geometry?.coordinates) > MOST_POSITIONS
  return {
    name: String(given.id || 'item'),
    bands,
    properties,
    geometry: large ? null : geometry,
    place: null,
    notes: large ? [t('Its footprint has too many positions to be compared here.')] : [],
  }
}

/** @param {unknown} value @returns {number} */
function positions(value) {
  /** @type {unknown[]} */
  const left = [value]
  let count = 0
  while (left.length && count <= MOST_POSITIONS) {
    const one = left.pop()
    if (!Array.isArray(one)) continue
    if (typeof one[0] === 'number') count += 1
    else for (const part of one) left.push(part)
  }
  return count
}

/** @param {Json} properties @param {Sensors} sensors */
function sensorOf(properties, sensors) {
  for (const key of ['platform', 'constellation']) {
    const told = String(properties[key] || '').toLowerCase()
    const known = SENSORS.find(([name]) => told.startsWith(name))
    if (known) return sensors[known[1]] ?? null
  }
  return null
}

/** @param {Json} asset */
function isRaster(asset) {
  const roles = list(asset.roles)
  if (typeof asset.href !== 'string' || roles.some((role) => NOT_IMAGES.includes(role))) return false
  const kind = String(asset.type || '').toLowerCase()
  if (kind) return RASTERS.some((one) => kind.startsWith(one)) && (kind !== 'image/png' || roles.includes('data'))
  return /\.(tiff?|jp2)$/.test(asset.href.replace(/[?#].*$/, '').toLowerCase())
}

/**
 * @param {string} key
 * @param {Json} asset
 * @param {Sensor | null} sensor
 * @returns {SceneBand[]}
 */
function bandsOfAsset(key, asset, sensor) {
  const listed = objects(asset.bands)
  const optical = listed.length ? listed : objects(asset['eo:bands'])
  const raster = objects(asset['raster:bands'])
  const count = Math.min(Math.max(optical.length, raster.length, 1), MOST_BANDS)
  return Array.from({ length: count }, (_, index) => {
    // What holds for all bands stands in the asset itself.
    const told = new Map([asset, raster[index], optical[index]].flatMap((one) => Object.entries(one ?? {})))
    const name = String(told.get('name') || (count === 1 ? key : ''))
    const known = sensor && (bandNamed(sensor, name) ?? bandNamed(sensor, key))
    const amount = (/** @type {string} */ field) =>
      [told.get(`eo:${field}`), told.get(field)].map(number).find((one) => one !== null) || known?.[`eo:${field}`] || null
    return {
      name,
      common: String(told.get('eo:common_name') || told.get('common_name') || known?.['eo:common_name'] || ''),
      wavelength: amount('center_wavelength'),
      width: amount('full_width_half_max'),
      dtype: String(told.get('data_type') || ''),
      index: index + 1,
    }
  })
}

/**
 * The band of a sensor with that name, whatever the case and leading zeros: `B04` is `B4`.
 * @param {Sensor} sensor
 * @param {string} name
 */
export function bandNamed(sensor, name) {
  return sensor.bands.find((band) => short(band.name) === short(name)) ?? null
}

/** @param {string} name */
function short(name) {
  const [, head = '', digits = ''] = /^(.*?)(\d*)$/s.exec(name.toUpperCase().replace(/^SR_/, '')) ?? []
  return head + digits.replace(/^0+/, '')
}

/** The sensor that a key of the form names. @param {Sensors} sensors @param {string} key */
export function sensorNamed(sensors, key) {
  return sensors[key] ?? null
}
