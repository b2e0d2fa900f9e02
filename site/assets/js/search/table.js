/** Parquet files that are read whole: the indexes of a small hub. */

import { decompress } from 'fzstd'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'

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
    /** @type {any[]} */
    const rows = await parquetReadObjects({
      file,
      metadata,
      compressors: { ZSTD: unpack },
      utf8: false,
      parsers: { timestampFromMicroseconds: (/** @type {bigint} */ micros) => micros },
    })
    const names = metadata.schema.filter((element) => element.name !== 'list' && element.name !== 'element').slice(1)
    return Object.fromEntries(names.map(({ name }) => [name, rows.map((row) => row[name] ?? null)]))
  } catch (error) {
    throw new HubError(`${path} is damaged: ${error instanceof Error ? error.message : String(error)}`, 'damaged')
  }
}
