// Numbers as texts, in the way that Python writes them.

import { rint } from '../try/expressions.js'

/**
 * A number with so many decimals; of two that are as near, the even one, as Python writes it.
 * @param {number} value
 * @param {number} decimals
 */
export function rounded(value, decimals) {
  const unit = 10 ** decimals
  // Only what is so many binary digits long can lie exactly between two.
  if (Number.isInteger(value * 2 ** (decimals + 1))) return rint(value * unit) / unit
  return Number(value.toFixed(decimals))
}

/**
 * A number with so many figures that tell.
 * @param {number} value Above 0.
 * @param {number} figures
 */
export function figures(value, figures) {
  const places = figures - 1 - Math.floor(Math.log10(Math.abs(value)))
  return rounded(value, Math.min(Math.max(places, 0), 20))
}
