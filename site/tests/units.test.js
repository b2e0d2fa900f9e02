// Parts of the engine by themselves: words, times, filters, and which bytes are asked for.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { condition } from '../assets/js/search/cql/evaluate.js'
import { parseText } from '../assets/js/search/cql/text.js'
import { HubError, QueryError } from '../assets/js/search/errors.js'
import { Files } from '../assets/js/search/files.js'
import { parseFilter, parseQuery } from '../assets/js/search/query.js'
import { formatInstant, parseInterval } from '../assets/js/search/times.js'
import { compareText, queryTokens, tokens, wordWeight } from '../assets/js/search/words.js'

test('text is folded to words', () => {
  assert.deepEqual(tokens('U-Net für Überschwemmungen'), ['u', 'net', 'fur', 'uberschwemmungen'])
  assert.deepEqual(tokens('Straße ΣΊΣΥΦΟΣ ﬁne İstanbul ısı'), ['strasse', 'σισυφοσ', 'fine', 'istanbul', 'ısı'])
  assert.deepEqual(tokens('snake_case a+b'), ['snake', 'case', 'a', 'b'])
  assert.equal(tokens('x'.repeat(200))[0]?.length, 64)
})

test('a repeated word counts once, and the last one stays the beginning', () => {
  assert.deepEqual(queryTokens('flood u-net flood'), ['u', 'net', 'flood'])
  assert.deepEqual(queryTokens('...'), [])
  assert.equal(wordWeight(1, 1000), 6659)
})

test('text is ordered by code point', () => {
  assert.ok(compareText('\uffff', '\u{10000}') < 0)
  assert.ok(compareText('a', 'ab') < 0)
})

test('a date stands for all of it, to the last microsecond', () => {
  const { start, end } = parseInterval('2024-02')
  assert.equal(formatInstant(start), '2024-02-01T00:00:00Z')
  assert.equal(formatInstant(end), '2024-02-29T23:59:59.999999Z')
  assert.throws(() => parseInterval('2023-02-30'), QueryError)
  assert.throws(() => parseInterval('../..'), QueryError)
  assert.throws(() => parseInterval('2024/2023'), /ends before it starts/)
})

test('CQL2 text becomes CQL2 JSON', () => {
  assert.deepEqual(parseText("gsd < 1 AND NOT (framework = 'Py''Torch' OR x IS NOT NULL)"), {
    op: 'and',
    args: [
      { op: '<', args: [{ property: 'gsd' }, 1] },
      {
        op: 'not',
        args: [
          {
            op: 'or',
            args: [
              { op: '=', args: [{ property: 'framework' }, "Py'Torch"] },
              { op: 'not', args: [{ op: 'isNull', args: [{ property: 'x' }] }] },
            ],
          },
        ],
      },
    ],
  })
  assert.deepEqual(parseText('a + 2 * b ^ 2 = -1').args[0].args[1].op, '*')
  for (const bad of ['gsd <', 'gsd < 1 AND', "a = 'open", 'a = 1)', 'POINT(1)', '(', 'a ~ 1']) {
    assert.throws(() => parseText(bad), QueryError, bad)
  }
  assert.throws(() => parseText('('.repeat(5000)), /nested too deeply/)
})

test('unknown stays unknown', () => {
  const row = (/** @type {Record<string, any>} */ columns) => ({
    column: (/** @type {string} */ name) => columns[name] ?? null,
    property: () => null,
    spatial: () => null,
  })
  const truth = (/** @type {string} */ text, /** @type {any} */ columns) => condition(parseFilter(text))(row(columns))
  assert.equal(truth('gsd < 1', {}), null)
  assert.equal(truth('NOT gsd < 1', {}), null)
  assert.equal(truth("gsd < 1 OR license = 'MIT'", { license: 'MIT' }), true)
  assert.equal(truth("gsd < 1 AND license = 'MIT'", { license: 'BSD' }), false)
  assert.equal(truth('gsd IS NULL', {}), true)
})

test('queries that cannot mean anything are refused with what to do', () => {
  for (const [query, message] of /** @type {const} */ ([
    [{ bbox: [0, 0, 200, 1] }, /beyond ±180/],
    [{ bbox: '0,5,1,2' }, /Swap the latitudes/],
    [{ bbox: [0, 0, 1, 1], intersects: { type: 'Point', coordinates: [0, 0] } }, /both given/],
    [{ intersects: { type: 'Point', coordinates: [10, 100] } }, /Swap latitude and longitude/],
    [{ gsd: 'fine' }, /no number/],
    [{ colour: 'red' }, /unknown search parameter/],
    [{ sortby: 'overlap' }, /without an area/],
    [{ filter: 'tasks = 1' }, /is a list/],
    [{ filter: "gsd = 'x'" }, /Compare values of one type/],
  ])) {
    assert.throws(() => parseQuery(query), message)
  }
})

test('what a server does wrong is told', async () => {
  const files = (/** @type {() => Response} */ answer) => {
    const made = new Files('https://hub.example/', async () => answer())
    made.known = { 'a.bin': { size: 100 } }
    return made
  }
  const refused = async (/** @type {() => Response} */ answer, /** @type {string} */ code) => {
    await assert.rejects(files(answer).range('a.bin', 0, 10), (error) => error instanceof HubError && error.code === code)
  }
  await refused(() => new Response('all of it', { status: 200 }), 'no-range')
  await refused(() => new Response('', { status: 404 }), 'missing')
  await refused(() => new Response('short', { status: 206 }), 'truncated')
  await refused(() => new Response('', { status: 416 }), 'truncated')
  await refused(() => new Response('0123456789', { status: 206, headers: { 'Content-Range': 'bytes 0-9/99' } }), 'truncated')
  const good = () => new Response('0123456789', { status: 206, headers: { 'Content-Range': 'bytes 0-9/100' } })
  assert.equal((await files(good).range('a.bin', 0, 10)).length, 10)
})
