// Where the pixels of a GeoTIFF lie, how large they are on the ground, and the way to WGS 84.
//
// Reference systems are known by their EPSG code: WGS 84 and ETRS89 in degrees, in the zones of UTM,
// and Web Mercator. ETRS89 is taken for WGS 84, from which it is less than a metre away.

/** @typedef {[number, number, number, number, number, number]} Affine x = a·column + b·row + c, y = d·column + e·row + f */
/** @typedef {{transform: Affine, epsg: number | null, geographic: boolean, metre: number | null}} Place */

// Mean radius of the Earth in metres (IUGG).
const RADIUS = 6_371_008.8
const SEMIMAJOR = 6_378_137
// GRS 80 and WGS 84 agree to a tenth of a millimetre.
const FLATTENING = 1 / 298.257223563
const DEGREE = Math.PI / 180
const UNITS = new Map([[9001, 1], [9002, 0.3048], [9003, 1200 / 3937]])
const USER_DEFINED = 32_767

/**
 * @param {import('geotiff').GeoTIFFImage} image
 * @returns {Place | null} Null where the image does not say where it lies.
 */
export function placeOf(image) {
  const keys = image.getGeoKeys()
  const transform = affine(image, keys?.GTRasterTypeGeoKey === 2)
  if (!keys || !transform || transform.join() === '1,0,0,0,1,0') return null
  const geographic = keys.GTModelTypeGeoKey === 2
  const code = Number(geographic ? keys.GeographicTypeGeoKey : keys.ProjectedCSTypeGeoKey)
  const epsg = code > 0 && code !== USER_DEFINED ? code : null
  const unit = keys.ProjLinearUnitsGeoKey
  // Most systems are in metres, and those that are known here all are.
  const metre = geographic ? null : (UNITS.get(Number(unit ?? 9001)) ?? null)
  return { transform, epsg, geographic, metre }
}

/** @param {import('geotiff').GeoTIFFImage} image @param {boolean} points @returns {Affine | null} */
function affine(image, points) {
  const directory = image.fileDirectory
  const value = (/** @type {any} */ tag) => (directory.hasTag(tag) ? Array.from(directory.getValue(tag), Number) : null)
  const [matrix, scale, tie] = ['ModelTransformation', 'ModelPixelScale', 'ModelTiepoint'].map(value)
  /** @type {Affine | null} */
  let found = null
  if (matrix && matrix.length >= 8) {
    const [a = 0, b = 0, , c = 0, d = 0, e = 0, , f = 0] = matrix
    found = [a, b, c, d, e, f]
  } else if (scale && tie && tie.length >= 6) {
    const [dx = 0, dy = 0] = scale
    const [column = 0, row = 0, , x = 0, y = 0] = tie
    found = [dx, 0, x - column * dx, 0, -dy, y + row * dy]
  }
  if (!found || !found.every(Number.isFinite)) return null
  // Where coordinates are those of the pixels' centres, corners are half a pixel away.
  if (points) found = [found[0], found[1], apply(found, -0.5, -0.5)[0], found[3], found[4], apply(found, -0.5, -0.5)[1]]
  return found
}

/** @param {Affine} transform @param {number} column @param {number} row @returns {[number, number]} */
export function apply([a, b, c, d, e, f], column, row) {
  return [a * column + b * row + c, d * column + e * row + f]
}

/** The transform of a grid that is so many times as fine. @param {Affine} transform @param {number} factor @returns {Affine} */
export function finer([a, b, c, d, e, f], factor) {
  return [a / factor, b / factor, c, d / factor, e / factor, f]
}

/**
 * Area of a pixel on the ground in m², at the centre, as Python's `Place.ground_size` has it.
 * @param {Place} place
 * @param {number} width
 * @param {number} height
 * @returns {number | null} Null where the unit is not known.
 */
export function pixelArea({ transform, epsg, geographic, metre }, width, height) {
  const [a, b, , d, e] = transform
  let [across, down] = [Math.hypot(a, d), Math.hypot(b, e)]
  const y = apply(transform, width / 2, height / 2)[1]
  if (geographic) {
    across *= DEGREE * RADIUS * Math.cos(y * DEGREE)
    down *= DEGREE * RADIUS
    return across * down
  }
  if (metre === null) return null
  const factor = epsg === 3857 ? metre / Math.cosh(y / SEMIMAJOR) : metre
  return across * down * factor * factor
}

/** @typedef {(x: number, y: number) => [number, number]} ToDegrees */

/**
 * From a reference system to longitude and latitude in WGS 84.
 * @param {number | null} epsg
 * @returns {ToDegrees | null} Null where it is not known here.
 */
export function toDegrees(epsg) {
  if (epsg === 4326 || epsg === 4258) return (x, y) => [x, y]
  if (epsg === 3857) {
    return (x, y) => [x / SEMIMAJOR / DEGREE, Math.atan(Math.sinh(y / SEMIMAJOR)) / DEGREE]
  }
  const zone = utmZone(epsg ?? 0)
  return zone ? (x, y) => fromUtm(x, y - (zone.south ? 10_000_000 : 0), zone.zone) : null
}

/** @param {number} epsg */
function utmZone(epsg) {
  const zone = epsg % 100
  if (epsg >= 32_601 && epsg <= 32_660) return { zone, south: false }
  if (epsg >= 32_701 && epsg <= 32_760) return { zone, south: true }
  return epsg >= 25_828 && epsg <= 25_838 ? { zone, south: false } : null
}

// Krüger's series to the third order in n, exact to a millimetre within a zone: Karney 2011,
// https://doi.org/10.1007/s00190-011-0445-3
const N = FLATTENING / (2 - FLATTENING)
const MERIDIAN = (SEMIMAJOR / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64)
const BETA = [N / 2 - (2 / 3) * N ** 2 + (37 / 96) * N ** 3, N ** 2 / 48 + N ** 3 / 15, (17 / 480) * N ** 3]
const DELTA = [2 * N - (2 / 3) * N ** 2 - 2 * N ** 3, (7 / 3) * N ** 2 - (8 / 5) * N ** 3, (56 / 15) * N ** 3]

/** @param {number} x @param {number} y Northing from the equator. @param {number} zone @returns {[number, number]} */
function fromUtm(x, y, zone) {
  const xi = y / (0.9996 * MERIDIAN)
  const eta = (x - 500_000) / (0.9996 * MERIDIAN)
  let [north, east] = [xi, eta]
  BETA.forEach((beta, index) => {
    const times = 2 * (index + 1)
    north -= beta * Math.sin(times * xi) * Math.cosh(times * eta)
    east -= beta * Math.cos(times * xi) * Math.sinh(times * eta)
  })
  const conformal = Math.asin(Math.sin(north) / Math.cosh(east))
  let latitude = conformal
  DELTA.forEach((delta, index) => (latitude += delta * Math.sin(2 * (index + 1) * conformal)))
  const longitude = Math.atan2(Math.sinh(east), Math.cos(north))
  return [zone * 6 - 183 + longitude / DEGREE, latitude / DEGREE]
}
