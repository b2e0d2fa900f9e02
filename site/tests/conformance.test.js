// Every query of the conformance suite, against a hub that tests/site/test_engine_node.py builds
// and serves: GEOCAIRN_HUB is its URL, GEOCAIRN_QUERIES the file of queries with what is expected.
// Each is asked of the indexes read whole, and read by range as those of a large hub are.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { openHub } from '../assets/js/search/index.js'

/**
 * @typedef {object} Case
 * @property {string} group
 * @property {string} name
 * @property {any} query
 * @property {string[]} expected
 * @property {number[]} [overlap]
 * @property {Record<string, Record<string, number>>} counts
 */

const root = process.env.GEOCAIRN_HUB
const file = process.env.GEOCAIRN_QUERIES
/** @type {Case[]} */
const cases = file ? JSON.parse(readFileSync(file, 'utf8')) : []

assert.ok(!root || cases.every(({ counts }) => 'license' in counts))

for (const [way, whole] of /** @type {const} */ ([['whole', 1 << 24], ['by range', 0]])) {
  test(`indexes read ${way}`, { skip: !root }, async (t) => {
    const hub = await openHub(String(root), { whole })
    for (const { group, name, query, expected, overlap, counts } of cases) {
      await t.test(`${group}: ${name}`, async () => {
        const limit = Math.max(1, Math.floor(expected.length / 3))
        const found = []
        for (let offset = 0, more = true; more; offset += limit) {
          const page = await hub.search(query, { offset, limit })
          found.push(...page.hits)
          more = page.more
        }
        assert.deepEqual(found.map((hit) => hit.id), expected)
        assert.equal(await hub.matched(query), expected.length)
        const counted = await hub.facetCounts(query)
        for (const facet of Object.keys(counts)) {
          // Of large hubs, facets with a value for nearly every item are not counted.
          if (counted[facet] || !['keywords', 'version'].includes(facet)) assert.deepEqual(counted[facet], counts[facet], facet)
        }
        if (overlap) assert.deepEqual(found.map((hit) => hit.overlap_percentage), overlap)
      })
    }
  })
}
