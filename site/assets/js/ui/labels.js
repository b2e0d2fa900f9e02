// Names of facets and of their values, for people.

import words from '../../../templates/words.json' with { type: 'json' }
import { t } from '../i18n.js'
import { quantity } from './format.js'

/** @typedef {import('./state.js').State} State */

/** @type {Record<string, () => string>} */
const FACETS = {
  tasks: () => t('Task'),
  framework: () => t('Framework'),
  architecture: () => t('Architecture'),
  platforms: () => t('Sensor'),
  bands: () => t('Bands'),
  gsd: () => t('Ground resolution'),
  license: () => t('Licence'),
  parameters: () => t('Parameters'),
  memory: () => t('Memory'),
  pretrained: () => t('Pretrained'),
  accelerator: () => t('Accelerator'),
  accelerator_constrained: () => t('Accelerator required'),
  formats: () => t('Format'),
  dtypes: () => t('Input data type'),
  keywords: () => t('Keyword'),
  providers: () => t('Publisher'),
  version: () => t('Version'),
  deprecated: () => t('Deprecated'),
  collections: () => t('Collection'),
  have: () => t('Bands I have'),
}

/** @type {Record<string, Record<string, string>>} English; the same words that templates have. */
const WORDS = words

/** @param {string} facet */
export function facetTitle(facet) {
  return FACETS[facet]?.() ?? facet
}

/**
 * @param {string} facet
 * @param {string} value
 */
export function valueLabel(facet, value) {
  const known = WORDS[facet] ?? {}
  if (facet !== 'facets' && Object.hasOwn(known, value)) return t(known[value] ?? value)
  if (value === 'true') return t('Yes')
  if (value === 'false') return t('No')
  return value
}

/**
 * A range such as `0.3..1` with units.
 * @param {string} facet
 * @param {string} text
 */
export function rangeLabel(facet, text) {
  const [low, high] = parseRange(text)
  const from = low === null ? '' : quantity(facet, low)
  const to = high === null ? '' : quantity(facet, high)
  if (from && to) return from === to ? from : `${from} – ${to}`
  if (from) return t('from {value}', { value: from })
  return to ? t('up to {value}', { value: to }) : text
}

/**
 * The ends of a range; null where it is open or no number. Comparisons such as `<1` are read too.
 * @param {string} text
 * @returns {[number | null, number | null]}
 */
export function parseRange(text) {
  const signed = /^\s*(<=?|>=?)\s*(.+)$/.exec(text)
  if (signed) {
    const value = readNumber(signed[2] ?? '')
    return signed[1]?.startsWith('<') ? [null, value] : [value, null]
  }
  const parts = text.split('..')
  const low = readNumber(parts[0] ?? '')
  return [low, parts.length > 1 ? readNumber(parts[1] ?? '') : low]
}

/** @param {string} text */
function readNumber(text) {
  const value = Number(text)
  return text.trim() && Number.isFinite(value) ? value : null
}

/**
 * @typedef {Object} Condition
 * @property {string} key What it is a condition on: a facet's name, `place`, `datetime` ...
 * @property {string} title
 * @property {string} text
 * @property {Partial<State>} without The change of the state that takes it away.
 */

/**
 * What a state asks for, condition by condition.
 * @param {State} state
 * @returns {Condition[]}
 */
export function conditions(state) {
  /** @type {Condition[]} */
  const found = []
  const add = (/** @type {[string, string, string, Partial<State>]} */ ...[key, title, text, without]) =>
    found.push({ key, title, text, without })
  if (state.bbox) add('place', t('Place'), boxLabel(state.bbox), { bbox: null })
  if (state.intersects) add('place', t('Place'), t('drawn region'), { intersects: null })
  if (state.datetime) {
    const text = state.datetime.replace('..', '…').replace('/', ' – ')
    add('datetime', t('Period'), text, { datetime: '' })
  }
  for (const id of state.ids) add('ids', t('Model'), id, { ids: without(state.ids, id) })
  for (const id of state.collections) {
    add('collections', t('Collection'), id, { collections: without(state.collections, id) })
  }
  for (const [facet, values] of Object.entries(state.facets)) {
    for (const value of values) {
      const text = /^\d|\.\.|^[<>]/.test(value) && isRange(facet)
        ? rangeLabel(facet, value)
        : valueLabel(facet, value)
      const facets = { ...state.facets, [facet]: without(values, value) }
      add(facet, facetTitle(facet), text, { facets })
    }
  }
  if (state.have.length) add('have', t('Bands I have'), state.have.join(', '), { have: [] })
  if (state.filter) add('filter', t('Filter'), state.filter, { filter: '' })
  return found
}

/** @param {string} facet */
function isRange(facet) {
  return ['gsd', 'parameters', 'memory'].includes(facet)
}

/**
 * @param {string[]} values
 * @param {string} value
 */
function without(values, value) {
  return values.filter((other) => other !== value)
}

/** @param {[number, number, number, number]} box */
function boxLabel([w, s, e, n]) {
  const side = (/** @type {number} */ value) => String(Number(value.toFixed(2)))
  return `${side(w)}, ${side(s)}, ${side(e)}, ${side(n)}`
}
