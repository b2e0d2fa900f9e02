// Whether an image's values are of the kind that a model was trained on.
// Mirrors builder/geocairn/run/plausible.py, but warns where Python refuses.

// Times the unit of scaling (a standard deviation, a range) that half of the values may reach.
const FAR = 30
const COARSE = 20
const FRACTIONS = 1.5
const [EIGHT_BITS, REFLECTANCE] = [255, 512]

/** @param {Float64Array} sorted @param {number} share From 0 to 1, between places linearly, as NumPy has it. */
export function percentile(sorted, share) {
  const place = share * (sorted.length - 1)
  const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (high - low) * (place - Math.floor(place))
}

/**
 * @param {Float64Array} values Finite ones, of one band.
 * @param {{dtype: string, subtract: number, factor: number}} band
 * @returns {{low: number, high: number, unit: number} | null} What is wrong; null where nothing is.
 */
export function implausible(values, { dtype, subtract, factor }) {
  if (!values.length || factor === 1) return null
  const unit = 1 / Math.abs(factor)
  const sorted = Float64Array.from(values).sort()
  const [low, high] = [percentile(sorted, 0.02), percentile(sorted, 0.98)]
  const half = percentile(sorted.map((value) => Math.abs((value - subtract) / unit)).sort(), 0.5)
  const largest = Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0))
  const fractions = dtype.startsWith('float') && largest <= FRACTIONS
  const bits = dtype === 'uint8' && unit > REFLECTANCE && high <= EIGHT_BITS
  return half <= FAR && !(fractions && unit > COARSE) && !bits ? null : { low, high, unit }
}
