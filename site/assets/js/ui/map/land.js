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
 * @param {number[]} ring
 * @param {import('./view.js').Projection} projection
 */
function ringPath(ring, projection) {
  let path = ''
  for (let at = 0; at + 1 < ring.length; at += 2) {
    const x = (ring[at] ?? 0) / 100
    const y = projection.y((ring[at + 1] ?? 0) / 100)
    path += `${at ? 'L' : 'M'}${x} ${Number(y.toFixed(2))}`
  }
  return `${path}Z`
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
