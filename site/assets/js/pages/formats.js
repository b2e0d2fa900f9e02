// Mirrors builder/geocairn/compile/pages/formats.py: numbers and dates as a language writes them.

const SHORT = /** @type {[number, string][]} */ ([[1e9, 'B'], [1e6, 'M'], [1e3, 'k']])
const BYTES = /** @type {[number, string][]} */ ([[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']])

/** @param {string} language */
export function formats(language) {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const digits = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 })
  const days = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })

  /** @param {number} value */
  function num(value) {
    const size = Math.abs(value)
    if (Number.isInteger(value)) return whole.format(value)
    return size > 1e-9 && size < 1e15 ? digits.format(value) : String(value)
  }

  /** @param {number} value @param {[number, string][]} units */
  function scaled(value, units) {
    for (const [unit, name] of units) {
      if (Math.abs(value) < unit) continue
      const part = value / unit
      const factor = 10 ** Math.max(0, 2 - Math.trunc(Math.log10(Math.abs(part))))
      return `${num(Math.floor(part * factor + 0.5) / factor)}\u00a0${name}`
    }
    return num(value)
  }

  return {
    num,
    /** @param {number} value */
    short: (value) => scaled(value, SHORT),
    /** @param {number} value */
    size: (value) => (value >= 1000 ? scaled(value, BYTES) : `${num(value)} B`),
    /** @param {string} value */
    date(value) {
      const day = /^\d{4}-\d\d-\d\d/.exec(value)?.[0]
      const time = day ? new Date(`${day}T00:00:00Z`) : null
      const real = time && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day ?? '')
      return real ? days.format(time) : value
    },
  }
}
