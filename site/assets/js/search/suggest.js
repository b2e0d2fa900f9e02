/** How to go on with what someone types. */

import { tokens } from './words.js'

/**
 * @typedef {object} Suggestion
 * @property {'model'|'collection'|'keyword'|'architecture'|'word'} kind
 * @property {string} text
 * @property {number} [count] Items that have it.
 * @property {string} [id] Of a model or collection.
 * @property {string} [collection] Of a model.
 */

const MODELS = 3
const MOST_POSTINGS = 5000

/**
 * Collections, then keywords and architectures, then models, then words; a text of several words
 * is found by the beginning of any of them, and earlier words must all be in it.
 *
 * @param {import('./index.js').Hub} hub
 * @param {string} text
 * @param {number} limit
 * @param {AbortSignal} [signal]
 * @returns {Promise<Suggestion[]>}
 */
export async function suggestions(hub, text, limit, signal) {
  const words = tokens(text)
  if (!words.length) return []
  const facets = await hub.facets
  const found = [...collections(hub, words), ...values(facets, words)].slice(0, limit)
  const lists = await hub.engine.terms.lists(/** @type {string} */ (words.at(-1)), true, signal)
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const { term, rows } of lists) counts.set(term, (counts.get(term) ?? 0) + rows.length)
  const postings = [...counts.values()].reduce((a, b) => a + b, 0)
  if (postings <= MOST_POSTINGS && found.length < limit) found.push(...(await models(hub, text, signal)))
  const known = new Set(found.map((suggestion) => suggestion.text.toLowerCase()))
  const best = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  for (const [term, count] of best) {
    if (!known.has(term)) found.push({ kind: 'word', text: term, count })
  }
  return found.slice(0, limit)
}

/** @param {string[]} words @param {string[]} texts */
function fits(words, ...texts) {
  const own = texts.flatMap(tokens)
  const last = /** @type {string} */ (words.at(-1))
  return own.some((token) => token.startsWith(last)) && words.slice(0, -1).every((word) => own.includes(word))
}

/** @param {import('./index.js').Hub} hub @param {string[]} words @returns {Suggestion[]} */
function collections(hub, words) {
  /** @type {Array<{id: string, title: string|null, items: number}>} */
  const entries = hub.manifest.collections
  return entries
    .filter(({ id, title }) => fits(words, id, title ?? ''))
    .sort((a, b) => b.items - a.items)
    .map(({ id, title, items }) => ({ kind: 'collection', text: title ?? id, count: items, id }))
}

/** @param {any} facets @param {string[]} words @returns {Suggestion[]} */
function values(facets, words) {
  /** @type {Suggestion[]} */
  const found = []
  for (const [name, kind] of /** @type {const} */ ([['keywords', 'keyword'], ['architecture', 'architecture']])) {
    for (const [text, count] of facets[name]?.values ?? []) {
      if (fits(words, text)) found.push({ kind, text, count })
    }
  }
  return found.sort((a, b) => (b.count ?? 0) - (a.count ?? 0))
}

/** @param {import('./index.js').Hub} hub @param {string} text @param {AbortSignal} [signal] */
async function models(hub, text, signal) {
  const { hits } = await hub.search({ q: text }, { limit: MODELS, ...(signal ? { signal } : {}) })
  return hits.map(({ id, collection, title }) => ({ kind: /** @type {const} */ ('model'), text: title ?? id, id, collection }))
}
