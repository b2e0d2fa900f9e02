// Every query of the conformance suite, against a hub that tests/site/test_engine_node.py builds
// and serves: GEOCAIRN_HUB is its URL, GEOCAIRN_QUERIES the file of queries with what is expected.
// Each is asked of the indexes read whole, and read by range as those of a large hub are.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { openHub } from '../assets/js/search/index.js'

/** @typedef {{group: string, name: string, query: any, expected: string[], overlap?: number[]}} Case */

const root = process.env.GEOCAIRN_HUB
const file = process.env.GEOCAIRN_QUERIES
/** @type {Case[]} */
const cases = file ? JSON.parse(readFileSync(file, 'utf8')) : []

for (const [way, whole] of /** @type {const} */ ([['whole', 1 << 24], ['by range', 0]])) {
  test(`indexes read ${way}`, { skip: !root }, async (t) => {
    const hub = await openHub(String(root), { whole })
    for (const { group, name, query, expected, overlap } of cases) {
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
        if (overlap) assert.deepEqual(found.map((hit) => hit.overlap_percentage), overlap)
      })
    }
  })
}
