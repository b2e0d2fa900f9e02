/** Parquet files that are read whole: the indexes of a small hub. */

import { decompress } from 'fzstd'
import { parquetMetadata, parquetRead } from 'hyparquet'

import { HubError } from './errors.js'

/** @typedef {Record<string, any[]>} Columns */

/**
 * Zstandard, the one codec of a hub's files.
 *
 * @param {Uint8Array} bytes
 * @param {number} size
 */
export function unpack(bytes, size) {
  return decompress(bytes, new Uint8Array(size))
}

/**
 * Decode a Parquet file to columns: times as microseconds, missing values as null.
 *
 * @param {ArrayBuffer} file
 * @param {string} path For messages.
 * @returns {Promise<Columns>}
 */
export async function decodeTable(file, path) {
  try {
    const metadata = parquetMetadata(file)
    const names = metadata.schema.filter((element) => element.name !== 'list' && element.name !== 'element').slice(1)
    /** @type {Columns} */
    const columns = Object.fromEntries(names.map(({ name }) => [name, []]))
    // Column by column: rows as objects would take most of the time.
    await parquetRead({
      file,
      metadata,
      compressors: { ZSTD: unpack },
      utf8: false,
      parsers: { timestampFromMicroseconds: (/** @type {bigint} */ micros) => micros },
      onChunk({ columnName, columnData, rowStart }) {
        const column = /** @type {any[]} */ (columns[columnName])
        for (let i = 0; i < columnData.length; i++) column[rowStart + i] = columnData[i] ?? null
      },
    })
    return columns
  } catch (error) {
    throw new HubError(`${path} is damaged: ${error instanceof Error ? error.message : String(error)}`, 'damaged')
  }
}
