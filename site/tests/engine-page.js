// A page of tests: the engine in a worker, and questions to it as a page asks them.

import { openHub } from '../assets/js/search/client.js'

/** @type {any} */ (globalThis).engine = {
  /** Open the hub in whose folder this page lies, one level down. @param {number} [whole] */
  async open(whole) {
    const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' })
    return openHub(new URL('../', location.href).href, { worker, ...(whole === undefined ? {} : { whole }) })
  },

  /**
   * Ask a query page by page.
   *
   * @param {any} hub
   * @param {{query: any, expected: string[]}} asked
   */
  async answer(hub, { query, expected }) {
    const limit = Math.max(1, Math.floor(expected.length / 3))
    const hits = []
    for (let offset = 0, more = true; more; offset += limit) {
      const page = await hub.search(query, { offset, limit })
      hits.push(...page.hits)
      more = page.more
    }
    const overlap = hits.map((hit) => hit.overlap_percentage ?? null)
    const [matched, counts] = [await hub.matched(query), await hub.facetCounts(query)]
    return { ids: hits.map((hit) => hit.id), matched, overlap, counts }
  },
}
