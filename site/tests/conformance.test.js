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

for (const whole of [1 << 24, 0]) {
  test(`questions that are asked at once, indexes up to ${whole}`, { skip: !root }, async () => {
    const hub = await openHub(String(root), { whole })
    for (const { name, query, expected } of cases.filter((one) => one.query.q || one.query.sortby)) {
      const limit = Math.max(1, Math.floor(expected.length / 3))
      const offsets = Array.from({ length: Math.ceil(expected.length / limit) }, (_, i) => i * limit)
      const ask = (/** @type {number} */ offset) => hub.search(query, { offset, limit })
      const [later, count, first] = await Promise.all([Promise.all(offsets.reverse().map(ask)), hub.matched(query), ask(0)])
      const ids = later.reverse().flatMap(({ hits }) => hits.map((hit) => hit.id))
      assert.deepEqual(ids, expected, name)
      assert.deepEqual(first.hits.map((hit) => hit.id), expected.slice(0, limit), name)
      assert.equal(count, expected.length, name)
    }
  })
}

test('a question that is given up does not harm the others', { skip: !root }, async () => {
  const hub = await openHub(String(root), { whole: 0 })
  for (const { name, query, expected } of cases.filter((one) => one.expected.length > 3)) {
    const controller = new AbortController()
    const given = hub.search(query, { limit: 2, signal: controller.signal }).catch((error) => error.name)
    const kept = hub.search(query, { limit: expected.length })
    controller.abort()
    assert.ok(['AbortError'].includes(await given) || (await given).hits, name)
    assert.deepEqual((await kept).hits.map((hit) => hit.id), expected, name)
  }
})
