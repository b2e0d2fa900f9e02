/** What the words of a query tell of its matches, before the index is read. */

import { searchText } from './text.js'

/** @typedef {import('./text.js').Hits} Hits */
/** @typedef {import('./rows.js').IndexRow} IndexRow */
/** @typedef {import('./commonwords.js').WordFacets} WordFacets */
/** @typedef {{hits: Hits, facets: WordFacets|null}} Settled All matches, and what is known of their facets. */

/** The rows with all words of one query, and which of them match the rest of it. */
export class WordMatches {
  /** @type {Hits|null} */
  #hits = null
  /** @type {WordFacets|null|undefined} Of the hits; null where they are not to be had. */
  #facets = undefined
  /** @type {Settled|null|undefined} */
  #settled = undefined

  /** @param {import('./engine.js').Engine} engine @param {string[]} words @param {import('./plan.js').Plan} plan */
  constructor(engine, words, plan) {
    this.engine = engine
    this.words = words
    this.plan = plan
  }

  /** How many match, once that is known. */
  get count() {
    return this.#settled?.hits.rows.length ?? null
  }

  /** The rows that have all words. @param {AbortSignal} [signal] */
  async hits(signal) {
    this.#hits ??= await searchText(this.engine.terms, this.words, this.engine.source.size, signal)
    return this.#hits
  }

  /**
   * All matches, where words and the facets of common words tell them; else null.
   *
   * @param {AbortSignal} [signal]
   * @returns {Promise<Settled|null>}
   */
  async settled(signal) {
    if (this.#settled !== undefined) return this.#settled
    const hits = await this.hits(signal)
    const { cheap, spatial, costly } = this.plan
    if (!cheap.length && !spatial.length && !costly.length) this.#settled = { hits, facets: null }
    else if (spatial.length || costly.length) this.#settled = null
    else this.#settled = await this.#sifted(hits, signal)
    return this.#settled
  }

  /** All matches with their facets; null where these are not to be had. @param {AbortSignal} [signal] */
  async withFacets(signal) {
    const settled = await this.settled(signal)
    if (settled && !settled.facets) settled.facets = await this.#facetsOf(settled.hits, signal)
    return settled?.facets ? { hits: settled.hits, facets: settled.facets } : null
  }

  /** @param {Hits} hits @param {AbortSignal} [signal] */
  async #facetsOf(hits, signal) {
    if (this.#facets === undefined) this.#facets = (await this.engine.common?.facetsOf(hits, signal)) ?? null
    return this.#facets
  }

  /** Those hits that match, as far as facets tell. @param {Hits} hits @param {AbortSignal} [signal] */
  async #sifted(hits, signal) {
    const facets = await this.#facetsOf(hits, signal)
    if (!facets?.tells(this.plan.columns)) return null
    const others = facets.others
    const rows = await this.rowsAt(hits.rows, signal, others)
    await this.engine.exact.columns(rows, this.plan.columns, signal)
    const byPlace = new Map(others.map((place, i) => [place, rows[i]]))
    const places = [...hits.rows.keys()].filter((place) => {
      const row = byPlace.get(place) ?? facets.row(place)
      return this.plan.cheap.every((condition) => condition(row) === true)
    })
    return { hits: hits.pick(places), facets: facets.pick(places) }
  }

  /** Rows of the index, with their scores. @param {ArrayLike<number>} numbers @param {AbortSignal} [signal] @param {number[]} [places] Only these. */
  async rowsAt(numbers, signal, places) {
    const hits = await this.hits(signal)
    const chosen = places ? places.map((place) => /** @type {number} */ (numbers[place])) : Array.from(numbers)
    const rows = await this.engine.rowsAt(chosen, signal)
    for (const row of rows) row.score = hits.scores[hits.placeOf(row.row)] ?? 0
    return rows
  }
}
