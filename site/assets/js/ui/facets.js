// The column of facets.

import { number, t } from '../i18n.js'
import { bandChooser } from './bandchooser.js'
import { offered } from './bands.js'
import { h } from './dom.js'
import { FacetGroup } from './facetgroup.js'
import { quantity } from './format.js'
import { facetTitle, parseRange, valueLabel } from './labels.js'
import { CLASSES, licenceClass } from './licences.js'
import { Range, roundStops } from './range.js'
import { FLAGS, RANGES } from './state.js'

/**
 * @typedef {import('./counts.js').Counts} Counts
 * @typedef {import('./facetgroup.js').Choice} Choice
 * @typedef {import('./state.js').State} State
 * @typedef {import('./store.js').Store} Store
 */

/** From what people ask first to what few ask. */
const ORDER = [
  'tasks', 'collections', 'platforms', 'bands', 'gsd', 'architecture', 'framework', 'license',
  'parameters', 'memory', 'pretrained', 'formats', 'accelerator', 'accelerator_constrained',
  'providers', 'keywords', 'dtypes', 'version', 'deprecated',
]
const OPEN = ['tasks', 'collections', 'platforms', 'bands', 'gsd']

/**
 * @param {HTMLElement} place
 * @param {Store} store
 * @param {Map<string, string>} collectionTitles
 */
export function facetPanel(place, store, collectionTitles) {
  const parts = ORDER.map((facet) => {
    if (RANGES.includes(facet)) return rangePart(facet, store)
    return wordPart(facet, store, collectionTitles)
  })
  const note = h('p', { class: 'muted', role: 'status', hidden: true })
  place.replaceChildren(note, ...parts.map(({ element }) => element))
  return {
    /**
     * @param {Counts} counts
     * @param {State} state
     */
    update(counts, state) {
      const { counted = 0, matched = 0 } = counts.estimated ?? {}
      note.hidden = !counts.estimated
      note.textContent = t('Counts are estimated from {counted} of {matched} models.', {
        counted: number(counted),
        matched: number(matched),
      })
      for (const part of parts) part.update(counts, state)
    },
  }
}

/**
 * @param {string} facet
 * @param {Store} store
 * @param {Map<string, string>} titles
 */
function wordPart(facet, store, titles) {
  const chooser = facet === 'bands' ? bandChooser(store) : null
  const group = new FacetGroup(facetTitle(facet), {
    open: OPEN.includes(facet),
    single: FLAGS.includes(facet),
    change: (values) => (chooser ? chooser.change(values) : store.choose(facet, values)),
    ...(chooser ? { before: chooser.element } : {}),
  })
  const update = (/** @type {Counts} */ counts, /** @type {State} */ state) => {
    const values = counts.values[facet] ?? new Map()
    const picked = chosen(facet, state)
    group.update(choices(facet, withChosen(values, picked), titles), picked)
    chooser?.update(state, values)
  }
  return { element: group.element, update }
}

/**
 * What is chosen stays in the list when nothing has it any more.
 * @param {Map<string, number>} values
 * @param {string[]} picked
 */
function withChosen(values, picked) {
  const missing = picked.filter((value) => !values.has(value))
  return new Map([...missing.map((value) => /** @type {[string, number]} */ ([value, 0])), ...values])
}

/**
 * @param {string} facet
 * @param {State} state
 */
function chosen(facet, state) {
  if (facet === 'collections') return state.collections
  if (facet === 'bands' && state.have.length) return state.have
  return state.facets[facet] ?? []
}

/**
 * @param {string} facet
 * @param {Map<string, number>} values
 * @param {Map<string, string>} titles
 * @returns {Choice[]}
 */
function choices(facet, values, titles) {
  const count = (/** @type {string} */ value) => values.get(value) ?? 0
  if (facet === 'bands') {
    return offered([...values.keys()]).map((value) => ({ value, label: value, count: count(value) }))
  }
  if (facet === 'license') return licences(values)
  const label = (/** @type {string} */ value) =>
    facet === 'collections' ? (titles.get(value) ?? value) : valueLabel(facet, value)
  return [...values.keys()].map((value) => ({ value, label: label(value), count: count(value) }))
}

/**
 * Licences under what they allow.
 * @param {Map<string, number>} values
 * @returns {Choice[]}
 */
function licences(values) {
  const titles = {
    open: t('Open'),
    share: t('Open, share alike'),
    restricted: t('Restricted use'),
    other: t('Other terms'),
  }
  return CLASSES.flatMap((name) =>
    [...values]
      .filter(([value]) => licenceClass(value) === name)
      .map(([value, count]) => ({ value, label: value, count, section: titles[name] })),
  )
}

/**
 * @param {string} facet
 * @param {Store} store
 */
function rangePart(facet, store) {
  const title = facetTitle(facet)
  const range = new Range({
    name: title,
    from: t('{facet}, at least', { facet: title }),
    to: t('{facet}, at most', { facet: title }),
    format: (value) => quantity(facet, value),
    change: (low, high) =>
      store.choose(facet, low === null && high === null ? [] : [`${low ?? ''}..${high ?? ''}`]),
  })
  const element = h(
    'details',
    { class: 'facet', open: OPEN.includes(facet) },
    h('summary', { class: 'facet__title' }, title),
    h('div', { class: 'facet__body' }, range.element),
  )
  /** @type {number[] | null} The widest stops seen, so that thumbs do not jump while choosing. */
  let stops = null
  const update = (/** @type {Counts} */ counts, /** @type {State} */ state) => {
    const span = counts.spans[facet]
    const [low, high] = parseRange(state.facets[facet]?.[0] ?? '')
    element.hidden = !span && !stops && low === null && high === null
    if (span) stops = widened(stops, span.min, span.max)
    if (!stops) return
    const bars = stops.slice(0, -1).map((from, at) => {
      const to = stops?.[at + 1] ?? from
      const last = at === (stops?.length ?? 0) - 2
      const inside = (span?.bins ?? []).filter((bin) => bin.from >= from && (bin.from < to || last))
      return inside.reduce((sum, bin) => sum + bin.count, 0)
    })
    range.update(stops, bars, low, high)
  }
  return { element, update }
}

/**
 * @param {number[] | null} stops
 * @param {number} min
 * @param {number} max
 */
function widened(stops, min, max) {
  const low = Math.min(min, stops?.[0] ?? min)
  const high = Math.max(max, stops?.at(-1) ?? max)
  return roundStops(low, high)
}
