/** The index of a small hub, in memory as a whole. */

import { COUNT_COLUMNS } from './counts.js'
import { FACETS } from './facets.js'
import { decodeTable } from './table.js'
import { EARLIEST, formatInstant } from './times.js'
import { compareText } from './words.js'

/** @typedef {import('./table.js').Columns} Columns */
/**
 * Some neighbouring rows of the index, with the columns that are loaded.
 *
 * @typedef {object} Chunk
 * @property {number} first The first one's row.
 * @property {number} count
 * @property {Columns} columns
 * @property {boolean} [sure] Whether all its rows are known to meet the plan's areas.
 */
/** @typedef {import('./plan.js').Plan} Plan */
/**
 * Batches of chunks by the best value that a column may have in each, the best first.
 *
 * @typedef {(plan: Plan, key: import('./query.js').SortKey, signal?: AbortSignal) =>
 *   Promise<Array<{bound: number|null, read: () => AsyncIterable<Chunk>}>|null>} Ranked
 */
/**
 * Where rows come from. All give them in the hub's order.
 *
 * @typedef {object} Source
 * @property {number} size Rows.
 * @property {(plan: import('./plan.js').Plan, signal?: AbortSignal) => AsyncIterable<Chunk>} scan
 *   Chunks that may have matches, with the columns that the plan's conditions need.
 * @property {(chunks: Chunk[], columns: Iterable<string>, signal?: AbortSignal) => Promise<void>} load
 *   Further columns of chunks.
 * @property {Ranked} [ranked] Blocks by the largest or least value of a column, where it is known.
 * @property {(plan: Plan) => number} [reach] How many rows lie where matches may be.
 * @property {(rows: ArrayLike<number>) => ArrayLike<number>} [sample] Those of many rows whose columns to
 *   count are read in a few hundred kilobytes; all of them where they are few.
 * @property {string[]} countColumns What counts of facets are made from.
 * @property {(rows: number[], signal?: AbortSignal) => Promise<Array<{chunk: Chunk, place: number}>>} at
 *   Chunks of single rows, nothing loaded.
 */

/** @implements {Source} */
export class SmallIndex {
  /** Nothing is gained by ranking what is in memory. @type {Ranked|undefined} */
  ranked = undefined

  /** @param {Columns} columns @param {number} size */
  constructor(columns, size) {
    this.size = size
    this.countColumns = COUNT_COLUMNS
    for (const { name, type } of FACETS) {
      // 64-bit integers come as BigInt; conditions compare numbers as doubles.
      if (type === 'number') columns[name] = (columns[name] ?? []).map((value) => (value === null ? null : Number(value)))
    }
    columns.month = (columns.start ?? []).map((start, row) => monthOf(columns.datetime?.[row] ?? start))
    /** @type {Chunk} */
    this.chunk = { first: 0, count: size, columns }
  }

  async *scan() {
    if (this.size) yield this.chunk
  }

  async load() {}

  /** @param {number[]} rows */
  async at(rows) {
    return rows.map((row) => ({ chunk: this.chunk, place: row }))
  }
}

/** The month of an instant, as `2024-05`; null for an open start. @param {bigint|null} moment */
function monthOf(moment) {
  return moment === EARLIEST ? null : (formatInstant(moment)?.slice(0, 7) ?? null)
}

/** The words of a small hub; decoded only when they are asked for, as the first page shows no words. */
export class SmallTerms {
  /** @type {Promise<Columns>|null} */
  #columns = null

  /** @param {ArrayBuffer} file */
  constructor(file) {
    this.file = file
  }

  /** Decode them, if nobody asked yet. */
  warm() {
    this.#columns ??= decodeTable(this.file, 'search/terms.parquet')
    return this.#columns
  }

  /**
   * Lists of a word, or of all words that begin so.
   *
   * @param {string} word
   * @param {boolean} asPrefix
   */
  async lists(word, asPrefix) {
    const { term: terms = [], impact: impacts = [], rows = [] } = await this.warm()
    /** @type {import('./text.js').List[]} */
    const found = []
    for (let i = lowerBound(terms, word); i < terms.length; i++) {
      const term = terms[i]
      if (asPrefix ? !term.startsWith(word) : term !== word) break
      found.push({ term, impact: impacts[i], rows: rows[i] })
    }
    return found
  }
}

/** First place whose text is not before another. @param {string[]} sorted @param {string} text */
export function lowerBound(sorted, text) {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareText(/** @type {string} */ (sorted[middle]), text) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * @param {ArrayBuffer} index
 * @param {number} size
 */
export async function smallIndex(index, size) {
  return new SmallIndex(await decodeTable(index, 'search/index.parquet'), size)
}
