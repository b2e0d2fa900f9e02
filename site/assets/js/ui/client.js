// The search engine, which runs in a worker, as the page's widgets see it.

import { openHub } from '../search/client.js'

/**
 * @typedef {import('../search/index.js').Hit} Hit
 * @typedef {import('./query.js').SearchQuery} SearchQuery
 * @typedef {{signal?: AbortSignal}} Cancel
 * @typedef {{hits: Hit[], offset: number, more: boolean, matched: number | null}} Found
 * @typedef {{kind: string, text: string, count?: number, id?: string, collection?: string}} Suggestion
 * @typedef {Object} SearchHub
 * @property {any} manifest
 * @property {Promise<any>} facets
 * @property {(query: SearchQuery, options: Cancel & {offset?: number, limit?: number}) => Promise<Found>} search
 * @property {(query: SearchQuery, options: Cancel) => Promise<number>} matched
 * @property {(query: SearchQuery, options: Cancel) => Promise<Record<string, any>>} facetCounts
 * @property {(text: string, options: Cancel & {limit?: number}) => Promise<Suggestion[]>} suggest
 * @property {(collection: string, id: string, options?: Cancel) => Promise<any>} item
 * @property {(query: SearchQuery, options: Cancel) => AsyncIterable<Hit>} each
 */

/**
 * @param {string} root The hub's address.
 * @param {string} worker The address of the worker's script.
 * @returns {Promise<SearchHub>}
 */
export function connect(root, worker) {
  return openHub(root, { worker: new URL(worker, document.baseURI) })
}
