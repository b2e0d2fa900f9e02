/** Shares of the area asked for that footprints cover, in percent to six significant digits. */

import { contains, inward } from './area.js'
import { BOX } from './plan.js'
import { common, measure } from './geometry/measure.js'
import { boxGeometry, toShape } from './geometry/shape.js'

/** @typedef {import('./rows.js').IndexRow} IndexRow */
/** @typedef {import('./area.js').Area} Area */

/**
 * Bounds of a row's share by its box: equal where the box settles it, which it nearly always
 * does for footprints that are their box.
 *
 * @param {Area} area
 * @param {IndexRow} row A row that meets the area.
 * @returns {[number, number]}
 */
function shareBounds(area, row) {
  const box = /** @type {import('./area.js').Box} */ (row.box)
  const inner = inward(box)
  const shaped = row.column('shaped')
  if (!shaped && area.boxes.every((own) => contains(inner, own))) return [100, 100]
  if (!area.shape.rings.length) return [0, 100]
  const high = boxShare(area, box)
  if (shaped) return [0, high]
  const real = inner[0] < inner[2] && inner[1] < inner[3]
  return [real ? boxShare(area, inner) : 0, high]
}

/** Share that a box covers. @param {Area} area @param {import('./area.js').Box} box */
function boxShare(area, box) {
  if (!area.isBox) return shareOf(area, toShape(boxGeometry(box)))
  let both = 0
  let whole = 0
  for (const own of area.boxes) {
    const width = Math.min(box[2], own[2]) - Math.max(box[0], own[0])
    const height = Math.min(box[3], own[3]) - Math.max(box[1], own[1])
    both += Math.max(width, 0) * Math.max(height, 0)
    whole += (own[2] - own[0]) * (own[3] - own[1])
  }
  return Number(Math.min((100 * both) / whole, 100).toPrecision(6))
}

/** @param {Area} area @param {import('./geometry/shape.js').Shape} footprint */
function shareOf(area, footprint) {
  const share = (100 * common(area.shape, footprint)) / measure(area.shape)
  return Number(Math.min(share, 100).toPrecision(6))
}

/**
 * Work out how much of the area each row covers; of an order by overlap only for those that may
 * be among the first, which are returned.
 *
 * @param {import('./exact.js').Exact} exact
 * @param {Area} area
 * @param {IndexRow[]} rows
 * @param {{key: import('./query.js').SortKey|undefined, count: number}} wanted
 * @param {AbortSignal} [signal]
 */
export async function measured(exact, area, rows, { key, count }, signal) {
  await exact.columns(rows, BOX, signal)
  let bounded = rows.map((row) => ({ row, bounds: shareBounds(area, row) }))
  if (key?.field === 'overlap' && count < rows.length) {
    const [safe, best, sign] = key.direction === 'desc' ? [0, 1, -1] : [1, 0, 1]
    const sorted = bounded.map(({ bounds }) => sign * (bounds[safe] ?? 0)).sort((a, b) => a - b)
    const limit = sorted[count - 1] ?? Infinity
    bounded = bounded.filter(({ bounds }) => sign * (bounds[best] ?? 0) <= limit)
  }
  const open = bounded.filter(({ bounds: [low, high] }) => low !== high)
  for (const { row, bounds } of bounded) row.overlap = bounds[0]
  await exact.readFootprints(open.map(({ row }) => row), signal)
  for (const { row } of open) if (row.footprint) row.overlap = shareOf(area, row.footprint)
  return bounded.map(({ row }) => row)
}
