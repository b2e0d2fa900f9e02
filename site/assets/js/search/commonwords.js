/** Facets of the items of common words, side by side: what word searches count and filter by. */

import { decompress } from 'fzstd'

import { unpackJson } from './directory.js'
import { HubError } from './errors.js'
import { firstFrom } from './text.js'
import { compareText } from './words.js'

/** @typedef {import('./directory.js').Directory['words']} Parts */
/** @typedef {import('./text.js').Hits} Hits */
/** @typedef {{start: number, end: number}} Range */
/**
 * What a file of common words begins with.
 *
 * @typedef {object} Head
 * @property {Record<string, any[]>} values For each column the values that its codes stand for.
 * @property {Array<{columns: string[], codes: number[][]}>} groups Columns that are told together:
 *   for each number of the group their codes.
 */

const PATH = 'search/words.bin'
/** Bytes that are read for one search, and items of rarer words besides. */
const MOST_BYTES = 450_000
const MOST_OTHERS = 128
const REMEMBERED = 20

/** The common words of a large hub, read by range. */
export class CommonWords {
  /** @type {Map<number, Map<string, Range>>} */
  #parts = new Map()
  /** Facets of the latest words: each facet that is chosen is counted apart. @type {Map<string, Uint8Array>} */
  #latest = new Map()
  /** @type {Head|null} */
  #head = null

  /** @param {import('./files.js').Files} files @param {Parts} parts */
  constructor(files, parts) {
    this.files = files
    this.parts = parts
    let at = parts.head
    this.offsets = parts.size.map((size) => (at += size) - size)
  }

