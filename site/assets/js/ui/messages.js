// What to say when there is nothing to show.

import { t, tn } from '../i18n.js'
import { h } from './dom.js'
import { conditions } from './labels.js'
import { toQuery } from './query.js'

/**
 * @typedef {import('./client.js').SearchHub} SearchHub
 * @typedef {import('./state.js').State} State
 * @typedef {import('./store.js').Store} Store
 */

/** What is asked about when nothing matches, at most. */
const MOST_ASKED = 8

/**
 * @param {unknown} error
 * @param {() => void} again
 */
export function errorMessage(error, again) {
  const { code = '', message = String(error) } = /** @type {{code?: string, message?: string}} */ (error ?? {})
  const asked = code === 'query'
  return h(
    'div',
    { class: 'message message--error', role: 'alert' },
    h('h2', { class: 'message__title' }, asked ? t('This search cannot be read') : t('The search does not work right now')),
    h('p', {}, explanation(code)),
    h('p', { class: 'message__detail', lang: 'en' }, message),
    !asked && h('button', { type: 'button', class: 'button', click: again }, t('Try again')),
  )
}

/** @param {string} code */
function explanation(code) {
  /** @type {Record<string, () => string>} */
  const texts = {
    missing: () => t('A file of the search index is missing on the server. The hub may just be being published: try again in a moment.'),
    truncated: () => t('A file of the search index arrived incomplete, or belongs to another build. Reload the page; if that does not help, the hub must be published again.'),
    'no-range': () => t('The server does not send parts of files (HTTP Range requests), which a hub of this size needs. Its administrator can turn that on.'),
    network: () => t('The server cannot be reached. Check the connection.'),
    damaged: () => t('A file of the search index cannot be read. The hub must be published again.'),
    query: () => t('Change or remove the condition named here.'),
  }
  return (texts[code] ?? (() => t('Something unexpected happened.')))()
}

/**
 * Nothing found: what to leave out, and how much that would give.
 * @param {State} state
 * @param {SearchHub} hub
 * @param {Store} store
 * @param {AbortSignal} signal
 */
export function emptyMessage(state, hub, store, signal) {
  const list = h('ul', { class: 'message__ways list-plain' })
  const all = conditions(state).map(({ title, text, without }) => ({ text: `${title}: ${text}`, without }))
  if (state.q) all.unshift({ text: t('words “{words}”', { words: state.q }), without: { q: '' } })
  if (all.length > 1) void ask(all.slice(0, MOST_ASKED), state, hub, store, list, signal)
  const element = h(
    'div',
    { class: 'message' },
    h('h2', { class: 'message__title' }, hub.manifest.items ? t('No model matches all of this') : t('This hub has no models yet')),
    all.length > 0 && h('p', {}, all.length > 1 ? t('Leave out one condition:') : t('Try other words, a larger region or a longer period.')),
    list,
    all.length > 0 && h('button', { type: 'button', class: 'button', click: () => store.set(cleared()) }, t('Start over')),
  )
  return element
}

/** The change that asks for everything. @returns {Partial<State>} */
export function cleared() {
  return { q: '', bbox: null, intersects: null, datetime: '', ids: [], collections: [], facets: {}, have: [], filter: '' }
}

/**
 * @param {{text: string, without: Partial<State>}[]} ways
 * @param {State} state
 * @param {SearchHub} hub
 * @param {Store} store
 * @param {HTMLElement} list
 * @param {AbortSignal} signal
 */
async function ask(ways, state, hub, store, list, signal) {
  for (const { text, without } of ways) {
    try {
      const count = await hub.matched(toQuery({ ...state, ...without }), { signal })
      if (signal.aborted) return
      if (!count) continue
      const gain = tn('{n} model', '{n} models', count)
      list.append(h('li', {}, h('button', { type: 'button', class: 'relax', click: () => store.set(without) },
        h('span', { dir: 'auto' }, text), h('span', { class: 'relax__gain' }, gain))))
    } catch {
      return // The search itself tells what is wrong.
    }
  }
}
