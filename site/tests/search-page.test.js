// The search page's plain parts: address, snippets, comparison, CSV, and what the map reckons.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { needsNoOther, offered } from '../assets/js/ui/bands.js'
import { compare } from '../assets/js/ui/compare.js'
import { toCsv } from '../assets/js/ui/csv.js'
import { licenceClass } from '../assets/js/ui/licences.js'
import { landPath, unwrapped } from '../assets/js/ui/map/land.js'
import { tilesOf } from '../assets/js/ui/map/tiles.js'
import { mercator, plain, toPosition, viewOf, zoomed } from '../assets/js/ui/map/view.js'
import { parseRange } from '../assets/js/ui/labels.js'
import { pageNumbers } from '../assets/js/ui/paging.js'
import { toQuery } from '../assets/js/ui/query.js'
import { roundStops } from '../assets/js/ui/range.js'
import { absolute } from '../assets/js/ui/share.js'
import { snippet } from '../assets/js/ui/snippets.js'
import { NotInSql } from '../assets/js/ui/sqlfilter.js'
import { emptyState, fromSearch, joinList, splitList, toSearch } from '../assets/js/ui/state.js'
import { day, interval, readInterval } from '../assets/js/ui/timeline.js'

const hub = { root: 'https://example.org/hub/', items: 1000, page: 'https://example.org/hub/models/' }

/** @type {Partial<import('../assets/js/ui/state.js').State>[]} */
const STATES = [
  {},
  { q: 'flood u-net & more=1+1' },
  { bbox: [-10.5, 20, 30, 40], sortby: '-overlap', page: 3, view: 'table' },
  { intersects: { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] } },
  { facets: { tasks: ['a', 'b,c\\d'], gsd: ['0.3..1'], pretrained: ['true'] }, collections: ['x'] },
  { have: ['red', 'nir'], filter: "gsd < 1 AND license = 'MIT'", datetime: '2020/..' },
  { compare: ['a/x', 'b/y'], comparing: true, map: 'hidden', ids: ['m-1.0.0'] },
]

test('every state comes back from its address', () => {
  for (const part of STATES) {
    const state = { ...emptyState(), ...part }
    assert.deepEqual(fromSearch(toSearch(state)), state)
  }
})

test('what an address cannot mean is left out', () => {
  const state = fromSearch('?bbox=1,2,3&page=-4&intersects={no&view=tiles&compare=a,b/c/d,e/f&nonsense=1&map=up')
  assert.deepEqual(state, { ...emptyState(), compare: ['e/f'] })
  assert.equal(fromSearch('?bbox=0,50,10,-50').bbox, null)
  assert.equal(fromSearch('?bbox=170,-20,-170,0').bbox?.[2], -170)
  assert.equal(fromSearch('?page=1e99').page, 1e6)
})

test('lists keep values with commas and backslashes', () => {
  for (const values of [['a'], ['a,b', 'c'], ['\\', 'x\\,y'], []]) {
    assert.deepEqual(splitList(joinList(values)), values)
  }
})

test('a query leaves out an order that means nothing', () => {
  const state = { ...emptyState(), sortby: '-overlap,title' }
  assert.equal(toQuery(state).sortby, 'title')
  assert.equal(toQuery({ ...state, bbox: [0, 0, 1, 1] }).sortby, '-overlap,title')
  assert.deepEqual(toQuery(emptyState()), {})
})

