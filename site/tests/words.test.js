// What word searches rest on: hits by score, samples of many rows, and counts made from them.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { WordFacets } from '../assets/js/search/commonwords.js'
import { countFacets } from '../assets/js/search/counts.js'
import { spread } from '../assets/js/search/sample.js'
import { Tally } from '../assets/js/search/tally.js'
import { Hits, firstFrom } from '../assets/js/search/text.js'

test('the best score comes first, and of equal ones the lower row', () => {
  const rows = Uint32Array.from({ length: 500 }, (_, i) => 3 * i)
  const scores = Int32Array.from(rows, (row) => (row * 7919) % 23)
  scores[3] = 0
  const hits = new Hits(rows, scores, [])
  const score = (/** @type {number} */ row) => scores[hits.placeOf(row)] ?? NaN
  const expected = [...rows].sort((a, b) => score(b) - score(a) || a - b)
  assert.deepEqual([...hits.best], expected)
  assert.equal(hits.placeOf(4), -1)
  assert.deepEqual([...hits.pick([1, 2]).rows], [3, 6])
  assert.equal(firstFrom([1, 4, 9], 10), 3)
})

test('of many rows some frames are chosen, evenly spread', () => {
  const parts = Array.from({ length: 40 }, (_, n) => ({ first: 10_000 * n, rows: 10_000 }))
  const some = Uint32Array.from({ length: 300 }, (_, i) => 64 * i)
  assert.equal(spread(some, parts, 64), some)
  const all = Uint32Array.from({ length: 200_000 }, (_, i) => 2 * i)
  const chosen = Array.from(spread(all, parts, 64))
  assert.deepEqual(chosen, [...new Set(chosen)].sort((a, b) => a - b))
  assert.ok(chosen.length > 15_000 && chosen.length <= 32 * 768, `${chosen.length} rows`)
  assert.equal(chosen[0], 0)
  assert.ok((chosen.at(-1) ?? 0) > 399_000)
  assert.ok(new Set(chosen.map((row) => Math.floor(row / 20_000))).size >= 18, 'from everywhere')
})

/** @param {string} license @param {number} gsd */
const row = (license, gsd) => /** @type {any} */ ({ column: (/** @type {string} */ name) => ({ license, gsd, tasks: ['a', 'b'] })[name] ?? null })

test('counts of some rows are for all that match', () => {
  const tally = new Tally(['license', 'gsd', 'tasks', 'collection', 'month'], 30)
  tally.addRows([row('MIT', 3), row('MIT', 7), row('GPL', 30)])
  const counts = countFacets(tally)
  assert.deepEqual(counts.license, { MIT: 20, GPL: 10 })
  assert.deepEqual(counts.tasks, { a: 30, b: 30 })
  assert.deepEqual(counts.gsd.bins, [{ from: 2, to: 5, count: 10 }, { from: 5, to: 10, count: 10 }, { from: 20, to: 50, count: 10 }])
  assert.deepEqual(counts.estimated, { counted: 3, matched: 30 })
})

test('facets of a word are those of the hits that have it', () => {
  const head = { values: { license: ['GPL', 'MIT', null], gsd: [1, 10] }, groups: [{ columns: ['license', 'gsd'], codes: [[0, 0], [1, 1], [2, 0]] }] }
  const facets = new WordFacets(head, 3)
  facets.add(Uint32Array.of(2, 5, 9), Uint32Array.of(1, 2, 9), Uint8Array.of(0, 1, 2))
  assert.deepEqual(facets.others, [1])
  assert.equal(facets.row(0).column('license'), 'MIT')
  assert.equal(facets.row(2).column('license'), null)
  assert.deepEqual(facets.counts('gsd'), [[10, 1], [1, 1]])
  assert.deepEqual(facets.pick([2]).counts('license'), [[null, 1]])
  assert.ok(facets.tells(['gsd']) && !facets.tells(['start']))
  const tally = new Tally(['license'], 2)
  tally.addFacets(facets)
  assert.deepEqual(countFacets(tally).license, { MIT: 1 })
})
