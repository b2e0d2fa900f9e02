/** Chooses how a hub's indexes are read: small ones whole, others by range. */

import { BlockIndex } from './blocks.js'
import { CommonWords } from './commonwords.js'
import { readDirectory } from './directory.js'
import { SmallTerms, smallIndex } from './small.js'
import { RemoteTerms } from './terms.js'

const INDEX = 'search/index.parquet'
const TERMS = 'search/terms.parquet'

/**
 * @param {import('./files.js').Files} files
 * @param {any} manifest
 * @param {number} whole Up to which size a file is read whole.
 * @returns {Promise<{source: import('./small.js').Source, terms: import('./text.js').Terms, common: CommonWords|null}>}
 */
export async function openSources(files, manifest, whole) {
  const isSmall = (/** @type {string} */ path) => manifest.files[path].size <= whole
  const [index, words] = [isSmall(INDEX), isSmall(TERMS)]
  const [directory, indexFile, termsFile] = await Promise.all([
    index && words ? null : readDirectory(files),
    index ? files.whole(INDEX) : null,
    words ? files.whole(TERMS) : null,
  ])
  const places = /** @type {import('./directory.js').Directory} */ (directory)
  const source = indexFile ? await smallIndex(indexFile, manifest.items) : new BlockIndex(files, places, manifest.items)
  const terms = termsFile ? new SmallTerms(termsFile) : new RemoteTerms(files, places.terms)
  return { source, terms, common: indexFile ? null : new CommonWords(files, places.words) }
}
