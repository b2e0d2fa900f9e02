/** The search engine as a page sees it: the same interface, answered by a worker. */

import { HubError, QueryError } from './errors.js'

/** @typedef {import('./hits.js').Hit} Hit */
/** @typedef {import('./query.js').SearchQuery} SearchQuery */
/** @typedef {import('./serve.js').End} End */
/** @typedef {{signal?: AbortSignal|undefined}} Cancel */

const PAGE = 500

/**
 * Open a hub through a worker.
 *
 * @param {string} root Absolute URL of the hub; ends with a slash.
 * @param {{worker: End|string|URL, whole?: number}} options A worker, or the URL of its script;
 *   and up to which size an index is read as a whole.
 * @returns {Promise<HubClient>}
 */
export async function openHub(root, { worker, ...options }) {
  const end = typeof worker === 'string' || worker instanceof URL ? new Worker(worker, { type: 'module' }) : worker
  const channel = new Channel(end)
  const manifest = await channel.ask('open', [new URL(root, globalThis.location?.href).href, options])
  return new HubClient(channel, manifest)
}

/** An open hub. */
export class HubClient {
  /** @type {Promise<any>|null} */
  #facets = null

  /** @param {Channel} channel @param {any} manifest */
  constructor(channel, manifest) {
    this.channel = channel
    this.manifest = manifest
  }

  /** Counts of every facet over the whole hub. @returns {Promise<any>} */
  get facets() {
    this.#facets ??= this.channel.ask('facets', []).catch((error) => {
      this.#facets = null
      throw error
    })
    return this.#facets
  }

  /**
   * @param {SearchQuery} query
   * @param {Cancel & {offset?: number, limit?: number, complete?: boolean}} [options]
   * @returns {Promise<{hits: Hit[], offset: number, more: boolean, matched: number|null}>}
   */
  search(query, { signal, ...options } = {}) {
    return this.channel.ask('search', [query, options], signal)
  }

  /** @param {SearchQuery} query @param {Cancel} [options] @returns {Promise<number>} */
  matched(query, { signal } = {}) {
    return this.channel.ask('matched', [query, {}], signal)
  }

  /** @param {SearchQuery} query @param {Cancel} [options] @returns {Promise<import('./counts.js').Counts>} */
  facetCounts(query, { signal } = {}) {
    return this.channel.ask('facetCounts', [query, {}], signal)
  }

  /**
   * @param {string} text
   * @param {Cancel & {limit?: number}} [options]
   * @returns {Promise<import('./suggest.js').Suggestion[]>}
   */
  suggest(text, { signal, ...options } = {}) {
    return this.channel.ask('suggest', [text, options], signal)
  }

  /** @param {string} collection @param {string} id @param {Cancel} [options] @returns {Promise<any>} */
  item(collection, id, { signal } = {}) {
    return this.channel.ask('item', [collection, id], signal)
  }

  /** @param {SearchQuery} query @param {Cancel} [options] @returns {AsyncGenerator<Hit>} */
  async *each(query, { signal } = {}) {
    for (let offset = 0; ; offset += PAGE) {
      const { hits, more } = await this.search(query, { offset, limit: PAGE, complete: true, signal })
      yield* hits
      if (!more) return
    }
  }
}

/** Questions and answers by number. */
class Channel {
  /** @param {End} end */
  constructor(end) {
    this.end = end
    this.last = 0
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: unknown) => void}>} */
    this.open = new Map()
    const hear = /** @type {any} */ (end)
    hear.addEventListener('message', (/** @type {{data: any}} */ { data }) => this.settle(data))
    hear.addEventListener('error', (/** @type {any} */ event) => this.fail(event?.message))
    hear.start?.()
  }

  /**
   * @param {string} method
   * @param {any[]} args
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  ask(method, args, signal) {
    const id = ++this.last
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const cancel = () => {
        this.open.delete(id)
        this.end.postMessage({ id, cancel: true })
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', cancel, { once: true })
      const done = (/** @type {(value: any) => void} */ settle) => (/** @type {any} */ value) => {
        signal?.removeEventListener('abort', cancel)
        settle(value)
      }
      this.open.set(id, { resolve: done(resolve), reject: done(reject) })
      this.end.postMessage({ id, method, args })
    })
  }

  /** @param {import('./serve.js').Answer} answer */
  settle({ id, result, error }) {
    const waiting = this.open.get(id)
    this.open.delete(id)
    if (error) waiting?.reject(revived(error))
    else waiting?.resolve(result)
  }

  /** The worker cannot run at all. @param {string|undefined} message */
  fail(message) {
    const error = new HubError(`the search does not start: ${message ?? 'its script cannot be loaded'}`, 'missing')
    for (const { reject } of this.open.values()) reject(error)
    this.open.clear()
  }
}

/** @param {{name: string, message: string, code?: string}} told */
function revived({ name, message, code }) {
  if (name === 'HubError') return new HubError(message, /** @type {any} */ (code))
  if (name === 'QueryError') return new QueryError(message)
  return Object.assign(new Error(message), { name })
}
