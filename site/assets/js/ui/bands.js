// Bands by what they see, over the names that sensors give them.

/**
 * Common names of the STAC electro-optical extension, from short waves to long, with the names that
 * well-known sensors use for the same band. Names of one band may mean another on another sensor
 * (B4 is red on Sentinel-2 and near infrared on Landsat 5); models that state common names are
 * judged by these as well, so only models without them can be taken for others.
 * @type {Record<string, string[]>}
 */
const NAMES = {
  coastal: ['B1', 'B01', 'SR_B1'],
  blue: ['B', 'B2', 'B02', 'SR_B1', 'SR_B2', 'B1'],
  green: ['G', 'B3', 'B03', 'SR_B2', 'SR_B3', 'B2'],
  yellow: [],
  red: ['R', 'B4', 'B04', 'SR_B3', 'SR_B4', 'B3'],
  pan: ['B8', 'B08'],
  rededge: ['RE'],
  rededge071: ['B5', 'B05'],
  rededge075: ['B6', 'B06'],
  rededge078: ['B7', 'B07'],
  nir: ['N', 'B8', 'B08', 'B4', 'SR_B4'],
  nir08: ['B8a', 'B8A', 'B5', 'B05', 'SR_B5'],
  nir09: ['B9', 'B09'],
  cirrus: ['B10', 'B9', 'B09'],
  swir16: ['B11', 'B5', 'B6', 'B05', 'B06', 'SR_B5', 'SR_B6'],
  swir22: ['B12', 'B7', 'B07', 'SR_B7'],
  lwir: ['B6', 'B06', 'B6_VCID_1', 'B6_VCID_2', 'SR_B6'],
  lwir11: ['B10'],
  lwir12: ['B11'],
}

/** Every name that only stands for a common one. */
const ALIASES = new Set(Object.values(NAMES).flat())

/** What people commonly have, by the bands that it brings. */
export const SENSORS = [
  { name: 'RGB', bands: ['blue', 'green', 'red'] },
  { name: 'RGB + NIR', bands: ['blue', 'green', 'red', 'nir'] },
  {
    name: 'Sentinel-2',
    bands: [
      'coastal', 'blue', 'green', 'red', 'rededge071', 'rededge075', 'rededge078',
      'nir', 'nir08', 'nir09', 'cirrus', 'swir16', 'swir22',
    ],
  },
  {
    name: 'Landsat 8-9',
    bands: [
      'coastal', 'blue', 'green', 'red', 'pan', 'nir08', 'cirrus', 'swir16', 'swir22',
      'lwir11', 'lwir12',
    ],
  },
  { name: 'Landsat 5', bands: ['blue', 'green', 'red', 'nir', 'swir16', 'swir22', 'lwir'] },
  { name: 'Sentinel-1', bands: ['VV', 'VH'] },
]

/**
 * The names to offer, of all that occur: common ones by wavelength, then others that are not just
 * another name for one of them.
 * @param {string[]} names
 */
export function offered(names) {
  const known = Object.keys(NAMES)
  const common = known.filter((name) => names.includes(name))
  // Without a common name in the whole hub, sensors' own names are all there is.
  const rest = names.filter((name) => !known.includes(name))
  return common.length ? [...common, ...rest.filter((name) => !ALIASES.has(name))] : rest
}

/**
 * Common names with every other name that sensors have for the same.
 * @param {string[]} have
 */
export function withOtherNames(have) {
  return [...new Set(have.flatMap((name) => [name, ...(NAMES[name] ?? [])]))]
}

/**
 * CQL2 text for models that need no other bands than these; empty for none.
 * @param {string[]} have
 */
export function needsNoOther(have) {
  if (!have.length) return ''
  const quoted = withOtherNames(have).map((name) => `'${name.replaceAll("'", "''")}'`)
  return `A_CONTAINEDBY(bands, (${quoted.join(', ')}))`
}
