/** One row of the index as conditions and orders ask for it. */

import { areaOf } from './area.js'
import { boxGeometry, toShape } from './geometry/shape.js'
import { holds } from './geometry/relate.js'

/** @typedef {import('./small.js').Chunk} Chunk */
/** @typedef {import('./area.js').Box} Box */

/** A row, and what has been read of its item. */
export class IndexRow {
  /** @param {Chunk} chunk @param {number} place */
  constructor(chunk, place) {
    this.chunk = chunk
    this.place = place
    /** The item's JSON, once it is read. @type {any} */
    this.item = null
    /** Its exact footprint, once it is read. @type {import('./geometry/shape.js').Shape|null} */
    this.footprint = null
    this.score = 0
    this.overlap = NaN
  }

  get row() {
    return this.chunk.first + this.place
  }

  /** @param {string} name */
  column(name) {
    return this.chunk.columns[name]?.[this.place] ?? null
  }

  /** The row's box; null without geometry. @returns {Box|null} */
  get box() {
    const west = this.column('xmin')
    if (west === null) return null
    return [west, this.column('ymin'), this.column('xmax'), this.column('ymax')]
  }

  /**
   * A member of the item's properties; a name that is none by itself is tried as a path.
   *
   * @param {string} name
   */
  property(name) {
    const properties = this.item?.properties
    if (own(properties, name) && properties[name] !== null) return properties[name]
    let value = properties
    for (const part of name.split('.')) value = own(value, part) ? value[part] : null
    return value ?? null
  }

  /** @param {string} op @param {any} shape @returns {boolean|null} */
  spatial(op, shape) {
    const box = this.box
    if (box === null) return null
    const area = areaOf(shape)
    const settled = area.settle(op, box, this.column('shaped'))
    if (settled !== null) return settled
    return holds(op, this.footprint ?? toShape(boxGeometry(box)), area.shape)
  }
}

/** @param {any} object @param {string} name */
function own(object, name) {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
}
