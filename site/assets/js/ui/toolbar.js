// What stands above the results: how many there are, what is asked for, order, view, copying.

import { t, tn } from '../i18n.js'
import { byId, h } from './dom.js'
import { conditions } from './labels.js'
import { cleared } from './messages.js'

/**
 * @typedef {import('./client.js').SearchHub} SearchHub
 * @typedef {import('./state.js').State} State
 * @typedef {import('./store.js').Store} Store
 */

/** Milliseconds after which the first results have been drawn. */
const LATER = 600

/** @returns {[string, string][]} */
function orders() {
  return [
    ['', t('Relevance')],
    ['-overlap', t('Covers most of the region')],
    ['overlap', t('Covers least of the region')],
    ['-created', t('Newest')],
    ['-datetime', t('Latest data')],
    ['title', t('Name, A to Z')],
    ['-title', t('Name, Z to A')],
    ['parameters', t('Smallest')],
    ['-parameters', t('Largest')],
  ]
}

/**
 * @param {Store} store
 * @param {Promise<SearchHub>} hub
 */
export function toolbar(store, hub) {
  const sort = sortChoice(store)
  const views = viewSwitch(store)
  const filters = fold('filters-switch', 'filters')
  const where = mapSwitch(store)
  wireCopies(store, hub)
  const filter = filterField(store)
  const chips = byId('conditions')
  return {
    /** @param {State} state */
    update(state) {
      sort(state)
      views(state)
      where()
      filter(state)
      const found = conditions(state)
      filters(found.length)
      chips.hidden = found.length === 0
      chips.replaceChildren(...chipsFor(state, store))
    },
    /** @param {number | null} matched */
    count(matched) {
      byId('count').textContent = matched === null ? '' : tn('{n} model', '{n} models', matched)
    },
  }
}

/**
 * @param {State} state
 * @param {Store} store
 */
function chipsFor(state, store) {
  const found = conditions(state).map(({ title, text, without }) =>
    h('li', {}, h('button', { type: 'button', class: 'chip condition', 'aria-label': t('Remove {condition}', { condition: `${title}: ${text}` }), click: () => store.set(without) },
      h('span', { class: 'condition__text', dir: 'auto' }, h('span', { class: 'condition__title' }, title), ' ', text), h('span', { 'aria-hidden': 'true' }, '×'))))
  if (found.length < 2) return found
  return [...found, h('li', {}, h('button', { type: 'button', class: 'button button--quiet button--small', click: () => store.set({ ...cleared(), q: state.q }) }, t('Remove all')))]
}

/** @param {Store} store */
function sortChoice(store) {
  /** @type {HTMLSelectElement} */
  const select = byId('sort')
  const known = orders()
  select.replaceChildren(...known.map(([value, label]) => h('option', { value }, label)))
  select.addEventListener('change', () => store.set({ sortby: select.value }))
  return (/** @type {State} */ { sortby, bbox, intersects, q }) => {
    const area = Boolean(bbox || intersects)
    for (const option of select.options) {
      if (option.value.endsWith('overlap')) option.disabled = !area
      if (option.value === '') option.textContent = q ? t('Relevance') : t('Local first')
      if (option.dataset.own && option.value !== sortby) option.remove()
    }
    if (![...select.options].some(({ value }) => value === sortby)) {
      select.append(h('option', { value: sortby, 'data-own': true }, sortby))
    }
    select.value = sortby
  }
}

/** @param {Store} store */
function viewSwitch(store) {
  const page = byId('search')
  const buttons = [...byId('views').querySelectorAll('button')]
  for (const button of buttons) {
    button.addEventListener('click', () => store.set({ view: button.value === 'table' ? 'table' : 'cards' }))
  }
  return (/** @type {State} */ { view }) => {
    page.dataset.view = view
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.value === view))
  }
}

/**
 * A button that shows and hides the facets where there is no room for them beside the results.
 * @param {string} button
 * @param {string} panel
 */
function fold(button, panel) {
  const switcher = byId(button)
  const place = byId(panel)
  const label = switcher.textContent ?? ''
  switcher.addEventListener('click', () => {
    const open = switcher.getAttribute('aria-expanded') !== 'true'
    switcher.setAttribute('aria-expanded', String(open))
    place.classList.toggle('filters--open', open)
  })
  return (/** @type {number} */ count) => {
    switcher.textContent = count ? `${label} (${count})` : label
  }
}

/**
 * The map shows unless the screen is small; either can be chosen.
 * @param {Store} store
 */
function mapSwitch(store) {
  const button = byId('map-switch')
  const page = byId('search')
  const wide = matchMedia('(min-width: 48rem)')
  const shown = () => (store.state.map ? store.state.map === 'shown' : wide.matches)
  const update = () => {
    page.dataset.map = shown() ? 'shown' : 'hidden'
    button.setAttribute('aria-expanded', String(shown()))
  }
  button.addEventListener('click', () => store.set({ map: shown() ? 'hidden' : 'shown' }))
  wide.addEventListener('change', update)
  return update
}

/** @param {Store} store The filter for those who know CQL2. */
function filterField(store) {
  /** @type {HTMLTextAreaElement} */
  const field = byId('filter')
  byId('filter-form').addEventListener('submit', (event) => {
    event.preventDefault()
    store.set({ filter: field.value.trim() })
  })
  return (/** @type {State} */ { filter }) => {
    if (document.activeElement !== field || !filter) field.value = filter
  }
}

/**
 * Copying and downloading; their code comes after the first results, for whoever goes offline then.
 * @param {Store} store
 * @param {Promise<SearchHub>} hub
 */
function wireCopies(store, hub) {
  const told = byId('told')
  const tell = (/** @type {string} */ text) => (told.textContent = text)
  const fail = (/** @type {unknown} */ error) => tell(error instanceof Error ? error.message : String(error))
  hub.then(() => setTimeout(() => void import('./share.js').catch(() => {}), LATER), () => {})
  byId('copy-as').addEventListener('click', async () => {
    try {
      const [{ openShare }, ready] = await Promise.all([import('./share.js'), hub])
      openShare(store.state, ready)
    } catch (error) {
      fail(error)
    }
  })
  for (const format of /** @type {const} */ (['json', 'csv'])) {
    byId(`download-${format}`).addEventListener('click', async () => {
      /** @type {HTMLDetailsElement} */ (byId('download')).open = false
      tell(t('Preparing the download …'))
      try {
        const [{ download }, ready] = await Promise.all([import('./share.js'), hub])
        await download(store.state, ready, format, tell, new AbortController().signal)
        if (format === 'csv' || !told.textContent) tell(t('Saved.'))
      } catch (error) {
        fail(error)
      }
    })
  }
  const menu = /** @type {HTMLDetailsElement} */ (byId('download'))
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return
    menu.open = false
    menu.querySelector('summary')?.focus()
  })
  menu.addEventListener('focusout', (event) => {
    if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false
  })
}
