/** Rows as whoever shows them wants them. */

import { FACET_NAMES } from './facets.js'
import { formatInstant } from './times.js'

/**
 * @typedef {object} Hit
 * @property {number} row
 * @property {string} id
 * @property {string} collection
 * @property {string|null} title
 * @property {[number, number, number, number]|null} bbox
 * @property {string|null} start RFC 3339; null where it is open or not there.
 * @property {string|null} end
 * @property {number} [score]
 * @property {number} [overlap_percentage]
 * @property {Record<string, any>} facets
 */

export const HIT_COLUMNS = ['id', 'collection', 'title', 'xmin', 'ymin', 'xmax', 'ymax', 'shaped', 'start', 'end', ...FACET_NAMES]

/**
 * @param {import('./rows.js').IndexRow} row With its `HIT_COLUMNS` loaded.
 * @returns {Hit}
 */
export function toHit(row) {
  /** @type {Hit} */
  const hit = {
    row: row.row,
    id: row.column('id'),
    collection: row.column('collection'),
    title: row.column('title'),
    bbox: row.box,
    start: formatInstant(row.column('start')),
    end: formatInstant(row.column('end')),
    facets: Object.fromEntries(FACET_NAMES.map((name) => [name, row.column(name)])),
  }
  if (row.score) hit.score = row.score
  if (!Number.isNaN(row.overlap)) hit.overlap_percentage = row.overlap
  return hit
}
