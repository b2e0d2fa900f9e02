/** Rows as whoever shows them wants them. */

import { FACET_NAMES } from './facets.js'
import { BOX } from './plan.js'
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

/** What a hit has of the index. */
export const ALL_COLUMNS = ['id', 'collection', 'title', ...BOX, 'start', 'end', ...FACET_NAMES]
/** The same for a list of results, which shows no keywords: they are many bytes. */
export const HIT_COLUMNS = ALL_COLUMNS.filter((name) => name !== 'keywords')

/**
 * @param {import('./rows.js').IndexRow} row With the columns of a hit loaded; what is not is null.
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
