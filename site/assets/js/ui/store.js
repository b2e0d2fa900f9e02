// The page's state, kept in the address: every change is a step that "back" undoes.

import { fromSearch, sameQuery, toSearch } from './state.js'

/** @typedef {import('./state.js').State} State */
/** @typedef {(state: State, before: State | null) => void} Listener */

/** Holds the state and tells those who listen when it changes. */
export class Store {
  /** @type {Listener[]} */
  #listeners = []
  /** What the last change was about; typing on is one step with what was typed before. */
  #lastTopic = ''

  constructor() {
    this.state = fromSearch(location.search)
    addEventListener('popstate', () => this.#changed(fromSearch(location.search)))
  }

  /** @param {Listener} listener */
  listen(listener) {
    this.#listeners.push(listener)
  }

  /** Tell everyone the state once, at the start. */
  start() {
    for (const listener of this.#listeners) listener(this.state, null)
  }

  /**
   * Change the state. What asks something else goes to the first page of it.
   * @param {Partial<State>} patch
   * @param {{topic?: string}} [options] Changes of one topic after another are one step.
   */
  set(patch, { topic = '' } = {}) {
    const next = { ...this.state, ...patch }
    const asksElse = !sameQuery(this.state, next) || next.sortby !== this.state.sortby
    if (asksElse && patch.page === undefined) next.page = 1
    const address = location.pathname + toSearch(next)
    const joined = topic !== '' && topic === this.#lastTopic
    this.#lastTopic = topic
    if (address !== location.pathname + location.search) {
      if (joined) history.replaceState(null, '', address)
      else history.pushState(null, '', address)
    }
    this.#changed(next)
  }

  /**
   * Choose a facet's values.
   * @param {string} facet
   * @param {string[]} values
   */
  choose(facet, values) {
    if (facet === 'collections') return this.set({ collections: values })
    const facets = { ...this.state.facets, [facet]: values }
    if (!values.length) delete facets[facet]
    this.set({ facets })
  }

  /**
   * Add a model to those compared, or take it away.
   * @param {string} model `collection/id`
   * @param {number} most
   */
  toggleCompared(model, most) {
    const { compare } = this.state
    const next = compare.includes(model)
      ? compare.filter((other) => other !== model)
      : [...compare, model].slice(0, most)
    this.set({ compare: next, comparing: this.state.comparing && next.length > 0 })
  }

  /** @param {State} next */
  #changed(next) {
    const before = this.state
    this.state = next
    for (const listener of this.#listeners) listener(next, before)
  }
}