test('bands one has allow their other names, and no others', () => {
  assert.equal(needsNoOther([]), '')
  assert.match(needsNoOther(['red']), /^A_CONTAINEDBY\(bands, \('red', 'R', 'B4'/)
  assert.match(needsNoOther(["it's"]), /'it''s'/)
  assert.deepEqual(offered(['nir', 'B8', 'red', 'NDVI']), ['red', 'nir', 'NDVI'])
  assert.deepEqual(offered(['B8', 'B4']), ['B8', 'B4'])
})

test('snippets quote what a shell, Python and SQL would take for their own', () => {
  const query = { q: `it's "so" $HOME`, keywords: ['a, b', 'c'], license: ['MIT', "O'X"], sortby: '-created' }
  const shell = snippet('shell', query, hub)
  assert.match(shell, /-q 'it'\\''s "so" \$HOME'/)
  assert.match(shell, /--filter 'A_OVERLAPS\(CASEI\(keywords\), \(CASEI\('\\''a, b'\\''\), CASEI\('\\''c'\\''\)\)\)'/)
  assert.match(shell, /--sortby=-created/)
  const python = snippet('python', query, hub)
  assert.match(python, /q="it's \\"so\\" \$HOME"/)
  assert.match(python, /keywords=\["a, b", "c"\]/)
  const sql = snippet('sql', query, hub)
  assert.match(sql, /lower\("license"\) IN \('mit', 'o''x'\)/)
  assert.match(sql, /starts_with\(term, 'home'\)/)
  assert.match(snippet('r', query, hub), /dbGetQuery\(connection, r"\(\n/)
  assert.equal(snippet('url', query, hub), hub.page)
})

test('SQL says of a filter that it cannot be said', () => {
  const asked = (/** @type {string} */ filter) => snippet('sql', { filter }, hub)
  assert.match(asked("gsd < 1 AND NOT (license = 'MIT')"), /\("gsd" < 1\).*\(NOT \("license" = 'MIT'\)\)/s)
  assert.throws(() => asked('"mlm:hyperparameters.lr" < 1'), NotInSql)
  assert.throws(() => asked("updated > TIMESTAMP('2024-01-01T00:00:00Z')"), NotInSql)
})

test('CSV keeps cells apart and runs no formula', () => {
  const hit = /** @type {any} */ ({
    id: 'm-1', collection: 'c', title: '=1+1, "x"', bbox: [-1, 2, 3, 4], start: null, end: null,
    facets: { tasks: ['a', 'b'], gsd: 0.5, pretrained: true },
  })
  const [head, row, rest] = toCsv([hit], hub.root).split('\r\n')
  assert.match(head ?? '', /^id,collection,title,west,/)
  assert.match(row ?? '', /^m-1,c,"'=1\+1, ""x""",-1,2,3,4,,,a; b,/)
  assert.match(row ?? '', /https:\/\/example\.org\/hub\/c\/m-1\/m-1\.json$/)
  assert.equal(rest, '')
})

test('a comparison marks what differs and leaves out what nobody has', () => {
  const item = (/** @type {any} */ properties) => ({ id: 'x', collection: 'c', properties, assets: {} })
  const rows = compare([
    item({ 'mlm:framework': 'PyTorch', gsd: 10, 'mlm:hyperparameters': { lr: 1 }, license: 'MIT' }),
    item({ 'mlm:framework': 'PyTorch', gsd: 30, 'mlm:hyperparameters': 'none' }),
  ])
  const differs = Object.fromEntries(rows.map((row) => [row.name, row.differs]))
  assert.deepEqual(differs, { framework: false, gsd: true, license: true, hyperparameters: true })
  assert.doesNotThrow(() => compare([{}, { properties: { 'mlm:input': [null, 3], providers: 'x' }, assets: { a: null } }]))
})

test('links of downloaded items hold anywhere', () => {
  const item = { links: [{ rel: 'self', href: 'old' }, { rel: 'root', href: '../../catalog.json' }], assets: { m: { href: './w.pt' } } }
  const made = absolute(item, 'https://example.org/hub/c/m/m.json')
  assert.equal(made.assets.m.href, 'https://example.org/hub/c/m/w.pt')
  assert.deepEqual(made.links.map((/** @type {any} */ link) => link.href), [
    'https://example.org/hub/catalog.json',
    'https://example.org/hub/c/m/m.json',
  ])
})

test('ranges are read as the search reads them', () => {
  assert.deepEqual(parseRange('0.3..1'), [0.3, 1])
  assert.deepEqual(parseRange('..1'), [null, 1])
  assert.deepEqual(parseRange('10..'), [10, null])
  assert.deepEqual(parseRange('<=2'), [null, 2])
  assert.deepEqual(parseRange('5'), [5, 5])
  assert.deepEqual(parseRange('words'), [null, null])
})

test('stops are round and hold all values', () => {
  assert.deepEqual(roundStops(0.3, 12), [0.2, 0.5, 1, 2, 5, 10, 20])
  assert.deepEqual(roundStops(10, 10), [5, 10])
  assert.equal(roundStops(0, 5)[0], 0)
})

test('page numbers leave gaps, never of one page', () => {
  assert.deepEqual(pageNumbers(1, 1), [1])
  assert.deepEqual(pageNumbers(5, 9), [1, 0, 4, 5, 6, 0, 9])
  assert.deepEqual(pageNumbers(3, 5), [1, 2, 3, 4, 5])
})

test('intervals', () => {
  assert.equal(interval(null, null), '')
  assert.equal(interval(2015, null), '2015/..')
  assert.deepEqual(readInterval('../2020-02'), ['', '2020-02'])
  assert.deepEqual(readInterval('2020'), ['2020', '2020'])
  assert.equal(day('2020-02', true), '2020-02-29')
  assert.equal(day('2021', false), '2021-01-01')
  assert.equal(day('', true), '')
})

test('licences by what they allow', () => {
  const found = ['MIT', 'Apache-2.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0', 'GPL-3.0-only', 'other'].map(licenceClass)
  assert.deepEqual(found, ['open', 'open', 'open', 'share', 'restricted', 'share', 'other'])
})

test('zooming holds the place under the pointer, and the world stays in the frame', () => {
  const size = { width: 800, height: 400 }
  for (const projection of [plain, mercator]) {
    const view = viewOf([0, 0, 40, 30], size, projection)
    const at = { x: 200, y: 150 }
    const before = toPosition(view, at, size, projection)
    const after = toPosition(zoomed(view, 2, at, size, projection), at, size, projection)
    assert.ok(Math.abs(before[0] - after[0]) < 0.1 && Math.abs(before[1] - after[1]) < 0.1)
    const far = zoomed(view, 1e-6, at, size, projection)
    assert.ok(Math.abs(far.y) + far.scale * 200 <= -projection.top + 1e-9 || far.y === 0)
    assert.equal(far.x, 0)
  }
  assert.ok(Math.abs(mercator.latitude(mercator.y(52)) - 52) < 1e-9)
})

test('a ring across the antimeridian is drawn without a line around the world', () => {
  const fiji = [17800, -1600, -17900, -1600, -17900, -1700, 17800, -1700, 17800, -1600]
  assert.deepEqual(unwrapped(fiji), [178, 181, 181, 178, 178])
  assert.match(landPath([fiji], plain), /^M178 16L181 16.*ZM-182 16L-179 16.*Z$/)
})

test('tiles cover the view', () => {
  const size = { width: 512, height: 512 }
  const tiles = tilesOf(viewOf(null, size, mercator), size)
  assert.deepEqual(tiles.map(({ z, x, y }) => `${z}/${x}/${y}`), ['1/0/0', '1/1/0', '1/0/1', '1/1/1'])
})
