// The outline of the land, which the hub itself serves.

/**
 * Rings of an outline as an SVG path.
 * @param {number[][]} rings Longitudes and latitudes in turn, in hundredths of a degree.
 * @param {import('./view.js').Projection} projection
 */
export function landPath(rings, projection) {
  return rings.map((ring) => ringPath(ring, projection)).join('')
}

/**
 * A ring that crosses the antimeridian is drawn on both sides of it, and cut off at the world's
 * edge by the map.
 * @param {number[]} ring
 * @param {import('./view.js').Projection} projection
 */
function ringPath(ring, projection) {
  const east = unwrapped(ring)
  const beyond = east.some((x) => x > 180) ? -360 : east.some((x) => x < -180) ? 360 : 0
  const shifts = beyond ? [0, beyond] : [0]
  return shifts.map((shift) => pathOf(ring, east.map((x) => x + shift), projection)).join('')
}

/**
 * Longitudes without leaps; a ring around a pole has to leap, and stays as it is.
 * @param {number[]} ring
 * @returns {number[]}
 */
export function unwrapped(ring) {
  const given = ring.filter((_, at) => at % 2 === 0).map((x) => x / 100)
  let shift = 0
  const smooth = given.map((x, at) => {
    const leap = x - (given[at - 1] ?? x)
    if (Math.abs(leap) > 180) shift -= Math.sign(leap) * 360
    return x + shift
  })
  return shift === 0 ? smooth : given
}

/**
 * @param {number[]} ring
 * @param {number[]} east
 * @param {import('./view.js').Projection} projection
 */
function pathOf(ring, east, projection) {
  const points = east.map((x, at) => {
    const y = projection.y((ring[2 * at + 1] ?? 0) / 100)
    return `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`
  })
  return points.length ? `M${points.join('L')}Z` : ''
}

/**
 * Load the rings. Without them the map is a plain frame, which still works.
 * @param {string} address
 * @returns {Promise<number[][]>}
 */
export async function loadLand(address) {
  try {
    const response = await fetch(address)
    return response.ok ? await response.json() : []
  } catch {
    return []
  }
}
