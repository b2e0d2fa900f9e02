// Puts the search page together, and searches whenever the state asks something else.

import { connect } from './client.js'
import { comparison } from './comparing.js'
import { countsFor } from './counts.js'
import { byId } from './dom.js'
import { facetPanel } from './facets.js'
import { hubRoot } from './links.js'
import { emptyMessage, errorMessage } from './messages.js'
import { prepareLand } from './minimap.js'
import { paging } from './paging.js'
import { pictures } from './pictures.js'
import { placePanel } from './place.js'
import { toQuery } from './query.js'
import { cards, markCompared, table } from './results.js'
import { PAGE_SIZE, sameQuery } from './state.js'
import { Store } from './store.js'
import { searchBox } from './suggest.js'
import { timeline } from './timeline.js'
import { toolbar } from './toolbar.js'

/**
 * @typedef {import('./client.js').Found} Found
 * @typedef {import('./client.js').SearchHub} SearchHub
 * @typedef {import('./state.js').State} State
 */

/** Milliseconds before results that are being replaced fade. */
const PATIENCE = 120

export class SearchPage {
  #store = new Store()
  #element = byId('search')
  #results = byId('results')
  #pages = byId('paging')
  #abort = new AbortController()
  /** @type {Promise<SearchHub>} */
  #hub = connect(hubRoot(), this.#element.dataset.worker ?? '')
  #place = placePanel(this.#store, this.#element)
  #timeline = timeline(this.#store)
  #bar = toolbar(this.#store, this.#hub)
  #compare = comparison(this.#store, this.#hub)
  #picture = pictures(this.#hub, hubRoot())
  /** @type {ReturnType<typeof facetPanel> | null} */
  #facets = null
  /** @type {Found | null} What shows now. */
  #found = null

  start() {
    this.#hub.catch(() => {}) // Told by the search, which waits for it too.
    searchBox(this.#store, this.#hub)
    this.#store.listen((state, before) => this.#changed(state, before))
    void this.#place.ready.then(prepareLand)
    this.#linkMap()
    this.#store.start()
  }

  /**
   * @param {State} state
   * @param {State | null} before
   */
  #changed(state, before) {
    this.#place.update(state)
    this.#timeline.update(state, null)
    this.#bar.update(state)
    this.#compare(state)
    const asksElse = !before || !sameQuery(state, before)
    if (asksElse || state.page !== before.page || state.sortby !== before.sortby) {
      void this.#search(asksElse)
    } else if (state.view !== before.view) this.#show()
    markCompared(this.#results, state)
  }

  /** @param {boolean} count Whether the counts change too. */
  async #search(count) {
    this.#abort.abort()
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const fading = setTimeout(() => this.#results.setAttribute('aria-busy', 'true'), PATIENCE)
    try {
      const hub = await this.#hub
      this.#facets ??= facetPanel(byId('facets'), this.#store, titlesOf(hub))
      const { state } = this.#store
      const offset = (state.page - 1) * PAGE_SIZE
      const found = await hub.search(toQuery(state), { offset, limit: PAGE_SIZE, signal })
      if (signal.aborted) return
      this.#found = found
      if (!found.hits.length && offset) return this.#store.set({ page: 1 })
      this.#show()
      void this.#count(hub, found, signal)
      if (count) void this.#countFacets(hub, state, signal)
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
    } finally {
      clearTimeout(fading)
      if (!signal.aborted) this.#results.removeAttribute('aria-busy')
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    const again = () => {
      this.#hub = connect(hubRoot(), this.#element.dataset.worker ?? '')
      this.#hub.catch(() => {})
      void this.#search(true)
    }
    this.#found = null
    this.#results.replaceChildren(errorMessage(error, again))
    this.#pages.replaceChildren()
    this.#place.map.setHits([])
    this.#bar.count(null)
  }

  /**
   * The number of all that match, which may come later than the first of them.
   * @param {SearchHub} hub
   * @param {Found} found
   * @param {AbortSignal} signal
   */
  async #count(hub, found, signal) {
    try {
      found.matched ??= found.more
        ? await hub.matched(toQuery(this.#store.state), { signal })
        : found.offset + found.hits.length
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
    }
    if (signal.aborted || found !== this.#found) return
    this.#bar.count(found.matched)
    this.#showPages()
  }

  /**
   * @param {SearchHub} hub
   * @param {State} state
   * @param {AbortSignal} signal
   */
  async #countFacets(hub, state, signal) {
    try {
      const counts = await countsFor(hub, state, signal)
      if (signal.aborted) return
      this.#facets?.update(counts, this.#store.state)
      this.#timeline.update(this.#store.state, counts)
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
    }
  }

  async #show() {
    if (!this.#found) return
    const { hits } = this.#found
    const { state } = this.#store
    this.#place.map.setHits(hits)
    if (hits.length) {
      const made = state.view === 'table' ? table(hits, this.#store) : cards(hits, this.#store, this.#picture)
      this.#results.replaceChildren(made)
      markCompared(this.#results, state)
    } else {
      this.#results.replaceChildren(emptyMessage(state, await this.#hub, this.#store, this.#abort.signal))
    }
    this.#showPages()
  }

  #showPages() {
    if (!this.#found) return
    const turned = () => {
      byId('toolbar').scrollIntoView()
      byId('count').focus({ preventScroll: true })
    }
    const made = this.#found.hits.length ? paging(this.#store, this.#found, turned) : null
    this.#pages.replaceChildren(...(made ? [made] : []))
  }

  /** A result that is pointed at or has the focus stands out on the map, and the other way round. */
  #linkMap() {
    const { map } = this.#place
    const point = (/** @type {Event} */ event) => {
      const row = event.target instanceof Element ? event.target.closest('[data-model]') : null
      map.highlight(row?.getAttribute('data-model') ?? null)
    }
    for (const name of ['pointerover', 'focusin']) this.#results.addEventListener(name, point)
    for (const name of ['pointerleave', 'focusout']) {
      this.#results.addEventListener(name, () => map.highlight(null))
    }
    map.canvas.addEventListener('pointerover', (event) => {
      const shape = event.target instanceof Element ? event.target.closest('[data-model]') : null
      const model = shape?.getAttribute('data-model') ?? null
      map.highlight(model)
      for (const row of this.#results.querySelectorAll('[data-model]')) {
        row.classList.toggle('result--on', model !== null && row.getAttribute('data-model') === model)
      }
    })
  }
}

/** @param {SearchHub} hub */
function titlesOf(hub) {
  /** @type {{id: string, title?: string}[]} */
  const collections = hub.manifest.collections
  return new Map(collections.map(({ id, title }) => [id, title || id]))
}
