/** What the index does not hold of a row: exact footprints and members of items. */

import { QueryError } from './errors.js'
import { BOX } from './plan.js'
import { toShape } from './geometry/shape.js'
import { fromWkb } from './geometry/wkb.js'

/** @typedef {import('./rows.js').IndexRow} IndexRow */
/** @typedef {import('./small.js').Source} Source */

const MOST_ITEMS = 2000
const AT_ONCE = 16

/** Path of an item's JSON. @param {string} collection @param {string} id */
export function itemPath(collection, id) {
  return `${collection}/${id}/${id}.json`
}

/** Reads what rows lack. */
export class Exact {
  /** @param {Source} source @param {import('./files.js').Files} files */
  constructor(source, files) {
    this.source = source
    this.files = files
    /** @type {Map<number, any>} */
    this.items = new Map()
  }

  /**
   * Columns of all the chunks that rows are in.
   *
   * @param {IndexRow[]} rows
   * @param {Iterable<string>} columns
   * @param {AbortSignal} [signal]
   */
  async columns(rows, columns, signal) {
    await this.source.load([...new Set(rows.map((row) => row.chunk))], columns, signal)
  }

  /** Read the rows' items. @param {IndexRow[]} rows @param {AbortSignal} [signal] */
  async readItems(rows, signal) {
    const missing = rows.filter((row) => !row.item && !this.items.has(row.row))
    if (missing.length > MOST_ITEMS) {
      throw new QueryError(
        `the files of ${missing.length} models would have to be read for this search, more than a browser should`,
        'Narrow it by a facet, a place or words, or ask with Python.',
      )
    }
    await this.columns(missing, ['id', 'collection'], signal)
    let next = 0
    const worker = async () => {
      for (let row = missing[next++]; row; row = missing[next++]) {
        const path = itemPath(row.column('collection'), row.column('id'))
        this.items.set(row.row, await this.files.json(path, signal))
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, worker))
    for (const row of rows) row.item ??= this.items.get(row.row)
  }

  /** Read the rows' exact footprints. @param {IndexRow[]} rows @param {AbortSignal} [signal] */
  async readFootprints(rows, signal) {
    await this.columns(rows, BOX, signal)
    const missing = rows.filter((row) => !row.footprint && row.box !== null)
    const shaped = missing.filter((row) => row.column('shaped'))
    await this.columns(shaped, ['shape'], signal)
    for (const row of shaped) row.footprint = toShape(fromWkb(row.column('shape')))
    const boxes = missing.filter((row) => !row.column('shaped'))
    if (boxes.length) await this.readItems(boxes, signal)
    for (const row of boxes) row.footprint = toShape(row.item.geometry)
  }
}
