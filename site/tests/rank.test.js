import assert from 'node:assert/strict'
import { test } from 'node:test'

import { rank } from '../assets/js/docs/rank.js'

const SECTIONS = [
  { location: 'a.html', title: 'Build a hub', text: 'Sources in, a hub out. The hub is a folder.' },
  { location: 'b.html', title: 'Publish', text: 'Copy the hub to any host. Build it before.' },
  { location: 'c.html', title: 'Search', text: 'By words and by place.' },
]

/** @param {string} asked */
const found = (asked) => rank(SECTIONS, asked).map(({ location }) => location)

test('every word must be there', () => {
  assert.deepEqual(found('hub folder'), ['a.html'])
  assert.deepEqual(found('hub nothing'), [])
})

test('a heading counts more than the text below it', () => {
  assert.deepEqual(found('BUILD'), ['a.html', 'b.html'])
  assert.deepEqual(found('publ'), ['b.html'])
})

test('no words ask nothing', () => {
  assert.deepEqual(found('  '), [])
})

test('words are text, not patterns', () => {
  assert.deepEqual(found('.*'), [])
})
