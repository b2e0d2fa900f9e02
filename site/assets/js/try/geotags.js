// What of a GeoTIFF says where it lies, as it stands in the file.

/** @typedef {{keys: number[], doubles: number[], text: string}} GeoTags GeoKeyDirectory, GeoDoubleParams, GeoAsciiParams. */

const RASTER_TYPE = 1025

/**
 * @param {import('geotiff').GeoTIFFImage} image
 * @returns {Promise<GeoTags | null>}
 */
export async function geoTags(image) {
  const directory = image.fileDirectory
  const load = async (/** @type {any} */ tag) => (directory.hasTag(tag) ? directory.loadValue(tag) : null)
  const keys = await load('GeoKeyDirectory')
  if (!keys) return null
  return {
    keys: areas(Array.from(keys, Number)),
    doubles: Array.from((await load('GeoDoubleParams')) ?? [], Number),
    text: String((await load('GeoAsciiParams')) ?? ''),
  }
}

/** The same keys for an image whose coordinates are those of pixels' corners. @param {number[]} keys */
function areas(keys) {
  const found = [...keys]
  for (let at = 4; at + 3 < found.length; at += 4) if (found[at] === RASTER_TYPE && !found[at + 1]) found[at + 3] = 1
  return found
}
