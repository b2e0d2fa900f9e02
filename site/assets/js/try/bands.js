// Which band of an image is the one that a model means: by name, common name or wavelength.
// Mirrors builder/geocairn/run/bands.py.

/** @typedef {import('./spec.js').Band} Band */
/** @typedef {{index: number, name: string, common: string, wavelength: number | null}} Offered */

/** @type {Record<string, string>} */
const LETTERS = { r: 'red', g: 'green', b: 'blue', n: 'nir' }
const KNOWN = new Set([...Object.values(LETTERS), 'coastal', 'yellow', 'rededge', 'nir08', 'nir09', 'pan', 'cirrus', 'swir16', 'swir22', 'lwir'])
const COUNTED = /^(?:b|band)[ _-]?0*(\d+)([a-z]?)$/
// Wavelengths in µm that are taken for the same where no width is known.
const TOLERANCE = 0.015
const ALIKE = [['nir', 'nir08'], ['rededge', 'rededge071', 'rededge075']]

/**
 * Find every band that a model wants.
 * @param {Band[]} wanted
 * @param {Offered[]} offered
 * @returns {(number | null)[]} Indexes of the image's bands, in the order wanted; null where none fits.
 */
export function choose(wanted, offered) {
  const found = wanted.map((band) => matched(band, offered)?.index ?? null)
  if (found.some((one) => one !== null)) return found
  // Bands without any names are taken in order, if there are as many as the model wants.
  const distinct = [...new Set(wanted.map(({ name }) => name))]
  const nameless = !offered.some(({ name, common, wavelength }) => name || common || wavelength)
  if (!nameless || distinct.length !== offered.length) return found
  return wanted.map(({ name }) => offered[distinct.indexOf(name)]?.index ?? null)
}

/** @param {Band} band @param {Offered[]} offered */
function matched(band, offered) {
  const named = offered.find((one) => one.name && plain(one.name) === plain(band.name) && !contradict(band, one))
  if (named) return named
  const common = commonOf(band.common, band.name)
  if (common) {
    // Where the name itself is a colour it counts as much as a common name.
    const same = offered.find((one) => common === one.common.toLowerCase() || common === commonOf('', one.name))
    if (same) return same
    const near = offered.find((one) => alike(common, one.common.toLowerCase()) && !apart(band, one))
    if (near) return near
  }
  const far = (/** @type {Offered} */ one) => Math.abs((one.wavelength ?? 0) - (band.center ?? 0))
  const close = offered.filter((one) => one.wavelength && band.center && !apart(band, one))
  return close.sort((a, b) => far(a) - far(b))[0]
}

/** @param {string} one @param {string} other */
function alike(one, other) {
  return ALIKE.some((names) => names.includes(one) && names.includes(other))
}

/** A common name, where either says one. @param {string} common @param {string} name */
function commonOf(common, name) {
  if (common) return common.toLowerCase()
  const lower = name.toLowerCase()
  const known = Object.hasOwn(LETTERS, lower) ? (LETTERS[lower] ?? '') : lower
  return KNOWN.has(known) ? known : ''
}

/** A name without what differs between writers: `SR_B4`, `B04` and `Band 4` are b4. @param {string} name */
function plain(name) {
  const text = name.trim().toLowerCase().replace(/^sr_/, '').replace(/^st_/, '')
  const counted = COUNTED.exec(text)
  return counted ? `b${counted[1]}${counted[2]}` : text.replaceAll('_', '').replaceAll('-', '')
}

/** Whether two bands of one name cannot be the same. @param {Band} band @param {Offered} one */
function contradict(band, one) {
  if (band.common && one.common) {
    const [a, b] = [band.common.toLowerCase(), one.common.toLowerCase()]
    return a !== b && !alike(a, b)
  }
  return apart(band, one)
}

/** Whether wavelengths are known, and differ by more than half of the wider band. @param {Band} band @param {Offered} one */
function apart(band, one) {
  if (!band.center || !one.wavelength) return false
  return Math.abs(band.center - one.wavelength) > Math.max((band.width ?? 0) / 2, TOLERANCE)
}
