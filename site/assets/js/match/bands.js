// Which band of a scene is the one that a model means: by name, common name or wavelength.
// Mirrors builder/geocairn/run/bands.py; tests/site/test_match_mirror.py compares what both find.

import { number, t } from '../i18n.js'
import { bandsOf } from '../pages/view/bands.js'
import { figures } from './numbers.js'

/**
 * @typedef {import('../pages/view/values.js').Json} Json
 * @typedef {Object} Band One that a model wants.
 * @property {string} name
 * @property {string | null} common
 * @property {number | null} center Of its wavelengths, in µm.
 * @property {number | null} width Full width at half maximum, in µm.
 * @property {number | null} gsd In metres.
 */
/**
 * @typedef {Object} SceneBand One that a scene has.
 * @property {string} name Empty where it has none.
 * @property {string} common
 * @property {number | null} wavelength
 * @property {number | null} width
 * @property {string} dtype NumPy's name of its type.
 * @property {number} index From 1.
 */
/** @typedef {{band: Band, found: SceneBand | null, reason: string, byPlace?: boolean}} Match */

/** @type {Record<string, string>} */
const LETTERS = { r: 'red', g: 'green', b: 'blue', n: 'nir' }
const COLOURS = new Set([
  ...Object.values(LETTERS), 'coastal', 'yellow', 'rededge', 'nir08', 'nir09', 'pan', 'cirrus', 'swir16', 'swir22', 'lwir',
])
/** Wavelengths in µm that are taken for the same where no width is known. */
const TOLERANCE = 0.015
/** Common names that are both given to one and the same part of the spectrum. */
const ALIKE = [['nir', 'nir08'], ['rededge', 'rededge071', 'rededge075']]

/** The bands that a model's inputs refer to, by their names in small letters. @param {Json} item */
export function bandsByName(item) {
  return new Map(bandsOf(item).map((band) => [String(band.name).toLowerCase(), /** @type {Band} */ (band)]))
}

/** A band of which nothing but the name is known. @param {string} name @returns {Band} */
export function named(name) {
  return { name, common: null, center: null, width: null, gsd: null }
}

/**
 * Find every band that a model wants.
 * @param {Band[]} wanted
 * @param {SceneBand[]} offered
 * @returns {Match[]}
 */
export function choose(wanted, offered) {
  const found = wanted.map((band) => matchBand(band, offered))
  return found.some((match) => match.found) ? found : byPlace(found, wanted, offered)
}

/**
 * Bands without any names are taken in order, if there are as many as the model wants.
 * @param {Match[]} found
 * @param {Band[]} wanted
 * @param {SceneBand[]} offered
 */
function byPlace(found, wanted, offered) {
  const names = [...new Set(wanted.map(({ name }) => name))]
  const told = offered.some(({ name, common, wavelength }) => name || common || wavelength)
  if (told || names.length !== offered.length) return found
  const reason = t('by its place: no band has a name')
  return wanted.map((band) => ({ band, found: offered[names.indexOf(band.name)] ?? null, reason, byPlace: true }))
}

/**
 * Find one band. A name alone is not trusted where common names or wavelengths speak against it:
 * B4 is red for Sentinel-2 and near infrared for Landsat 5.
 * @param {Band} band
 * @param {SceneBand[]} offered
 * @returns {Match}
 */
export function matchBand(band, offered) {
  for (const one of offered) {
    if (one.name && plain(one.name) === plain(band.name) && !contradict(band, one)) {
      return { band, found: one, reason: t('has the name {name}', { name: one.name }) }
    }
  }
  return byColour(band, offered) ?? byWavelength(band, offered) ?? { band, found: null, reason: whyNot(offered) }
}

/** @param {Band} band @param {SceneBand[]} offered @returns {Match | null} */
function byColour(band, offered) {
  const colour = commonName(band.common ?? '', band.name)
  if (!colour) return null
  // Where the name itself is a colour it counts as much as a common name.
  const same = offered.find((one) => [one.common.toLowerCase(), commonName('', one.name)].includes(colour))
  if (same) return { band, found: same, reason: t('is {colour}', { colour }) }
  const near = offered.find((one) => alike(colour, one.common.toLowerCase()) && !apart(band, one))
  return near ? { band, found: near, reason: t('is {near}, nearly {colour}', { near: near.common, colour }) } : null
}

/** @param {Band} band @param {SceneBand[]} offered @returns {Match | null} */
function byWavelength(band, offered) {
  let [best, distance] = [/** @type {SceneBand | null} */ (null), Infinity]
  for (const one of offered) {
    if (!one.wavelength || !band.center || apart(band, one)) continue
    const here = Math.abs(one.wavelength - band.center)
    if (here < distance) [best, distance] = [one, here]
  }
  const value = best?.wavelength ? number(figures(best.wavelength, 6)) : ''
  return best && { band, found: best, reason: t('has the wavelength {value} µm', { value }) }
}

/** A common name, where either says one. @param {string} common @param {string} name */
export function commonName(common, name) {
  if (common) return common.toLowerCase()
  const short = name.toLowerCase()
  const whole = Object.hasOwn(LETTERS, short) ? LETTERS[short] ?? '' : short
  return COLOURS.has(whole) ? whole : ''
}

/** A name without what differs between writers: `SR_B4`, `B04` and `Band 4` are b4. @param {string} name */
export function plain(name) {
  const short = name.trim().toLowerCase().replace(/^sr_/, '').replace(/^st_/, '')
  const counted = /^(?:b|band)[ _-]?0*(\d+)([a-z]?)$/.exec(short)
  return counted ? `b${counted[1]}${counted[2]}` : short.replace(/[_-]/g, '')
}

/** Whether two bands of one name cannot be the same. @param {Band} band @param {SceneBand} one */
function contradict(band, one) {
  if (!band.common || !one.common) return apart(band, one)
  const [own, other] = [band.common.toLowerCase(), one.common.toLowerCase()]
  return own !== other && !alike(own, other)
}

/** @param {string} one @param {string} other */
function alike(one, other) {
  return ALIKE.some((names) => names.includes(one) && names.includes(other))
}

/** Whether wavelengths are known, and differ by more than half of the wider band. @param {Band} band @param {SceneBand} one */
function apart(band, one) {
  if (!band.center || !one.wavelength) return false
  const limit = Math.max(Math.max(band.width || 0, one.width || 0) / 2, TOLERANCE)
  return Math.abs(band.center - one.wavelength) > limit
}

/** @param {SceneBand[]} offered */
function whyNot(offered) {
  const names = offered.map(({ name, common }) => name || common).filter(Boolean).join(', ')
  if (names) return t('no band of the scene has this name, colour or wavelength; it has {names}', { names })
  return t('the {n} bands of the scene have no names', { n: offered.length })
}

/** @param {SceneBand} band For people. */
export function label({ name, common, index }) {
  const told = name || common
  const counted = t('band {n}', { n: index })
  return told && told !== `band ${index}` ? `${told} (${counted})` : counted
}
