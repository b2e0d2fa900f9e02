/** Free text: words to rows and scores. */

import { tokens, wordWeight } from './words.js'

/** @typedef {{term: string, impact: number, rows: ArrayLike<number>}} List Items with a word, of one impact. */
/**
 * The words of a hub.
 *
 * @typedef {object} Terms
 * @property {(word: string, asPrefix: boolean, signal?: AbortSignal) => Promise<List[]>} lists Of a
 *   word, or of all words that begin so.
 * @property {() => Promise<unknown>} [warm] Do what the first question would wait for.
 */

/** Largest row that fits into a number beside its score. */
const ROWS = 2 ** 31

/** Items that have all words: their rows, ascending, and scores. */
export class Hits {
  /** @type {Uint32Array|null} */
  #best = null

  /** @param {Uint32Array} rows @param {Int32Array} scores Of the rows. @param {List[][]} lists Of each word. */
  constructor(rows, scores, lists) {
    this.rows = rows
    this.scores = scores
    this.lists = lists
  }

  /** Where a row is among the hits, or -1. @param {number} row */
  placeOf(row) {
    const place = firstFrom(this.rows, row)
    return this.rows[place] === row ? place : -1
  }

  /** The rows, those of the best score first; equal ones in the hub's order. */
  get best() {
    if (!this.#best) {
      // One number each, as sorting numbers is what engines do fastest.
      const keys = Float64Array.from(this.rows, (row, place) => -(this.scores[place] ?? 0) * ROWS + row)
      this.#best = Uint32Array.from(keys.sort(), (key) => ((key % ROWS) + ROWS) % ROWS)
    }
    return this.#best
  }

  /** Those at some places. @param {ArrayLike<number>} places */
  pick(places) {
    const rows = Uint32Array.from(places, (place) => this.rows[place] ?? 0)
    const scores = Int32Array.from(places, (place) => this.scores[place] ?? 0)
    return new Hits(rows, scores, this.lists)
  }
}

/**
 * Find the items with all words, the last as a beginning of one. The score is the sum over the
 * words of their weight times the item's largest impact.
 *
 * @param {Terms} terms
 * @param {string[]} words
 * @param {number} size Items of the hub.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Hits>}
 */
export async function searchText(terms, words, size, signal) {
  const found = await Promise.all(
    words.map((word, place) => terms.lists(word, place === words.length - 1, signal)),
  )
  const scores = new Int32Array(size)
  const impacts = new Uint8Array(size)
  /** @type {Uint8Array} Words that each row has so far. */
  const had = new Uint8Array(size)
  /** @type {number[]} */
  let matching = []
  found.forEach((lists, place) => {
    const these = impactsOf(lists, impacts)
    const weight = wordWeight(these.length, size)
    matching = []
    for (const row of these) {
      if (had[row] === place) {
        had[row] = place + 1
        scores[row] = (scores[row] ?? 0) + weight * (impacts[row] ?? 0)
        matching.push(row)
      }
      impacts[row] = 0
    }
  })
  const rows = Uint32Array.from(matching).sort()
  return new Hits(rows, Int32Array.from(rows, (row) => scores[row] ?? 0), found)
}

/**
 * Write the largest impact of each row; gives the rows that have any.
 *
 * @param {List[]} lists
 * @param {Uint8Array} impacts All 0; whoever calls sets them back.
 */
function impactsOf(lists, impacts) {
  /** @type {number[]} */
  const matching = []
  for (const { impact, rows } of lists) {
    for (let i = 0; i < rows.length; i++) {
      const row = /** @type {number} */ (rows[i])
      const before = /** @type {number} */ (impacts[row])
      if (!before) matching.push(row)
      if (impact > before) impacts[row] = impact
    }
  }
  return matching
}

/** First place of ascending numbers that is not below another. @param {ArrayLike<number>} sorted @param {number} value */
export function firstFrom(sorted, value) {
  let low = 0
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1
    if (/** @type {number} */ (sorted[middle]) < value) low = middle + 1
    else high = middle
  }
  return low
}

const MANY = 1000

/**
 * Rows among which items of these ids must be, ascending, or null where their words do not tell.
 *
 * @param {Terms} terms
 * @param {Set<string>} ids
 * @param {AbortSignal} [signal]
 * @returns {Promise<number[]|null>}
 */
export async function rowsOfIds(terms, ids, signal) {
  if (ids.size > 10) return null
  /** @type {Set<number>} */
  const found = new Set()
  for (const id of ids) {
    /** @type {Set<number>|null} */
    let rows = null
    for (const word of mostTelling(id)) {
      const lists = await terms.lists(word, false, signal)
      const these = new Set(lists.flatMap((list) => Array.from(list.rows)))
      rows = rows ? common(rows, these) : these
      if (rows.size <= MANY) break
    }
    if (!rows || rows.size > MANY) return null
    for (const row of rows) found.add(row)
  }
  return [...found].sort((a, b) => a - b)
}

/** @param {Set<number>} a @param {Set<number>} b */
function common(a, b) {
  return new Set([...a].filter((row) => b.has(row)))
}

/** Words of an id, long numbers first: they are seldom shared. @param {string} id */
function mostTelling(id) {
  const isNumber = (/** @type {string} */ word) => /^\d+$/.test(word)
  return [...new Set(tokens(id))].sort((a, b) => Number(isNumber(b)) - Number(isNumber(a)) || b.length - a.length)
}