  /** @param {AbortSignal} [signal] */
  async #opened(signal) {
    this.#head ??= /** @type {Head} */ (unpackJson(await this.files.range(PATH, 0, this.parts.head, signal), PATH))
    return this.#head
  }

  /**
   * Facets of hits, from the word that has the fewest items. Null where no word's are there, as
   * words that nearly every item has are left out, and where the hits are few: their frames are
   * fewer bytes then.
   *
   * @param {Hits} hits
   * @param {AbortSignal} [signal]
   * @returns {Promise<WordFacets|null>}
   */
  async facetsOf(hits, signal) {
    if (hits.rows.length < this.parts.fewest) return null
    const choices = hits.lists.map(byTerm).sort((a, b) => sum(a) - sum(b))
    for (const terms of choices) {
      const common = [...terms].filter(([, { count }]) => count >= this.parts.fewest)
      if (sum(terms) - sum(new Map(common)) > MOST_OTHERS) continue
      const ranges = await this.#find(common.map(([term]) => term), signal)
      if (!ranges || ranges.reduce((bytes, { start, end }) => bytes + end - start, 0) > MOST_BYTES) continue
      const found = new WordFacets(await this.#opened(signal), hits.rows.length)
      await Promise.all(
        common.map(async ([term, own], i) => {
          const planes = await this.#planes(term, /** @type {Range} */ (ranges[i]), signal)
          found.add(hits.rows, rowsOf(own), planes)
        }),
      )
      return found
    }
    return null
  }

  /** The facets of a word's items. @param {string} word @param {Range} range @param {AbortSignal} [signal] */
  async #planes(word, { start, end }, signal) {
    const known = this.#latest.get(word)
    if (known) return known
    const planes = unpacked(await this.files.range(PATH, start, end, signal))
    if (this.#latest.size >= REMEMBERED) this.#latest.clear()
    this.#latest.set(word, planes)
    return planes
  }

  /** Where the facets of words are; null if one has none. @param {string[]} words @param {AbortSignal} [signal] */
  async #find(words, signal) {
    const numbers = words.map((word) => this.#partOf(word))
    await Promise.all([...new Set(numbers)].map((number) => this.#open(number, signal)))
    const ranges = words.map((word, i) => this.#parts.get(/** @type {number} */ (numbers[i]))?.get(word))
    return ranges.includes(undefined) ? null : /** @type {Range[]} */ (ranges)
  }

  /** The part whose first word is the last one not after a word. @param {string} word */
  #partOf(word) {
    let number = -1
    while (number + 1 < this.parts.first.length && compareText(/** @type {string} */ (this.parts.first[number + 1]), word) <= 0) number += 1
    return number
  }

  /** Read which words a part has. @param {number} number @param {AbortSignal} [signal] */
  async #open(number, signal) {
    const start = this.offsets[number]
    if (start === undefined || this.#parts.has(number)) return
    let at = start + (this.parts.index[number] ?? 0)
    /** @type {{words: string[], sizes: number[]}} */
    const { words, sizes } = unpackJson(await this.files.range(PATH, start, at, signal), PATH)
    this.#parts.set(number, new Map(words.map((word, i) => [word, { start: at, end: (at += sizes[i] ?? 0) }])))
  }
}

/** @typedef {{count: number, lists: ArrayLike<number>[]}} Term */

/** The lists of a query's word, by the words of the index that they are of. @param {import('./text.js').List[]} lists */
function byTerm(lists) {
  /** @type {Map<string, Term>} */
  const terms = new Map()
  for (const { term, rows } of lists) {
    const known = terms.get(term)
    if (!known) terms.set(term, { count: rows.length, lists: [rows] })
    else {
      known.count += rows.length
      known.lists.push(rows)
    }
  }
  return terms
}

/** @param {Map<string, Term>} terms */
function sum(terms) {
  return [...terms.values()].reduce((total, { count }) => total + count, 0)
}

/** All rows of a word, ascending. @param {Term} term */
function rowsOf({ count, lists }) {
  const rows = new Uint32Array(count)
  let at = 0
  for (const list of lists) {
    rows.set(list, at)
    at += list.length
  }
  return rows.sort()
}

/** @param {Uint8Array} data */
function unpacked(data) {
  try {
    return decompress(data)
  } catch (error) {
    throw new HubError(`${PATH} is damaged: ${error instanceof Error ? error.message : String(error)}`, 'damaged')
  }
}

/** Facets of some hits, in their order. */
export class WordFacets {
  /** @param {Head} head @param {number} size Hits. */
  constructor(head, size) {
    this.head = head
    /** Of which hits anything is known. */
    this.known = new Uint8Array(size)
    /** For each group of columns, its number of each hit. */
    this.numbers = head.groups.map(() => new Uint16Array(size))
    /** Where a column's values are. @type {Map<string, {numbers: Uint16Array, values: any[]}>} */
    this.columns = new Map()
    this.#connect()
  }

  /** Columns give a value for each number of their group. */
  #connect() {
    this.head.groups.forEach(({ columns, codes }, group) => {
      const numbers = /** @type {Uint16Array} */ (this.numbers[group])
      columns.forEach((name, which) => {
        const own = this.head.values[name] ?? []
        this.columns.set(name, { numbers, values: codes.map((code) => own[code[which] ?? 0] ?? null) })
      })
    })
  }

  /**
   * Take the facets of one word's items.
   *
   * @param {Uint32Array} hits
   * @param {Uint32Array} own The word's rows.
   * @param {Uint8Array} planes
   */
  add(hits, own, planes) {
    /** @type {number[]} */
    const places = []
    /** @type {number[]} */
    const sources = []
    hits.forEach((row, place) => {
      if (this.known[place]) return
      const at = firstFrom(own, row)
      if (own[at] !== row) return
      this.known[place] = 1
      places.push(place)
      sources.push(at)
    })
    let from = 0
    this.numbers.forEach((numbers, group) => {
      const isWide = (this.head.groups[group]?.codes.length ?? 0) > 256
      places.forEach((place, i) => {
        const at = from + /** @type {number} */ (sources[i])
        numbers[place] = (planes[at] ?? 0) | (isWide ? (planes[at + own.length] ?? 0) << 8 : 0)
      })
      from += isWide ? 2 * own.length : own.length
    })
  }

  /** Whether these columns are told. @param {Iterable<string>} columns */
  tells(columns) {
    return [...columns].every((name) => this.columns.has(name))
  }

  /** Places of the hits of which nothing is known here. */
  get others() {
    return Array.from(this.known.keys()).filter((place) => !this.known[place])
  }

  /** A hit as conditions ask for it. @param {number} place */
  row(place) {
    const column = (/** @type {string} */ name) => {
      const found = this.columns.get(name)
      return found?.values[found.numbers[place] ?? 0] ?? null
    }
    return { column, property: () => null, spatial: () => null }
  }

  /** How often each value of a column occurs. @param {string} name @returns {Array<[any, number]>} */
  counts(name) {
    const { numbers, values } = this.columns.get(name) ?? { numbers: [], values: [] }
    const times = new Uint32Array(values.length)
    numbers.forEach((number, place) => {
      if (this.known[place]) times[number] = (times[number] ?? 0) + 1
    })
    return values.map((value, number) => /** @type {[any, number]} */ ([value, times[number] ?? 0])).filter(([, count]) => count)
  }

  /** Of the hits at some places. @param {ArrayLike<number>} places */
  pick(places) {
    const picked = new WordFacets(this.head, places.length)
    picked.known = Uint8Array.from(places, (place) => this.known[place] ?? 0)
    picked.numbers = this.numbers.map((numbers) => Uint16Array.from(places, (place) => numbers[place] ?? 0))
    picked.#connect()
    return picked
  }
}
