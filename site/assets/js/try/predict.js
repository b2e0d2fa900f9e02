// From a model and an image to a result.

import { predictRaster } from './raster.js'
import { predictTable } from './table.js'

/** @typedef {{box: [number, number, number, number], value: number | null, name: string, score: number | null, scores: number[]}} Row Left, top, right, bottom in pixels of the image. */
/**
 * @typedef {object} Result
 * @property {import('./kinds.js').Kind} kind
 * @property {number} height Of the output.
 * @property {number} width
 * @property {number} finer Pixels of the output a side, for each of the image; below 1 where it is coarser.
 * @property {Uint16Array | null} classes
 * @property {Float32Array[] | null} scores A plane for each channel; null where there was no room.
 * @property {Uint8Array} valid
 * @property {import('./decide.js').Decision | null} decision
 * @property {Row[]} rows
 */
/** @typedef {(done: number, all: number) => void} Progress Windows that are done, and all. */

/**
 * Go through all windows.
 * @param {import('./windowed.js').Windowed} windowed
 * @param {Progress} progress
 * @returns {Promise<Result>}
 */
export async function predict(windowed, progress) {
  return windowed.dense ? predictRaster(windowed, progress) : predictTable(windowed, progress)
}
