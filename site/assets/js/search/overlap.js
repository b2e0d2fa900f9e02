/** Shares of the area asked for that footprints cover, in percent to six significant digits. */

import { contains, inward } from './area.js'
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
export function shareBounds(area, row) {
  const box = /** @type {import('./area.js').Box} */ (row.box)
  const inner = inward(box)
  const shaped = row.column('shaped')
  if (!shaped && area.boxes.every((own) => contains(inner, own))) return [100, 100]
  if (!area.shape.rings.length) return [0, 100]
  const high = shareOf(area, toShape(boxGeometry(box)))
  if (shaped) return [0, high]
  const real = inner[0] < inner[2] && inner[1] < inner[3]
  return [real ? shareOf(area, toShape(boxGeometry(inner))) : 0, high]
}

/** @param {Area} area @param {import('./geometry/shape.js').Shape} footprint */
export function shareOf(area, footprint) {
  const share = (100 * common(area.shape, footprint)) / measure(area.shape)
  return Number(Math.min(share, 100).toPrecision(6))
}
