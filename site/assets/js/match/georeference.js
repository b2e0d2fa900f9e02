// Where the pixels of a GeoTIFF lie, and how large they are on the ground.
// Mirrors `Place` of builder/geocairn/run/scenes/base.py.

import { t } from '../i18n.js'
import { apply, pixelArea, placeOf, toDegrees } from '../try/geo.js'

/** @typedef {import('./scene.js').Place} Place */

/** Parts of each edge whose ends are taken to degrees: edges are bent there. */
const EDGE = 21

/**
 * @param {import('geotiff').GeoTIFFImage} image
 * @returns {{place: Place | null, notes: string[]}}
 */
export function placed(image) {
  const [width, height] = [image.getWidth(), image.getHeight()]
  const place = placeOf(image)
  if (!place || (place.epsg === null && !place.geographic && place.metre === null)) {
    return { place: null, notes: [t('The image does not say where it lies: resolution and area cannot be compared.')] }
  }
  const area = pixelArea(place, width, height)
  const gsd = area === null ? null : Math.sqrt(area)
  const convert = toDegrees(place.epsg ?? (place.geographic ? 4326 : null))
  if (!convert) {
    const name = place.epsg ? `EPSG:${place.epsg}` : String(image.getGeoKeys()?.GTCitationGeoKey ?? '?').slice(0, 80)
    const note = t('Its reference system, {name}, is not known to this page, so its area is not compared. The command geocairn match knows it.', { name })
    return { place: { gsd, footprint: null }, notes: [note] }
  }
  const corners = [0, width].flatMap((column) => [0, height].map((row) => apply(place.transform, column, row)))
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
  return { place: { gsd, footprint: footprint(box, convert) }, notes: [] }
}

/**
 * The box in degrees around a box, as one polygon, or as two where it crosses the antimeridian.
 * @param {number[]} box
 * @param {import('../try/geo.js').ToDegrees} convert
 */
function footprint([left = 0, bottom = 0, right = 0, top = 0], convert) {
  const steps = Array.from({ length: EDGE + 1 }, (_, step) => step / EDGE)
  const across = steps.map((part) => left + part * (right - left))
  const down = steps.map((part) => bottom + part * (top - bottom))
  const edge = [...across.flatMap((x) => [[x, bottom], [x, top]]), ...down.flatMap((y) => [[left, y], [right, y]])]
  const points = edge.map(([x = 0, y = 0]) => convert(x, y))
  const [west, east] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))]
  const [south, north] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))]
  if (![west, south, east, north].every(Number.isFinite) || east - west > 360) return null
  const shift = west < -180 ? 360 : east > 180 && west >= 180 ? -360 : 0
  const [from, to] = [west + shift, east + shift]
  const parts = to > 180 ? [[from, 180], [-180, to - 360]] : [[from, to]]
  const rings = parts.map(([w = 0, e = 0]) => [[[w, south], [e, south], [e, north], [w, north], [w, south]]])
  return { type: 'MultiPolygon', coordinates: rings }
}
