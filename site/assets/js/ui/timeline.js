// When: a histogram by years with two thumbs, and fields for exact days.

import { t } from '../i18n.js'
import { byId, h } from './dom.js'
import { Range } from './range.js'

/**
 * @typedef {import('./counts.js').Counts} Counts
 * @typedef {import('./state.js').State} State
 * @typedef {import('./store.js').Store} Store
 */

/** What is older has an unknown start. */
const EARLIEST_YEAR = 1950

/** @param {Store} store */
export function timeline(store) {
  const range = new Range({
    name: t('Period'),
    from: t('Period from'),
    to: t('Period to'),
    format: (year) => String(year),
    formatTo: (year) => String(year - 1), // It stands where that year ends.
    change: (low, high) => store.set({ datetime: interval(low, high === null ? null : high - 1) }),
  })
  const from = dayField(t('From'))
  const to = dayField(t('To'))
  const dates = () => {
    const given = [from.input.value, to.input.value]
    const wrong = given[0] && given[1] && given[0] > given[1]
    to.input.setCustomValidity(wrong ? t('The period ends before it starts.') : '')
    if (wrong) return to.input.reportValidity()
    store.set({ datetime: interval(given[0] || null, given[1] || null) })
  }
  for (const { input } of [from, to]) input.addEventListener('change', dates)
  const clear = h('button', { type: 'button', class: 'map__tool-button' }, t('Any time'))
  clear.addEventListener('click', () => {
    store.set({ datetime: '' })
    from.input.focus()
  })
  byId('timeline').replaceChildren(
    range.element,
    h('div', { class: 'timeline__days' }, from.label, to.label, clear),
  )
  /** @type {[number, number] | null} */
  let span = null
  return {
    /**
     * @param {State} state
     * @param {Counts | null} counts
     */
    update(state, counts) {
      clear.hidden = !state.datetime
      const ends = readInterval(state.datetime)
      from.input.value = day(ends[0], false)
      to.input.value = day(ends[1], true)
      if (!counts) return
      const years = byYear(counts.months)
      span = widest(span, [...years.keys()], new Date().getUTCFullYear())
      const stops = Array.from({ length: span[1] - span[0] + 1 }, (_, at) => (span?.[0] ?? 0) + at)
      const bars = stops.slice(0, -1).map((year) => years.get(year) ?? 0)
      const high = ends[1] ? Number(ends[1].slice(0, 4)) + 1 : null
      range.update(stops, bars, ends[0] ? Number(ends[0].slice(0, 4)) : null, high)
    },
  }
}

/**
 * @param {string | number | null} from
 * @param {string | number | null} to
 */
export function interval(from, to) {
  return from === null && to === null ? '' : `${from ?? '..'}/${to ?? '..'}`
}

/**
 * The ends of an interval as it is written; empty where open.
 * @param {string} text
 * @returns {[string, string]}
 */
export function readInterval(text) {
  const [from = '', to = from] = text.split('/')
  const end = (/** @type {string} */ part) => (/^\d{4}/.test(part) ? part : '')
  return [end(from), end(to)]
}

/**
 * A whole day for a field, of a year or month its first or last.
 * @param {string} text
 * @param {boolean} last
 */
export function day(text, last) {
  const [year, month, date] = text.slice(0, 10).split('-')
  if (!year) return ''
  const ofMonth = Number(month ?? (last ? 12 : 1))
  const lastDay = new Date(Date.UTC(Number(year), ofMonth, 0)).getUTCDate()
  const ofDay = Number(date ?? (last ? lastDay : 1))
  return `${year}-${String(ofMonth).padStart(2, '0')}-${String(ofDay).padStart(2, '0')}`
}

/** @param {Map<string, number>} months */
function byYear(months) {
  /** @type {Map<number, number>} */
  const years = new Map()
  for (const [month, count] of months) {
    const year = Number(month.slice(0, 4))
    if (year >= EARLIEST_YEAR) years.set(year, (years.get(year) ?? 0) + count)
  }
  return years
}

/**
 * @param {[number, number] | null} span
 * @param {number[]} years
 * @param {number} now
 * @returns {[number, number]}
 */
function widest(span, years, now) {
  const low = Math.min(...years, span?.[0] ?? now - 10)
  const high = Math.max(...years.map((year) => year + 1), span?.[1] ?? now + 1)
  return [low, high]
}

/** @param {string} name */
function dayField(name) {
  const input = h('input', { class: 'field', type: 'date', max: '9999-12-31' })
  return { input, label: h('label', { class: 'timeline__day' }, name, input) }
}
