/** On which side of a line a point lies: exact, since all else in geometry rests on it. */

// Relative error of the determinant in floating point; see J. R. Shewchuk, "Adaptive Precision
// Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997.
const BOUND = (3 + 16 * 2 ** -53) * 2 ** -53

/**
 * Positive where c lies left of the line from a to b, negative right of it, 0 on it.
 *
 * @param {number} ax @param {number} ay
 * @param {number} bx @param {number} by
 * @param {number} cx @param {number} cy
 */
export function orient(ax, ay, bx, by, cx, cy) {
  const left = (ax - cx) * (by - cy)
  const right = (ay - cy) * (bx - cx)
  const determinant = left - right
  if (Math.abs(determinant) > BOUND * (Math.abs(left) + Math.abs(right))) return determinant
  if (left === 0 && right === 0 && (ax === cx || by === cy) && (ay === cy || bx === cx)) return 0
  return exactly([ax, ay, bx, by, cx, cy])
}

/**
 * The same in whole numbers, each coordinate times the same power of two.
 *
 * @param {number[]} numbers
 */
function exactly(numbers) {
  const parts = numbers.map(split)
  const lowest = Math.min(...parts.map(({ exponent }) => exponent))
  const [ax, ay, bx, by, cx, cy] = /** @type {[bigint, bigint, bigint, bigint, bigint, bigint]} */ (
    parts.map(({ mantissa, exponent }) => mantissa << BigInt(exponent - lowest))
  )
  const determinant = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx)
  return determinant > 0n ? 1 : determinant < 0n ? -1 : 0
}

const view = new DataView(new ArrayBuffer(8))

/**
 * A double as mantissa times a power of two, both whole.
 *
 * @param {number} number
 */
function split(number) {
  if (number === 0) return { mantissa: 0n, exponent: 0 }
  view.setFloat64(0, number)
  const bits = view.getBigUint64(0)
  const stored = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = stored ? fraction | 0x10000000000000n : fraction
  return { mantissa: number < 0 ? -mantissa : mantissa, exponent: (stored || 1) - 1075 }
}
