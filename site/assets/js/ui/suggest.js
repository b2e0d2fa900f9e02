// The search box with suggestions: an ARIA combobox with a list.

import { number, t } from '../i18n.js'
import { byId, debounced, h, icon } from './dom.js'
import { modelHref } from './links.js'

/**
 * @typedef {import('./client.js').Suggestion} Suggestion
 * @typedef {import('./client.js').SearchHub} SearchHub
 * @typedef {import('./store.js').Store} Store
 */

const WAIT = 40
/** @type {Record<string, 'model' | 'folder' | 'tag' | 'word'>} */
const ICONS = { model: 'model', collection: 'folder', keyword: 'tag', architecture: 'tag' }

/**
 * @param {Store} store
 * @param {Promise<SearchHub>} hub
 */
export function searchBox(store, hub) {
  const box = new SearchBox(store, hub)
  store.listen(({ q }) => box.show(q))
}

class SearchBox {
  /** @type {HTMLInputElement} */
  #input = byId('q')
  #list = byId('suggestions')
  /** @type {Suggestion[]} */
  #shown = []
  #active = -1
  #abort = new AbortController()
  #suggest = debounced(() => void this.#load(), WAIT)

  /** @param {Store} store @param {Promise<SearchHub>} hub */
  constructor(store, hub) {
    this.store = store
    this.hub = hub
    this.#input.addEventListener('input', () => {
      // At once: an answer to what stood here before could come in between, and show.
      this.#commit()
      this.#suggest()
    })
    this.#input.addEventListener('keydown', (event) => this.#key(event))
    this.#input.addEventListener('blur', () => this.#close())
    byId('search-form').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#commit()
      this.#close()
    })
    this.#list.addEventListener('mousedown', (event) => {
      event.preventDefault() // The focus stays in the field.
      const option = /** @type {Element} */ (event.target).closest('[role=option]')
      if (option) this.#choose(Number(option.getAttribute('data-at')))
    })
  }

  /** @param {string} q */
  show(q) {
    if (this.#input.value !== q && this.#input.value.trim() !== q) this.#input.value = q
  }

  #commit() {
    const q = this.#input.value.trim()
    if (q !== this.store.state.q) this.store.set({ q }, { topic: 'q' })
  }

  async #load() {
    this.#abort.abort()
    this.#abort = new AbortController()
    const { signal } = this.#abort
    const text = this.#input.value
    if (!text.trim()) return this.#close()
    try {
      const found = await (await this.hub).suggest(text, { limit: 8, signal })
      if (!signal.aborted && document.activeElement === this.#input) this.#open(found)
    } catch {
      this.#close() // The search itself tells what is wrong.
    }
  }

  /** @param {Suggestion[]} found */
  #open(found) {
    this.#shown = found
    this.#active = -1
    this.#list.replaceChildren(...found.map((suggestion, at) => option(suggestion, at)))
    this.#list.hidden = found.length === 0
    this.#input.setAttribute('aria-expanded', String(found.length > 0))
    this.#input.removeAttribute('aria-activedescendant')
  }

  #close() {
    this.#suggest.cancel()
    this.#abort.abort()
    this.#open([])
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const count = this.#shown.length
    if (event.key === 'Escape' && count) {
      event.preventDefault()
      this.#close()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!count) return this.#suggest()
      const by = event.key === 'ArrowDown' ? 1 : -1
      // One place more than options: the field itself.
      this.#activate(((this.#active + 1 + by + count + 1) % (count + 1)) - 1)
    } else if (event.key === 'Enter' && this.#active >= 0) {
      event.preventDefault()
      this.#choose(this.#active)
    }
  }

  /** @param {number} at */
  #activate(at) {
    this.#active = at
    ;[...this.#list.children].forEach((one, place) => {
      one.setAttribute('aria-selected', String(place === at))
      if (place === at) one.scrollIntoView({ block: 'nearest' })
    })
    if (at >= 0) this.#input.setAttribute('aria-activedescendant', `suggestion-${at}`)
    else this.#input.removeAttribute('aria-activedescendant')
  }

  /** @param {number} at */
  #choose(at) {
    const chosen = this.#shown[at]
    if (!chosen) return
    this.#close()
    const { kind, text, id, collection } = chosen
    if (kind === 'model' && id && collection) {
      location.assign(modelHref({ id, collection }))
      return
    }
    const { facets, collections } = this.store.state
    if (kind === 'word') return this.#take({ q: this.#completed(text) })
    const q = ''
    if (kind === 'collection') return this.#take({ q, collections: [...new Set([...collections, id ?? text])] })
    const facet = kind === 'architecture' ? 'architecture' : 'keywords'
    const values = [...new Set([...(facets[facet] ?? []), text])]
    this.#take({ q, facets: { ...facets, [facet]: values } })
  }

  /** @param {Partial<import('./state.js').State>} patch */
  #take(patch) {
    this.#input.value = patch.q ?? ''
    this.store.set(patch)
  }

  /** @param {string} word In place of the word that was begun. */
  #completed(word) {
    return this.#input.value.replace(/[^\s]*$/, word)
  }
}

/**
 * @param {Suggestion} suggestion
 * @param {number} at
 */
function option({ kind, text, count }, at) {
  /** @type {Record<string, () => string>} */
  const kinds = {
    model: () => t('Model'),
    collection: () => t('Collection'),
    keyword: () => t('Keyword'),
    architecture: () => t('Architecture'),
    word: () => t('Word'),
  }
  return h(
    'li',
    { role: 'option', id: `suggestion-${at}`, 'data-at': at, 'aria-selected': 'false', class: 'suggestion' },
    icon(ICONS[kind] ?? 'word'),
    h('span', { class: 'suggestion__text', dir: 'auto' }, text),
    h('span', { class: 'suggestion__kind' }, kinds[kind]?.() ?? kind, count === undefined ? '' : ` · ${number(count)}`),
  )
}
