// What part of the world a map shows: projection, panning and zooming, as plain numbers.

/**
 * @typedef {[number, number]} Position Longitude and latitude in degrees.
 * @typedef {Object} Projection From latitudes to the plane, whose unit is a degree of longitude.
 * @property {(latitude: number) => number} y Downwards.
 * @property {(y: number) => number} latitude
 * @property {number} top Least y of the world; its greatest is the opposite.
 */

/**
 * Degrees as they are: what the search itself reckons with.
 * @type {Projection}
 */
export const plain = { y: (latitude) => -latitude, latitude: (y) => -y, top: -90 }

const RADIANS = Math.PI / 180

/**
 * Spherical Mercator, for tiles.
 * @type {Projection}
 */
export const mercator = {
  y(latitude) {
    const bounded = Math.max(-85.0511, Math.min(85.0511, latitude))
    return -Math.log(Math.tan(Math.PI / 4 + (bounded * RADIANS) / 2)) / RADIANS
  },
  latitude: (y) => (2 * Math.atan(Math.exp(-y * RADIANS)) - Math.PI / 2) / RADIANS,
  top: -180,
}

/** Degrees across at the closest. */
const CLOSEST = 0.02

/**
 * The part that shows: its centre and how many degrees of longitude a pixel is.
 * @typedef {{x: number, y: number, scale: number}} View
 * @typedef {{width: number, height: number}} Size
 */

/**
 * The scale at which the world just fills the frame in one direction and fits it in the other.
 * @param {Size} size
 * @param {Projection} projection
 */
export function widestScale({ width, height }, projection) {
  return Math.max(360 / width, Math.min((-2 * projection.top) / height, 540 / width))
}

/**
 * A view of a box in degrees, or of the world.
 * @param {[number, number, number, number] | null} box
 * @param {Size} size
 * @param {Projection} projection
 * @returns {View}
 */
export function viewOf(box, size, projection) {
  if (!box) return bounded({ x: 0, y: 0, scale: Infinity }, size, projection)
  const [west, south, east, north] = box
  const across = west <= east ? east - west : 360
  const top = projection.y(north)
  const bottom = projection.y(south)
  const scale = Math.max(across / size.width, (bottom - top) / size.height, 1e-9) * 1.35
  const x = west <= east ? (west + east) / 2 : 0
  return bounded({ x, y: (top + bottom) / 2, scale }, size, projection)
}

/**
 * The nearest view that is neither too close nor beyond the world.
 * @param {View} view
 * @param {Size} size
 * @param {Projection} projection
 * @returns {View}
 */
export function bounded(view, size, projection) {
  const scale = Math.max(CLOSEST / size.width, Math.min(view.scale, widestScale(size, projection)))
  const reachX = Math.max(0, 180 - (scale * size.width) / 2)
  const reachY = Math.max(0, -projection.top - (scale * size.height) / 2)
  return {
    x: Math.max(-reachX, Math.min(reachX, view.x)),
    y: Math.max(-reachY, Math.min(reachY, view.y)),
    scale,
  }
}

/**
 * Zoom by a factor while a pixel of the frame keeps its place.
 * @param {View} view
 * @param {number} factor Above 1 is closer.
 * @param {{x: number, y: number}} at In pixels from the frame's corner.
 * @param {Size} size
 * @param {Projection} projection
 */
export function zoomed(view, factor, at, size, projection) {
  const held = toPlane(view, at, size)
  const next = bounded({ ...view, scale: view.scale / factor }, size, projection)
  const x = held.x - (at.x - size.width / 2) * next.scale
  const y = held.y - (at.y - size.height / 2) * next.scale
  return bounded({ x, y, scale: next.scale }, size, projection)
}

/**
 * @param {View} view
 * @param {{x: number, y: number}} at In pixels.
 * @param {Size} size
 */
export function toPlane(view, at, size) {
  return {
    x: view.x + (at.x - size.width / 2) * view.scale,
    y: view.y + (at.y - size.height / 2) * view.scale,
  }
}

/**
 * The position under a pixel, within the world, in as many digits as the scale can tell.
 * @param {View} view
 * @param {{x: number, y: number}} at
 * @param {Size} size
 * @param {Projection} projection
 * @returns {Position}
 */
export function toPosition(view, at, size, projection) {
  const { x, y } = toPlane(view, at, size)
  const digits = Math.max(0, Math.min(5, Math.ceil(-Math.log10(view.scale))))
  const side = (/** @type {number} */ value, /** @type {number} */ most) =>
    Number(Math.max(-most, Math.min(most, value)).toFixed(digits))
  return [side(x, 180), side(projection.latitude(y), 90)]
}
