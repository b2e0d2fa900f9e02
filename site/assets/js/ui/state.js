// The search page's state, and the address that holds all of it.

/**
 * @typedef {[number, number, number, number]} Box West, south, east, north in degrees.
 * @typedef {{type: string, coordinates: unknown}} Geometry
 * @typedef {Object} State
 * @property {string} q Words.
 * @property {Box | null} bbox
 * @property {Geometry | null} intersects Excludes `bbox`.
 * @property {string} datetime `a/b`, as in a query; empty for any time.
 * @property {string[]} ids
 * @property {string[]} collections
 * @property {Record<string, string[]>} facets Chosen values; a range or flag is one text.
 * @property {string[]} have Bands that the user has: models that need no other match.
 * @property {string} filter CQL2 text.
 * @property {string} sortby
 * @property {number} page From 1.
 * @property {'cards' | 'table'} view
 * @property {string[]} compare `collection/id` of models to compare.
 * @property {boolean} comparing Whether they are shown side by side.
 * @property {'' | 'shown' | 'hidden'} map Chosen by the user; empty where the screen decides.
 */

/** Facets whose values are ranges of numbers. */
export const RANGES = ['gsd', 'parameters', 'memory']
/** Facets that are true or false. */
export const FLAGS = ['pretrained', 'accelerator_constrained', 'deprecated']
/** Facets of words, in the order in which the address names them. */
export const WORDS = [
  'tasks',
  'framework',
  'architecture',
  'platforms',
  'bands',
  'license',
  'formats',
  'accelerator',
  'dtypes',
  'keywords',
  'providers',
  'version',
]
export const FACETS = [...WORDS, ...RANGES, ...FLAGS]
/** Results on a page. */
export const PAGE_SIZE = 20
/** Models side by side at most. */
export const MOST_COMPARED = 4

/** @returns {State} */
export function emptyState() {
  return {
    q: '',
    bbox: null,
    intersects: null,
    datetime: '',
    ids: [],
    collections: [],
    facets: {},
    have: [],
    filter: '',
    sortby: '',
    page: 1,
    view: 'cards',
    compare: [],
    comparing: false,
    map: '',
  }
}

/**
 * Join values by commas; one within a value, or a backslash, gets a backslash before it.
 * @param {string[]} values
 */
export function joinList(values) {
  return values.map((value) => value.replace(/[\\,]/g, '\\$&')).join(',')
}

/**
 * @param {string | null} text
 * @returns {string[]}
 */
export function splitList(text) {
  if (!text) return []
  const parts = text.match(/(?:\\.|[^,\\])+/g) ?? []
  const values = parts.map((part) => part.replace(/\\(.)/g, '$1').trim())
  return [...new Set(values.filter(Boolean))]
}

/**
 * The state as the text of an address, without what is not asked for.
 * @param {State} state
 */
export function toSearch(state) {
  /** @type {[string, string][]} */
  const pairs = [
    ['q', state.q],
    ['bbox', state.bbox ? state.bbox.join(',') : ''],
    ['intersects', state.intersects ? JSON.stringify(state.intersects) : ''],
    ['datetime', state.datetime],
    ['ids', joinList(state.ids)],
    ['collections', joinList(state.collections)],
    ...FACETS.map((name) => /** @type {[string, string]} */ ([name, facetText(state, name)])),
    ['have', joinList(state.have)],
    ['filter', state.filter],
    ['sortby', state.sortby],
    ['page', state.page > 1 ? String(state.page) : ''],
    ['view', state.view === 'table' ? 'table' : ''],
    ['map', state.map],
    ['compare', joinList(state.compare)],
    ['show', state.comparing ? 'comparison' : ''],
  ]
  const text = pairs.filter(([, value]) => value).map(([name, value]) => `${name}=${quote(value)}`)
  return text.length ? `?${text.join('&')}` : ''
}

/**
 * @param {State} state
 * @param {string} name
 */
function facetText(state, name) {
  return joinList(state.facets[name] ?? [])
}

/**
 * Percent-encode what an address cannot hold, and leave what people can read.
 * @param {string} value
 */
function quote(value) {
  return encodeURIComponent(value).replace(/%(2C|2F|3A|20)/g, (whole, code) =>
    code === '20' ? '+' : decodeURIComponent(whole),
  )
}

/**
 * Read an address. What cannot be meant is left out, so that an old or mangled link still opens.
 * @param {string} search
 * @returns {State}
 */
export function fromSearch(search) {
  const given = new URLSearchParams(search)
  const text = (/** @type {string} */ name) => (given.get(name) ?? '').trim()
  const state = emptyState()
  state.q = (given.get('q') ?? '').slice(0, 500)
  state.intersects = readGeometry(text('intersects'))
  state.bbox = state.intersects ? null : readBox(text('bbox'))
  state.datetime = text('datetime').slice(0, 100)
  state.ids = splitList(text('ids'))
  state.collections = splitList(text('collections'))
  for (const name of FACETS) {
    const values = splitList(text(name))
    if (values.length) state.facets[name] = WORDS.includes(name) ? values : values.slice(0, 1)
  }
  state.have = splitList(text('have'))
  state.filter = text('filter')
  state.sortby = text('sortby')
  state.page = Math.max(1, Math.min(1e6, Math.floor(Number(text('page'))) || 1))
  state.view = text('view') === 'table' ? 'table' : 'cards'
  const map = text('map')
  state.map = map === 'shown' || map === 'hidden' ? map : ''
  state.compare = splitList(text('compare')).filter(isModel).slice(0, MOST_COMPARED)
  state.comparing = text('show') === 'comparison' && state.compare.length > 0
  return state
}

/** @param {string} name */
function isModel(name) {
  return /^[^/]+\/[^/]+$/.test(name)
}

/**
 * @param {string} text
 * @returns {Box | null}
 */
export function readBox(text) {
  const numbers = text.split(/[,\s]+/).filter(Boolean).map(Number)
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return null
  const [w, s, e, n] = /** @type {Box} */ (numbers)
  const inside = Math.abs(w) <= 180 && Math.abs(e) <= 180 && s >= -90 && n <= 90
  return inside && s <= n ? [w, s, e, n] : null
}

/**
 * @param {string} text
 * @returns {Geometry | null}
 */
function readGeometry(text) {
  if (!text) return null
  try {
    const found = JSON.parse(text)
    const geometry = found?.type === 'Feature' ? found.geometry : found
    const usable = typeof geometry?.type === 'string' && Array.isArray(geometry.coordinates)
    return usable ? { type: geometry.type, coordinates: geometry.coordinates } : null
  } catch {
    return null
  }
}

/**
 * Whether two states ask the same, view and page apart.
 * @param {State} a
 * @param {State} b
 */
export function sameQuery(a, b) {
  return asked(a) === asked(b)
}

/** @param {State} state */
function asked(state) {
  return toSearch({
    ...state,
    page: 1,
    view: 'cards',
    compare: [],
    comparing: false,
    map: '',
    sortby: '',
  })
}

/**
 * Whether anything narrows the search.
 * @param {State} state
 */
export function isNarrowed(state) {
  return asked(state) !== ''
}
