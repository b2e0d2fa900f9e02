// Numbers, sizes and times for people, in the page's language.

import { language, number, t } from '../i18n.js'

const compact = new Intl.NumberFormat(language, {
  notation: 'compact',
  maximumSignificantDigits: 3,
})
const percent = new Intl.NumberFormat(language, { style: 'percent', maximumSignificantDigits: 3 })
const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })

/**
 * A large number in few signs, such as 1.2M.
 * @param {number} value
 */
export function short(value) {
  return compact.format(value)
}

/** @param {number} value Bytes. */
export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let power = 0
  let size = value
  while (Math.abs(size) >= 1000 && power < units.length - 1) {
    size /= 1000
    power += 1
  }
  return `${number(Number(size.toPrecision(3)))} ${units[power]}`
}

/** @param {number} value Metres on the ground. */
export function metres(value) {
  return value >= 1000
    ? `${number(Number((value / 1000).toPrecision(3)))} km`
    : `${number(Number(value.toPrecision(3)))} m`
}

/** @param {number} value From 0 to 100. */
export function share(value) {
  return percent.format(value / 100)
}

/**
 * A facet's number with its unit.
 * @param {string} facet
 * @param {number} value
 */
export function quantity(facet, value) {
  if (facet === 'gsd') return metres(value)
  if (facet === 'memory') return bytes(value)
  return short(value)
}

/** @param {string} instant ISO 8601. */
export function date(instant) {
  const parsed = new Date(instant)
  return Number.isNaN(parsed.getTime()) ? instant : day.format(parsed)
}

/**
 * An item's time: an instant, or an interval whose open end is left out.
 * @param {string | null | undefined} start
 * @param {string | null | undefined} end
 */
export function period(start, end) {
  const from = start && !/^0001|^1900-01-01/.test(start) ? year(start) : ''
  const until = end && !/^9999/.test(end) ? year(end) : ''
  if (from && until) return from === until ? from : `${from} – ${until}`
  if (from) return t('since {year}', { year: from })
  return until ? t('until {year}', { year: until }) : ''
}

/** @param {string} instant */
function year(instant) {
  return instant.slice(0, 4)
}
