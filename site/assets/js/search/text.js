/** Free text: words to rows and scores. */

import { tokens, wordWeight } from './words.js'

/** @typedef {{lists: (word: string, asPrefix: boolean, signal?: AbortSignal) => Promise<Array<{term: string, impact: number, rows: ArrayLike<number>}>>}} Terms */
/** @typedef {{rows: number[], scores: Map<number, number>}} Hits */

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
  found.forEach((lists, place) => {
    const matching = impactsOf(lists, impacts)
    const weight = wordWeight(matching.length, size)
    for (const row of matching) {
      scores[row] = (scores[row] ?? 0) + weight * (impacts[row] ?? 0)
      if (had[row] === place) had[row] = place + 1
      impacts[row] = 0
    }
  })
  /** @type {number[]} */
  const rows = []
  had.forEach((count, row) => {
    if (count === words.length) rows.push(row)
  })
  return { rows, scores: new Map(rows.map((row) => [row, scores[row] ?? 0])) }
}

/**
 * Write the largest impact of each row; gives the rows that have any.
 *
 * @param {Array<{impact: number, rows: ArrayLike<number>}>} lists
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
