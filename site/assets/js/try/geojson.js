// Results as GeoJSON, in longitude and latitude of WGS 84 as RFC 7946 wants it.

import { Fault } from './faults.js'
import { apply, finer, pixelArea, toDegrees } from './geo.js'
import { polygons } from './polygons.js'

/** @typedef {import('./predict.js').Result} Result */
/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {[number, number][]} Ring */

// A decimetre.
const DIGITS = 7
const MOST = 200_000

/** @param {Result} result @param {Picture} picture @returns {Blob} */
export function geoJson(result, picture) {
  const { place } = picture
  if (!place) throw new Fault('place')
  const degrees = toDegrees(place.epsg)
  if (!degrees) throw new Fault('crs', { epsg: place.epsg ?? '?' })
  const transform = result.classes ? finer(place.transform, result.finer) : place.transform
  const placed = (/** @type {Ring} */ ring) => ring.map(([x, y]) => rounded(degrees(...apply(transform, x, y))))
  const area = pixelArea(place, picture.width, picture.height)
  const features = result.classes ? traced(result, placed, area) : boxes(result, placed, area)
  return new Blob([JSON.stringify({ type: 'FeatureCollection', features })], { type: 'application/geo+json' })
}

/** @param {[number, number]} point @returns {[number, number]} */
function rounded([x, y]) {
  return [Number(x.toFixed(DIGITS)), Number(y.toFixed(DIGITS))]
}

/** Outlines counter-clockwise, holes clockwise. @param {Ring} ring @param {boolean} outer */
function wound(ring, outer) {
  const twice = ring.slice(1).reduce((sum, [x, y], at) => sum + (ring[at]?.[0] ?? 0) * y - x * (ring[at]?.[1] ?? 0), 0)
  return twice > 0 === outer ? ring : ring.reverse()
}

/** @param {number | null} value @param {number} digits */
function short(value, digits) {
  return value === null ? null : Number(value.toFixed(digits))
}

/** @param {Result} result @param {(ring: Ring) => Ring} placed @param {number | null} area */
function traced({ classes, height, width, scores, decision, finer: times }, placed, area) {
  if (!classes || !decision) return []
  const wanted = decision.classes.filter(({ value }) => value !== decision.background)
  const channel = (/** @type {number} */ value) => scores?.[decision.values.indexOf(value)] ?? null
  const found = polygons(classes, { height, width, wanted: new Set(wanted.map(({ value }) => value)), scores: channel })
  if (found.length > MOST) throw new Fault('many', { count: found.length, most: MOST })
  const names = new Map(wanted.map(({ value, name }) => [value, name]))
  return found.map(({ value, rings, pixels, score }) => ({
    type: 'Feature',
    properties: {
      class: names.get(value) ?? '',
      value,
      score: short(score, 4),
      area_m2: short(area === null ? null : (area * pixels) / times ** 2, 2),
    },
    geometry: { type: 'Polygon', coordinates: rings.map((ring, at) => wound(placed(ring), at === 0)) },
  }))
}

/** @param {Result} result @param {(ring: Ring) => Ring} placed @param {number | null} area */
function boxes({ rows, kind, decision }, placed, area) {
  return rows.map(({ box: [left, top, right, bottom], value, name, score, scores }) => {
    /** @type {Ring} */
    const corners = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    const several = kind === 'classification' && scores.length > 1 && decision
    const told = several ? Object.fromEntries(decision.classes.map((one, at) => [`score_${one.name}`, short(scores[at] ?? null, 6)])) : {}
    const size = area === null ? null : short(area * (right - left) * (bottom - top), 2)
    return {
      type: 'Feature',
      properties: value === null ? { value: scores.length === 1 ? scores[0] : scores } : { class: name, value, score: short(score, 6), ...told, ...(kind === 'detection' ? { area_m2: size } : {}) },
      geometry: { type: 'Polygon', coordinates: [wound(placed(corners), true)] },
    }
  })
}
