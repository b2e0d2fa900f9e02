// Results as cards or as a table.

import { t, tn } from '../i18n.js'
import { offered } from './bands.js'
import { h, svg } from './dom.js'
import { period, quantity, share } from './format.js'
import { valueLabel } from './labels.js'
import { collectionHref, modelHref } from './links.js'
import { miniMap } from './minimap.js'
import { MOST_COMPARED } from './state.js'

/**
 * @typedef {import('./client.js').Hit} Hit
 * @typedef {import('./state.js').State} State
 * @typedef {import('./store.js').Store} Store
 */

/**
 * @param {Hit[]} hits
 * @param {Store} store
 * @param {(card: Element, hit: Hit) => void} picture Called for each card; may put a picture in.
 */
export function cards(hits, store, picture) {
  return h(
    'ul',
    { class: 'results list-plain' },
    ...hits.map((hit) => {
      const element = card(hit, store)
      picture(element, hit)
      return element
    }),
  )
}

/**
 * @param {Hit} hit
 * @param {Store | null} store Null where nothing is compared.
 */
export function card(hit, store) {
  const { facets } = hit
  const model = `${hit.collection}/${hit.id}`
  const heading = h(
    'h3',
    { class: 'result__title' },
    h('a', { href: modelHref(hit), dir: 'auto' }, hit.title || hit.id),
  )
  const tasks = list(facets.tasks).map((task) => h('span', { class: 'badge badge--accent' }, valueLabel('tasks', task)))
  const by = [list(facets.providers)[0], hit.collection].filter(Boolean).join(' · ')
  return h(
    'li',
    { class: 'card card--link result', 'data-model': model },
    h('div', { class: 'result__picture' }, miniMap(hit.bbox)),
    h(
      'div',
      { class: 'result__text' },
      heading,
      h('p', { class: 'result__by', dir: 'auto' }, by),
      tasks.length > 0 && h('p', { class: 'cluster result__tasks' }, ...tasks.slice(0, 3)),
      h('p', { class: 'result__facts' }, ...facts(hit)),
      h('div', { class: 'result__foot' }, overlap(hit), store && compareBox(hit, store)),
    ),
  )
}

/** @param {Hit} hit Facts in a line, with dots between. */
function facts(hit) {
  const { facets } = hit
  const bands = offered(list(facets.bands)).length
  const parts = [
    facets.architecture,
    facets.framework,
    facets.gsd === null ? '' : quantity('gsd', facets.gsd),
    facets.parameters === null ? '' : t('{n} parameters', { n: quantity('parameters', facets.parameters) }),
    facets.parameters === null && bands ? tn('{n} band', '{n} bands', bands) : '',
    facets.license,
    period(hit.start, hit.end),
  ]
  return parts.filter(Boolean).map((part) => h('span', { dir: 'auto' }, part))
}

/** @param {Hit} hit */
function overlap(hit) {
  const value = hit.overlap_percentage
  if (value === undefined) return h('span')
  const bar = svg('svg', { class: 'overlap__bar', viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { width: 100, height: 4, class: 'overlap__whole' }),
    svg('rect', { width: Math.min(100, value), height: 4, class: 'overlap__part' }))
  return h('span', { class: 'overlap' }, bar, t('covers {share}', { share: share(value) }))
}

/**
 * @param {Hit} hit
 * @param {Store} store
 */
function compareBox(hit, store) {
  const model = `${hit.collection}/${hit.id}`
  const name = t('Compare {model}', { model: hit.title || hit.id })
  const box = h('input', { type: 'checkbox', 'data-compare': model, 'aria-label': name })
  box.addEventListener('change', () => store.toggleCompared(model, MOST_COMPARED))
  return h('label', { class: 'compare-box' }, box, h('span', { class: 'compare-box__text' }, t('Compare')))
}

/**
 * Tick what is compared; no more can be ticked when it is enough.
 * @param {ParentNode} place
 * @param {State} state
 */
export function markCompared(place, { compare }) {
  for (const box of place.querySelectorAll('input[data-compare]')) {
    const input = /** @type {HTMLInputElement} */ (box)
    input.checked = compare.includes(input.dataset.compare ?? '')
    input.disabled = !input.checked && compare.length >= MOST_COMPARED
  }
}

/**
 * @param {Hit[]} hits
 * @param {Store} store
 */
export function table(hits, store) {
  const overlaps = hits.some((hit) => hit.overlap_percentage !== undefined)
  /** @type {[string, string, (hit: Hit) => Node | string][]} Heading, order, content. */
  const columns = [
    [t('Model'), 'title', (hit) => h('a', { href: modelHref(hit), dir: 'auto' }, hit.title || hit.id)],
    [t('Collection'), 'collection', (hit) => h('a', { href: collectionHref(hit.collection) }, hit.collection)],
    [t('Task'), '', (hit) => list(hit.facets.tasks).map((task) => valueLabel('tasks', task)).join(', ')],
    [t('Architecture'), 'architecture', (hit) => hit.facets.architecture ?? ''],
    [t('Framework'), 'framework', (hit) => hit.facets.framework ?? ''],
    [t('Resolution'), 'gsd', (hit) => amount('gsd', hit.facets.gsd)],
    [t('Parameters'), 'parameters', (hit) => amount('parameters', hit.facets.parameters)],
    [t('Licence'), 'license', (hit) => hit.facets.license ?? ''],
    [t('Period'), 'datetime', (hit) => period(hit.start, hit.end)],
    ...(overlaps
      ? /** @type {[string, string, (hit: Hit) => string][]} */ ([
          [t('Overlap'), 'overlap', (hit) => (hit.overlap_percentage === undefined ? '' : share(hit.overlap_percentage))],
        ])
      : []),
    [t('Compare'), '', (hit) => compareBox(hit, store)],
  ]
  const head = columns.map(([title, field]) => heading(title, field, store))
  const rows = hits.map((hit) =>
    h('tr', { 'data-model': `${hit.collection}/${hit.id}` },
      ...columns.map(([, , content], at) => (at ? h('td', { dir: 'auto' }, content(hit)) : h('th', { scope: 'row' }, content(hit))))),
  )
  const caption = h('caption', { class: 'visually-hidden' }, t('Models found'))
  return h('div', { class: 'scroll results-table', tabindex: 0, role: 'region', 'aria-label': t('Models found') },
    h('table', { class: 'table' }, caption, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)))
}

/**
 * A heading that sorts, if its column can be sorted by.
 * @param {string} title
 * @param {string} field
 * @param {Store} store
 */
function heading(title, field, store) {
  if (!field) return h('th', { scope: 'col' }, title)
  const { sortby } = store.state
  const up = sortby === field
  const down = sortby === `-${field}`
  const sort = () => store.set({ sortby: up ? `-${field}` : field })
  const sign = up ? ' ↑' : down ? ' ↓' : ''
  return h(
    'th',
    { scope: 'col', 'aria-sort': up ? 'ascending' : down ? 'descending' : undefined },
    h('button', { type: 'button', class: 'sort-button', 'data-sort': field, click: sort }, title, h('span', { 'aria-hidden': 'true' }, sign)),
  )
}

/**
 * @param {string} facet
 * @param {number | null} value
 */
function amount(facet, value) {
  return value === null || value === undefined ? '' : quantity(facet, value)
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
function list(value) {
  return Array.isArray(value) ? value : []
}
