/** The directory of a large hub: where the parts of its index are, and what is in each. */

import { decompress } from 'fzstd'

import { HubError } from './errors.js'

/** @typedef {Array<Array<number|null>>} Spans Least and largest values, a number each part or block. */
/**
 * @typedef {object} Directory
 * @property {number} version
 * @property {number} frame Rows of a frame.
 * @property {number} block Rows that statistics tell of.
 * @property {string[]} kinds
 * @property {string[]} coded
 * @property {{rows: number[], size: number[], heads: [number, number][], box: Spans,
 *   spans: Record<string, Spans>, values: Record<string, [any, string][]>}} parts
 * @property {Record<string, number>} months
 * @property {{first: string[], last: string[], places: number[][]}} terms
 * @property {{fewest: number, head: number, first: string[], index: number[], size: number[]}} words
 */
/**
 * The first half of a part's head: sizes of its frames, and the values that codes stand for.
 *
 * @typedef {object} Contents
 * @property {number} rows
 * @property {Record<string, number[]>} sizes
 * @property {Record<string, any[]>} values
 */
/**
 * The second half: what is known of each block.
 *
 * @typedef {object} Stats
 * @property {Spans} box
 * @property {number[]} shaped
 * @property {number[]} nowhere
 * @property {Record<string, Spans>} spans
 * @property {Record<string, string[]>} values
 */

const PATH = 'search/directory.bin'

/**
 * @param {import('./files.js').Files} files
 * @returns {Promise<Directory>}
 */
export async function readDirectory(files) {
  const found = unpackJson(new Uint8Array(await files.whole(PATH)), PATH)
  if (found.version !== 4) {
    throw new HubError(`${PATH} is of version ${found.version}, which these pages do not know: publish the hub again`, 'damaged')
  }
  return found
}

/**
 * @param {Uint8Array} data
 * @param {string} path For messages.
 * @returns {any}
 */
export function unpackJson(data, path) {
  try {
    return JSON.parse(new TextDecoder().decode(decompress(data)))
  } catch (error) {
    throw new HubError(`${path} is damaged: ${error instanceof Error ? error.message : String(error)}`, 'damaged')
  }
}

/** One row group of the index: its place in the file and, once read, its head. */
export class Part {
  /** @param {Directory} directory @param {number} number @param {number} first @param {number} offset */
  constructor(directory, number, first, offset) {
    this.number = number
    this.first = first
    this.rows = directory.parts.rows[number] ?? 0
    this.offset = offset
    this.heads = /** @type {[number, number]} */ (directory.parts.heads[number])
    /** @type {Contents|null} */
    this.contents = null
    /** @type {Stats|null} */
    this.stats = null
    /** Offsets of the frames, by kind. @type {Record<string, number[]>} */
    this.offsets = {}
  }

  /** Where the second half of its head begins. */
  get middle() {
    return this.offset + this.heads[0]
  }

  /** Where its frames begin. */
  get body() {
    return this.middle + this.heads[1]
  }

  /** @param {Contents} contents @param {string[]} kinds */
  open(contents, kinds) {
    let at = this.body
    for (const kind of kinds) {
      this.offsets[kind] = (contents.sizes[kind] ?? []).map((size) => (at += size) - size)
    }
    this.contents = contents
  }
}
