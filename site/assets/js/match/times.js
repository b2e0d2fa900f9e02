// Moments as Python's `datetime.fromisoformat` reads them, without their time zone.

import { language } from '../i18n.js'

const WRITTEN = /^(\d{4})-?(\d\d)-?(\d\d)(?:.(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?(?:Z|[+-]\d\d:?\d\d(?::?\d\d)?)?)?$/

/**
 * @param {unknown} given
 * @returns {Date | null} As if it were UTC; null where it is no moment.
 */
export function momentOf(given) {
  const found = WRITTEN.exec(typeof given === 'string' ? given : '')
  if (!found) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => Number(part ?? 0))
  const moment = new Date(0)
  moment.setUTCFullYear(year, month - 1, day)
  moment.setUTCHours(hour, minute, second, Number(`0.${found[7] ?? 0}`) * 1000)
  const kept = year > 0 && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day
  return kept && hour < 24 && minute < 60 && second < 60 ? moment : null
}

const months = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' })

/** @param {Date} moment */
export function monthName(moment) {
  return months.format(moment)
}
