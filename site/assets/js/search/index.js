/** The search engine of a hub's pages: files over HTTP, and nothing else. */

import { Engine } from './engine.js'
import { HubError } from './errors.js'
import { Files } from './files.js'
import { countFacets } from './counts.js'
import { itemPath } from './exact.js'
import { ALL_COLUMNS, HIT_COLUMNS, toHit } from './hits.js'
import { openSources } from './sources.js'
import { suggestions } from './suggest.js'
import { tallied } from './tally.js'

/** @typedef {import('./hits.js').Hit} Hit */
/** @typedef {import('./query.js').SearchQuery} SearchQuery */
/** @typedef {{signal?: AbortSignal|undefined}} Cancel */

export { HubError, QueryError } from './errors.js'

const INDEX = 'search/index.parquet'
const TERMS = 'search/terms.parquet'
const PAGE = 500

/**
 * Open a hub.
 *
 * @param {string} root URL of the hub; ends with a slash.
 * @param {{fetch?: import('./files.js').Fetch, whole?: number}} [options] Another fetch; and up to
 *   which size an index is read as a whole.
 * @returns {Promise<Hub>}
 */
export async function openHub(root, { fetch = (url, init) => globalThis.fetch(url, init), whole = 1 << 19 } = {}) {
  const files = new Files(root, fetch)
  const manifest = await files.json('search/manifest.json')
  if (!manifest?.files?.[INDEX] || !manifest.files[TERMS] || !Array.isArray(manifest.collections)) {
    throw new HubError('search/manifest.json is not a manifest of this version of geocairn', 'damaged')
  }
  files.known = manifest.files
  const { source, terms, common } = await openSources(files, manifest, whole)
  return new Hub(files, manifest, new Engine(source, terms, common, files))
}

/** An open hub. */
export class Hub {
  /** @type {Promise<any>|null} */
  #facets = null

  /** @param {Files} files @param {any} manifest @param {Engine} engine */
  constructor(files, manifest, engine) {
    this.files = files
    this.manifest = manifest
    this.engine = engine
  }

  /** Counts of every facet over the whole hub. @returns {Promise<any>} */
  get facets() {
    this.#facets ??= this.files.json('search/facets.json').catch((error) => {
      this.#facets = null
      throw error
    })
    return this.#facets
  }

  /**
   * Some of the matches, in order.
   *
   * @param {SearchQuery} query
   * @param {Cancel & {offset?: number, limit?: number, complete?: boolean}} [options] A large hub's
   *   hits have their keywords only where they are to be complete.
   * @returns {Promise<{hits: Hit[], offset: number, more: boolean, matched: number|null}>}
   */
  async search(query, { offset = 0, limit = 20, complete = false, signal } = {}) {
    const found = this.engine.find(query)
    const rows = await found.first(offset + limit + 1, signal)
    const page = rows.slice(offset, offset + limit)
    await this.engine.exact.columns(page, complete ? ALL_COLUMNS : HIT_COLUMNS, signal)
    // Once the answer is on its way. What is wrong with the words is told to who asks for them.
    setTimeout(() => this.engine.terms.warm?.().catch(() => {}))
    return { hits: page.map(toHit), offset, more: rows.length > offset + limit, matched: found.count }
  }

  /** How many items match. @param {SearchQuery} query @param {Cancel} [options] */
  async matched(query, { signal } = {}) {
    const found = this.engine.find(query)
    if (found.count === null && !(await found.settled(signal))) await found.all(signal)
    return /** @type {number} */ (found.count)
  }

  /**
   * Counts of facets over all that match.
   *
   * @param {SearchQuery} query
   * @param {Cancel} [options]
   * @returns {Promise<import('./counts.js').Counts>}
   */
  async facetCounts(query, { signal } = {}) {
    return countFacets(await tallied(this.engine, this.engine.find(query), signal))
  }

  /** @param {string} text @param {Cancel & {limit?: number}} [options] */
  suggest(text, { limit = 8, signal } = {}) {
    return suggestions(this, text, limit, signal)
  }

  /**
   * An item's JSON, as it is published.
   *
   * @param {string} collection
   * @param {string} id
   * @param {Cancel} [options]
   * @returns {Promise<any>}
   */
  item(collection, id, { signal } = {}) {
    return this.files.json(itemPath(collection, id), signal)
  }

  /**
   * All matches, in order, read as they are asked for.
   *
   * @param {SearchQuery} query
   * @param {Cancel} [options]
   * @returns {AsyncGenerator<Hit>}
   */
  async *each(query, { signal } = {}) {
    for (let offset = 0; ; offset += PAGE) {
      const { hits, more } = await this.search(query, { offset, limit: PAGE, complete: true, signal })
      yield* hits
      if (!more) return
    }
  }
}
