// Models side by side, with their differences marked.

import { t, tn } from '../i18n.js'
import { compare } from './compare.js'
import { openDialog } from './dialog.js'
import { byId, h } from './dom.js'
import { period, quantity } from './format.js'
import { facetTitle, valueLabel } from './labels.js'
import { modelHref } from './links.js'

/**
 * @typedef {import('./client.js').SearchHub} SearchHub
 * @typedef {import('./compare.js').Row} Row
 * @typedef {import('./state.js').State} State
 * @typedef {import('./store.js').Store} Store
 */

/** Values of a list that show at first. */
const MOST = 24

/**
 * The bar with what is to be compared, and the comparison itself.
 * @param {Store} store
 * @param {Promise<SearchHub>} hub
 */
export function comparison(store, hub) {
  const bar = byId('compare-bar')
  /** @type {HTMLDialogElement | null} */
  let dialog = null
  const close = () => {
    const open = dialog
    dialog = null
    open?.close()
  }
  return (/** @type {State} */ state) => {
    drawBar(bar, store, state)
    if (!state.comparing) return close()
    if (dialog?.dataset.models === state.compare.join()) return
    close()
    const body = h('div', { class: 'comparison', 'aria-busy': 'true' }, h('p', {}, t('Loading …')))
    const opened = openDialog(t('Comparison'), [body], 'comparison', () => {
      if (dialog === opened) store.set({ comparing: false })
    })
    opened.dataset.models = state.compare.join()
    dialog = opened
    void fill(body, state.compare, hub, store)
  }
}

/**
 * @param {HTMLElement} bar
 * @param {Store} store
 * @param {State} state
 */
function drawBar(bar, store, { compare: models }) {
  bar.hidden = models.length === 0
  document.body.classList.toggle('has-compare-bar', models.length > 0)
  if (bar.dataset.models === models.join()) return
  bar.dataset.models = models.join()
  const chips = models.map((model) => {
    const id = model.split('/')[1] ?? model
    return h('button', { type: 'button', class: 'chip condition', 'aria-label': t('Take {model} away', { model: id }), click: () => store.toggleCompared(model, Infinity) },
      h('span', { dir: 'auto', class: 'condition__text' }, id), h('span', { 'aria-hidden': 'true' }, '×'))
  })
  const show = h('button', { type: 'button', class: 'button button--primary', disabled: models.length < 2, click: () => store.set({ comparing: true }) },
    tn('Compare {n} model', 'Compare {n} models', models.length))
  const clear = h('button', { type: 'button', class: 'button button--quiet', click: () => store.set({ compare: [] }) }, t('Clear'))
  bar.replaceChildren(h('div', { class: 'compare-bar__in' }, h('div', { class: 'cluster compare-bar__chips' }, ...chips), h('div', { class: 'cluster' }, show, clear)))
}

/**
 * @param {HTMLElement} body
 * @param {string[]} models
 * @param {Promise<SearchHub>} hub
 * @param {Store} store
 */
async function fill(body, models, hub, store) {
  const read = models.map(async (model) => {
    const [collection = '', id = ''] = model.split('/')
    return (await hub).item(collection, id)
  })
  const answers = await Promise.allSettled(read)
  /** @type {Record<string, any>[]} */
  const items = []
  /** @type {string[]} */
  const missing = []
  answers.forEach((answer, at) => {
    if (answer.status === 'fulfilled') items.push(answer.value)
    else missing.push(models[at] ?? '')
  })
  body.removeAttribute('aria-busy')
  const notice = missing.length > 0 && h('p', { class: 'notice' }, t('Could not be read: {models}', { models: missing.join(', ') }))
  body.replaceChildren(...[notice, items.length > 0 && comparisonTable(items, store)].filter((part) => part !== false))
}

/**
 * @param {Record<string, any>[]} items
 * @param {Store} store
 */
function comparisonTable(items, store) {
  const rows = compare(items)
  const differing = rows.filter(({ differs }) => differs).length
  const only = h('input', { type: 'checkbox' })
  const table = h('table', { class: 'table comparison__table' },
    h('thead', {}, h('tr', {}, h('td', {}), ...items.map((item) => head(item, store)))),
    h('tbody', {}, ...rows.map(rowOf)))
  only.addEventListener('change', () => table.classList.toggle('comparison__table--differences', only.checked))
  const summary = tn('{n} of {all} rows differs.', '{n} of {all} rows differ.', differing, { all: rows.length })
  const bar = h('div', { class: 'comparison__bar' }, h('p', { class: 'muted' }, items.length > 1 ? summary : ''),
    h('label', { class: 'compare-box' }, only, t('Only differences')))
  return h('div', {}, bar, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t('Comparison') }, table))
}

/**
 * @param {Record<string, any>} item
 * @param {Store} store
 */
function head(item, store) {
  const model = { collection: String(item.collection), id: String(item.id) }
  const title = item.properties?.title ?? item.properties?.['mlm:name'] ?? item.id
  const away = () => store.toggleCompared(`${model.collection}/${model.id}`, Infinity)
  return h('th', { scope: 'col' }, h('a', { href: modelHref(model), dir: 'auto' }, String(title)),
    h('button', { type: 'button', class: 'comparison__away', 'aria-label': t('Take {model} away', { model: model.id }), click: away }, '×'))
}

/** @param {Row} row */
function rowOf({ name, values, differs }) {
  const mark = differs && h('span', { class: 'comparison__mark' }, h('span', { class: 'visually-hidden' }, ` (${t('differs')})`))
  return h('tr', { class: differs ? 'comparison__row--differs' : '' }, h('th', { scope: 'row' }, title(name), mark),
    ...values.map((value) => h('td', {}, cell(name, value))))
}

/** @param {string} name */
function title(name) {
  /** @type {Record<string, () => string>} */
  const titles = {
    input: () => t('Input'),
    output: () => t('Output'),
    classes: () => t('Classes'),
    pretrained_source: () => t('Pretrained on'),
    period: () => t('Period'),
    extent: () => t('Extent'),
    hyperparameters: () => t('Hyperparameters'),
  }
  return titles[name]?.() ?? facetTitle(name)
}

/**
 * @param {string} name
 * @param {any} value
 * @returns {Node | string}
 */
function cell(name, value) {
  if (value === undefined) return h('span', { class: 'muted', 'aria-label': t('not given') }, '–')
  if (name === 'period') return period(value[0], value[1]) || '–'
  if (name === 'extent') return value.map((/** @type {number} */ side) => Number(side.toFixed?.(2) ?? side)).join(', ')
  if (typeof value === 'number') return quantity(name, value)
  if (!Array.isArray(value)) return h('span', { dir: 'auto' }, valueLabel(name, String(value)))
  const parts = value.slice(0, MOST).map((part) => h('li', { dir: 'auto' }, valueLabel(name, String(part))))
  const rest = value.length - parts.length
  return h('ul', { class: 'list-plain comparison__list' }, ...parts, rest > 0 && h('li', { class: 'muted' }, tn('{n} more', '{n} more', rest)))
}
