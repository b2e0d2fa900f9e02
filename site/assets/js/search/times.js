/** Instants and intervals as a search writes them; instants are microseconds since 1970. */

import { QueryError } from './errors.js'

export const EARLIEST = -62135596800000000n
export const LATEST = 253402300799999999n
const DAY = 86_400_000_000n
const PART =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?)?)?)?$/
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
const FORMS =
  'Write a year (2024), a month (2024-05), a day (2024-05-01), an RFC 3339 timestamp ' +
  "(2024-05-01T12:00:00Z) or two of them as start/end; '..' leaves an end open."

/** @typedef {{start: bigint, end: bigint}} Span */

/**
 * Read one instant, or the whole year, month or day that a truncated date names.
 *
 * @param {unknown} part
 * @returns {Span}
 */
export function parsePart(part) {
  const match = typeof part === 'string' ? PART.exec(part) : null
  if (!match) throw new QueryError(`datetime is not a time: ${String(part)}`, FORMS)
  const span = match[4] === undefined ? period(match) : instant(match)
  if (span === null || span.start < EARLIEST || span.end > LATEST) {
    throw new QueryError(`no such time: ${String(part)}`, FORMS)
  }
  return span
}

/**
 * Microseconds at midnight of a day, or null where the calendar has no such day.
 *
 * @param {number} year
 * @param {number} month
 * @param {number} day
 */
function midnight(year, month, day) {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const real =
    year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return real ? BigInt(date.getTime()) * 1000n : null
}

/**
 * @param {RegExpExecArray} match
 * @returns {Span|null}
 */
function period(match) {
  const year = Number(match[1])
  const month = Number(match[2] ?? 1)
  const start = midnight(year, month, Number(match[3] ?? 1))
  if (start === null) return null
  if (match[3]) return { start, end: start + DAY - 1n }
  const next = match[2] && month < 12 ? midnight(year, month + 1, 1) : midnight(year + 1, 1, 1)
  return { start, end: year === 9999 && (!match[2] || month === 12) ? LATEST : (next ?? LATEST + 1n) - 1n }
}

/**
 * @param {RegExpExecArray} match
 * @returns {Span|null}
 */
function instant(match) {
  const day = midnight(Number(match[1]), Number(match[2]), Number(match[3]))
  const [hour, minute] = [Number(match[4]), Number(match[5])]
  let second = Number(match[6])
  let micros = BigInt(((match[7] ?? '') + '000000').slice(0, 6))
  if (second === 60) {
    second = 59
    micros = 999_999n
  }
  const zone = zoneMinutes(match[8])
  if (day === null || zone === null || hour > 23 || minute > 59 || second > 59) return null
  const minutes = BigInt(hour * 60 + minute - zone)
  const start = day + (minutes * 60n + BigInt(second)) * 1_000_000n + micros
  return { start, end: start }
}

/** @param {string|undefined} text */
function zoneMinutes(text) {
  if (text === undefined || text === 'Z' || text === 'z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(4, 6))
  if (hours > 23 || minutes > 59) return null
  return (text[0] === '-' ? -1 : 1) * (hours * 60 + minutes)
}

/**
 * An RFC 3339 timestamp of an item, or null where a value is none.
 *
 * @param {unknown} value
 * @returns {bigint|null}
 */
export function timestamp(value) {
  if (typeof value !== 'string' || !RFC3339.test(value)) return null
  try {
    return parsePart(value).start
  } catch {
    return null
  }
}

/**
 * Read a `datetime` parameter: one time, or a closed interval.
 *
 * @param {unknown} value Text, or one or two times; null, '' and '..' are open ends.
 * @returns {Span}
 */
export function parseInterval(value) {
  const parts = typeof value === 'string' ? value.split('/') : Array.isArray(value) ? value : [value]
  if (parts.length < 1 || parts.length > 2) {
    throw new QueryError(`datetime has ${parts.length} parts: ${String(value)}`, FORMS)
  }
  if (parts.length === 1) return parsePart(written(parts[0]))
  const open = parts.map((part) => part === null || part === undefined || part === '' || part === '..')
  if (open[0] && open[1]) {
    throw new QueryError(`datetime is open at both ends: ${String(value)}`, 'Leave datetime out to search all times.')
  }
  const start = open[0] ? EARLIEST : parsePart(written(parts[0])).start
  const end = open[1] ? LATEST : parsePart(written(parts[1])).end
  if (start > end) {
    throw new QueryError(`datetime ends before it starts: ${String(value)}`, 'Swap the ends.')
  }
  return { start, end }
}

/** @param {unknown} part */
function written(part) {
  return part instanceof Date ? part.toISOString() : part
}

/**
 * RFC 3339 in UTC; open ends of the index give null.
 *
 * @param {bigint|null|undefined} micros
 */
export function formatInstant(micros) {
  if (micros === null || micros === undefined || micros === EARLIEST || micros === LATEST) return null
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const text = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19)
  return rest ? `${text}.${String(rest).padStart(6, '0')}Z` : `${text}Z`
}
