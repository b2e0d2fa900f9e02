/** The parts that answer queries over one hub. */

import { Exact } from './exact.js'
import { Found } from './found.js'
import { parseQuery } from './query.js'
import { IndexRow } from './rows.js'

const REMEMBERED = 8

/** Answers queries; keeps the latest, so that the next page or the counts go on from there. */
export class Engine {
  /**
   * @param {import('./small.js').Source} source
   * @param {import('./text.js').Terms} terms
   * @param {import('./commonwords.js').CommonWords|null} common
   * @param {import('./files.js').Files} files
   */
  constructor(source, terms, common, files) {
    this.source = source
    this.terms = terms
    this.common = common
    this.exact = new Exact(source, files)
    /** @type {Map<string, Found>} */
    this.latest = new Map()
  }

  /** @param {import('./query.js').SearchQuery} query */
  find(query) {
    const { limit, fields, ...asked } = query
    const key = JSON.stringify(asked)
    let found = this.latest.get(key)
    if (!found) {
      found = new Found(this, parseQuery(asked))
      this.latest.set(key, found)
      const oldest = this.latest.keys().next().value
      if (this.latest.size > REMEMBERED && oldest !== undefined) this.latest.delete(oldest)
    }
    return found
  }

  /** @param {ArrayLike<number>} rows @param {AbortSignal} [signal] */
  async rowsAt(rows, signal) {
    const places = await this.source.at(Array.from(rows), signal)
    return places.map(({ chunk, place }) => new IndexRow(chunk, place))
  }
}
