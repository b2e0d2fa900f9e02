/** The words of a large hub, read by range. */

import { parquetReadObjects, rowIndex } from 'hyparquet'

import { HubError } from './errors.js'
import { lowerBound } from './small.js'
import { unpack } from './table.js'
import { compareText } from './words.js'

/** @typedef {import('./directory.js').Directory['terms']} Groups */

const PATH = 'search/terms.parquet'
/** Up to which size all words of a group are read. */
const WHOLE_COLUMN = 1 << 13

/** What is after every word that begins so. */
const LAST = '\uffff'

/** The schema of the file; as `geocairn.compile.terms` has it. @type {any[]} */
const SCHEMA = [
  { name: 'schema', num_children: 3 },
  { name: 'term', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  { name: 'impact', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'UINT_8' },
  { name: 'rows', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'UINT_32' },
]
const COLUMNS = [
  { type: 'BYTE_ARRAY', path_in_schema: ['term'] },
  { type: 'INT32', path_in_schema: ['impact'] },
  { type: 'INT32', path_in_schema: ['rows', 'list', 'element'] },
]

/** Reads lists of rows by word. */
export class RemoteTerms {
  /** @param {import('./files.js').Files} files @param {Groups} groups */
  constructor(files, groups) {
    this.files = files
    this.groups = groups
    /** @type {Map<string, Promise<any[]>>} */
    this.known = new Map()
  }

  /**
   * Lists of a word, or of all words that begin so.
   *
   * @param {string} word
   * @param {boolean} asPrefix
   * @param {AbortSignal} [signal]
   */
  async lists(word, asPrefix, signal) {
    const key = `${asPrefix} ${word}`
    const known = this.known.get(key)
    if (known) return known
    const found = await this.read(word, asPrefix ? word + LAST : null, signal)
    if (this.known.size > 50) this.known.clear()
    this.known.set(key, Promise.resolve(found))
    return found
  }

  /** @param {string} word @param {string|null} last @param {AbortSignal} [signal] */
  async read(word, last, signal) {
    const { first, last: ends } = this.groups
    const from = lowerBound(ends, word)
    let to = from
    while (to < first.length && compareText(/** @type {string} */ (first[to]), last ?? word) <= 0) to += 1
    const parts = await Promise.all(
      Array.from({ length: to - from }, (_, i) => this.readGroup(from + i, word, last, signal)),
    )
    return parts.flat()
  }

  /** @param {number} number @param {string} word @param {string|null} last @param {AbortSignal} [signal] @returns {Promise<any[]>} */
  async readGroup(number, word, last, signal) {
    const file = {
      byteLength: this.files.known[PATH]?.size ?? 0,
      slice: async (/** @type {number} */ start, /** @type {number|undefined} */ end) => {
        const bytes = await this.files.range(PATH, start, end ?? this.files.known[PATH]?.size ?? 0, signal)
        return /** @type {ArrayBuffer} */ (bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
      },
    }
    try {
      return await this.matching(file, number, last === null ? { $eq: word } : { $gte: word, $lt: last })
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof HubError) throw error
      throw new HubError(`${PATH} is damaged: ${error instanceof Error ? error.message : String(error)}`, 'damaged')
    }
  }

  /**
   * Words of a group and, in a second step, the lists of those that are wanted: a page of words
   * has many, a page of lists often one.
   *
   * @param {import('hyparquet').AsyncBuffer} file
   * @param {number} number
   * @param {any} wanted
   */
  async matching(file, number, wanted) {
    const common = { file, metadata: this.metadata(number), compressors: { ZSTD: unpack }, utf8: false }
    const paged = this.packed(number) > WHOLE_COLUMN
    /** @type {any[]} */
    const words = await parquetReadObjects({
      ...common,
      columns: ['term', 'impact'],
      filter: { term: wanted },
      includeRowIndex: true,
      usePageIndex: paged,
      useOffsetIndex: paged,
    })
    if (!words.length) return []
    const rowStart = words[0][rowIndex]
    const rowEnd = words[words.length - 1][rowIndex] + 1
    /** @type {any[]} */
    const lists = await parquetReadObjects({ ...common, columns: ['rows'], rowStart, rowEnd, useOffsetIndex: true })
    return words.map(({ term, impact }, i) => ({ term, impact, rows: lists[i].rows }))
  }

  /** Bytes of a group's words. @param {number} number */
  packed(number) {
    return this.groups.places[2]?.[number] ?? 0
  }

  /** A footer with one row group, as hyparquet wants it. @param {number} number @returns {any} */
  metadata(number) {
    const at = (/** @type {number} */ place) => this.groups.places[place]?.[number] ?? 0
    const columns = COLUMNS.map((column, place) => {
      const [values, size, start, offsets, offsetsSize, index, indexSize] = Array.from({ length: 7 }, (_, i) => at(1 + 7 * place + i))
      return {
        file_offset: 0n,
        meta_data: {
          ...column,
          encodings: ['PLAIN'],
          codec: 'ZSTD',
          num_values: BigInt(values ?? 0),
          total_uncompressed_size: BigInt(size ?? 0),
          total_compressed_size: BigInt(size ?? 0),
          data_page_offset: BigInt(start ?? 0),
        },
        offset_index_offset: BigInt(offsets ?? 0),
        offset_index_length: offsetsSize,
        ...(indexSize ? { column_index_offset: BigInt(index ?? 0), column_index_length: indexSize } : {}),
      }
    })
    const rows = BigInt(at(0))
    return { version: 2, schema: SCHEMA, num_rows: rows, row_groups: [{ columns, total_byte_size: 0n, num_rows: rows }], metadata_length: 0 }
  }
}

