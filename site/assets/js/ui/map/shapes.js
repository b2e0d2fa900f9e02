// Boxes, polygons and footprints as SVG, in the map's plane.

import { svg } from '../dom.js'

/**
 * @typedef {import('./view.js').Projection} Projection
 * @typedef {import('./view.js').Position} Position
 * @typedef {import('../state.js').Box} Box
 */

/**
 * A box in degrees as rectangles: two, where it crosses the antimeridian.
 * @param {Box} box
 * @param {Projection} projection
 */
export function rectangles([west, south, east, north], projection) {
  const spans = west <= east ? [[west, east]] : [[west, 180], [-180, east]]
  const y = projection.y(north)
  const height = projection.y(south) - y
  return spans.map(([from = 0, to = 0]) => ({ x: from, y, width: to - from, height }))
}

/**
 * A footprint; one too small to be seen is a dot.
 * @param {Box} box
 * @param {Projection} projection
 * @param {number} scale Degrees a pixel.
 * @param {Record<string, unknown>} attributes
 */
export function footprint(box, projection, scale, attributes) {
  const parts = rectangles(box, projection)
  const [first] = parts
  const small = first && parts.length === 1 && Math.max(first.width, first.height) < 8 * scale
  if (!small) {
    // Many fills of half the world over another would hide everything.
    const wide = parts.some((part) => part.width > 120)
    const name = `${attributes.class}${wide ? ' map__hit--wide' : ''}`
    return svg('g', { ...attributes, class: name }, parts.map((part) => svg('rect', part)))
  }
  const centre = { cx: first.x + first.width / 2, cy: first.y + first.height / 2 }
  return svg('g', attributes, svg('circle', { ...centre, r: 4.5 * scale }))
}

/**
 * A polygon's corners as an SVG path.
 * @param {Position[]} ring
 * @param {Projection} projection
 * @param {boolean} closed
 */
export function ringPath(ring, projection, closed) {
  const points = ring.map(([x, latitude]) => `${x} ${projection.y(latitude)}`)
  return points.length ? `M${points.join('L')}${closed ? 'Z' : ''}` : ''
}

/**
 * Two corners as a box.
 * @param {Position} a
 * @param {Position} b
 * @returns {Box}
 */
export function boxOf(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])]
}

/**
 * The outer ring of a drawn polygon, without its repeated last corner; null for other geometries,
 * which can be shown but not edited here.
 * @param {import('../state.js').Geometry | null} geometry
 * @returns {Position[] | null}
 */
export function editableRing(geometry) {
  if (geometry?.type !== 'Polygon') return null
  const rings = /** @type {Position[][]} */ (geometry.coordinates)
  const ring = rings.length === 1 ? rings[0] : undefined
  return ring && ring.length >= 4 ? ring.slice(0, -1) : null
}

/**
 * Every ring of a polygon or multi-polygon.
 * @param {import('../state.js').Geometry} geometry
 * @returns {Position[][]}
 */
export function ringsOf({ type, coordinates }) {
  if (type === 'Polygon') return /** @type {Position[][]} */ (coordinates)
  if (type === 'MultiPolygon') return /** @type {Position[][][]} */ (coordinates).flat()
  return []
}
