/** What a query finds: which rows, and in which order, read no further than someone asks. */

import { areaOf } from './area.js'
import { planOf } from './plan.js'
import { IndexRow } from './rows.js'
import { measured } from './overlap.js'
import { isBeyond, sortColumns, sortRows, sortsByItems } from './order.js'
import { rowsOfIds } from './text.js'
import { WordMatches } from './wordmatches.js'

/** @typedef {import('./query.js').Query} Query */
/** @typedef {import('./engine.js').Engine} Engine */

/** Rows of a search by words and more that are tested first, the best ones; then twice as many, and so on. */
const FIRST_TESTED = 48
const MOST_TESTED = 1024

/** One query's result. */
export class Found {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve()

  /** @param {Engine} engine @param {Query} query */
  constructor(engine, query) {
    this.engine = engine
    this.query = query
    this.plan = planOf(query)
    this.words = query.words.length ? new WordMatches(engine, query.words, this.plan) : null
    /** Whether rows come in the order of their scores, as they do unless something else is asked for. */
    this.byScore = this.words !== null && query.sortby.length === 0
    this.sorts = this.byScore || query.sortby.length > 0
    /** Matches in the hub's order, as far as they are known. @type {IndexRow[]} */
    this.rows = []
    this.done = false
    /** @type {AsyncGenerator<IndexRow[]>|null} */
    this.matches = null
    /** @type {IndexRow[]|null} */
    this.ordered = null
    /** Whether the order is known for the first rows only. */
    this.isPartial = false
    /** How many of the rows with all words were tested, the best first. */
    this.tested = 0
  }

  /** Begin again: an interrupted scan cannot go on. */
  reset() {
    this.rows = []
    this.done = false
    this.matches = null
    this.ordered = null
    this.isPartial = false
    this.tested = 0
  }

  /** How many match, once that is known. @returns {number|null} */
  get count() {
    return this.done ? this.rows.length : (this.words?.count ?? null)
  }

  /** Whether few rows of the index can match, whatever the words say. */
  get isNarrow() {
    const { source } = this.engine
    return this.query.ids !== null || (source.reach?.(this.plan) ?? source.size) < source.size / 2
  }

  /**
   * The first rows of the order: at least `count`, or all.
   *
   * @param {number} count
   * @param {AbortSignal} [signal]
   * @returns {Promise<IndexRow[]>}
   */
  first(count, signal) {
    return this.#inTurn(async () => {
      if (this.byScore && !this.done && !this.isNarrow) return this.firstByScore(count, signal)
      if (!this.sorts) {
        await this.advance(count, signal)
        return this.rows
      }
      if (!this.ordered || (this.isPartial && this.ordered.length < count)) {
        this.ordered = (await this.best(count, signal)) ?? (await this.order(count, signal))
      }
      return this.ordered
    }, signal)
  }

  /** All rows, in the hub's order. @param {AbortSignal} [signal] */
  all(signal) {
    return this.#inTurn(async () => {
      await this.advance(Infinity, signal)
      return this.rows
    }, signal)
  }

  /**
   * One question after the other, as they go on from what is known.
   *
   * @template T
   * @param {() => Promise<T>} answer
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>}
   */
  #inTurn(answer, signal) {
    const turn = this.#last.then(async () => {
      signal?.throwIfAborted()
      try {
        return await answer()
      } catch (error) {
        this.reset()
        throw error
      }
    })
    this.#last = turn.catch(() => {})
    return turn
  }

  /** Rows of all matches if words tell them, without reading any of the index. @param {AbortSignal} [signal] */
  async settled(signal) {
    return (await this.words?.settled(signal)) ?? null
  }

  /**
   * Rows with all words, those of the best score first, tested until enough match.
   *
   * @param {number} count
   * @param {AbortSignal} [signal]
   */
  async firstByScore(count, signal) {
    const words = /** @type {WordMatches} */ (this.words)
    const settled = await words.settled(signal)
    const { best } = settled?.hits ?? (await words.hits(signal))
    const ordered = (this.ordered ??= [])
    for (let many = FIRST_TESTED; ordered.length < count && this.tested < best.length; many = Math.min(2 * many, MOST_TESTED)) {
      const rows = await words.rowsAt(best.subarray(this.tested, this.tested + (settled ? count : many)), signal)
      this.tested += rows.length
      for (const row of settled ? rows : await this.passing(rows, signal)) ordered.push(row)
    }
    this.isPartial = this.tested < best.length
    return ordered
  }

  /** Those of some rows that match. @param {IndexRow[]} rows @param {AbortSignal} [signal] */
  async passing(rows, signal) {
    await this.engine.exact.columns(rows, this.plan.columns, signal)
    const likely = rows.filter((row) => this.plan.cheap.every((condition) => condition(row) === true))
    return this.costly(await this.meeting(likely, signal), signal)
  }

  /** @param {number} count @param {AbortSignal} [signal] */
  async advance(count, signal) {
    this.matches ??= this.scan(signal)
    while (!this.done && this.rows.length < count) {
      const { value, done } = await this.matches.next()
      signal?.throwIfAborted()
      if (done) this.done = true
      else for (const row of value) this.rows.push(row)
    }
  }

  /** @param {AbortSignal} [signal] @returns {AsyncGenerator<IndexRow[]>} */
  async *scan(signal) {
    const { engine, query, plan, words } = this
    const settled = await words?.settled(signal)
    if (words && settled) {
      yield await words.rowsAt(settled.hits.rows, signal)
      return
    }
    const hits = words ? await words.hits(signal) : null
    const ids = query.ids ? await rowsOfIds(engine.terms, query.ids, signal) : null
    plan.only = narrowest(hits?.rows ?? null, ids)
    for await (const chunk of engine.source.scan(plan, signal)) yield this.sift(chunk, hits, signal)
  }

  /**
   * The rows of a chunk that match.
   *
   * @param {import('./small.js').Chunk} chunk
   * @param {import('./text.js').Hits|null} hits
   * @param {AbortSignal} [signal]
   */
  async sift(chunk, hits, signal) {
    /** @type {IndexRow[]} */
    let rows = []
    for (let place = 0; place < chunk.count; place++) {
      const hit = hits ? hits.placeOf(chunk.first + place) : 0
      if (hit < 0) continue
      const row = new IndexRow(chunk, place)
      if (hits) row.score = hits.scores[hit] ?? 0
      if (this.plan.cheap.every((condition) => condition(row) === true)) rows.push(row)
    }
    if (!chunk.sure) rows = await this.meeting(rows, signal)
    return this.costly(rows, signal)
  }

  /** Those for which the spatial predicates hold. @param {IndexRow[]} rows @param {AbortSignal} [signal] */
  async meeting(rows, signal) {
    let kept = rows
    for (const { op, shape } of this.plan.spatial) {
      const area = areaOf(shape)
      /** @type {IndexRow[]} */
      const open = []
      kept = kept.filter((row) => {
        const box = row.box
        if (box === null) return false
        const settled = area.settle(op, box, row.column('shaped'))
        if (settled === null) open.push(row)
        return settled !== false
      })
      if (!open.length) continue
      await this.engine.exact.readFootprints(open, signal)
      const failed = new Set(open.filter((row) => row.spatial(op, shape) !== true))
      kept = kept.filter((row) => !failed.has(row))
    }
    return kept
  }

  /** Those for which conditions on items hold. @param {IndexRow[]} rows @param {AbortSignal} [signal] */
  async costly(rows, signal) {
    const { costly, needsItems } = this.plan
    if (!costly.length || !rows.length) return rows
    if (needsItems) await this.engine.exact.readItems(rows, signal)
    else await this.engine.exact.readFootprints(rows, signal)
    return rows.filter((row) => costly.every((condition) => condition(row) === true))
  }

  /**
   * The first rows of an order by a column whose largest and least values are known of blocks: no
   * more blocks are read than can hold one of them. Null where that does not apply.
   *
   * @param {number} count
   * @param {AbortSignal} [signal]
   * @returns {Promise<IndexRow[]|null>}
   */
  async best(count, signal) {
    const [key] = this.query.sortby
    const { ranked } = this.engine.source
    if (!key || !ranked || this.done || this.words || this.query.ids) return null
    const batches = await ranked.call(this.engine.source, this.plan, key, signal)
    if (!batches) return null
    /** @type {IndexRow[]} */
    let rows = []
    for (const { bound, read } of batches) {
      const last = rows[count - 1]
      if (last && isBeyond(last, key, bound)) {
        this.isPartial = true
        return rows
      }
      /** @type {IndexRow[]} */
      const found = []
      for await (const chunk of read()) for (const row of await this.sift(chunk, null, signal)) found.push(row)
      rows = await this.sorted([...rows, ...found], signal)
    }
    this.isPartial = false
    return rows
  }

  /** @param {number} count @param {AbortSignal} [signal] */
  async order(count, signal) {
    await this.advance(Infinity, signal)
    const { sortby, area } = this.query
    const byOverlap = sortby.some(({ field }) => field === 'overlap')
    const rows = area && byOverlap ? await measured(this.engine.exact, areaOf(area), this.rows, { key: sortby[0], count }, signal) : this.rows
    this.isPartial = rows.length < this.rows.length
    return this.sorted(rows, signal)
  }

  /** @param {IndexRow[]} rows @param {AbortSignal} [signal] */
  async sorted(rows, signal) {
    const { sortby } = this.query
    const keys = sortby.length ? sortby : [{ field: 'score', direction: /** @type {const} */ ('desc') }]
    await this.engine.exact.columns(rows, sortColumns(keys), signal)
    if (sortsByItems(keys)) await this.engine.exact.readItems(rows, signal)
    return sortRows(rows, keys)
  }
}

/** @param {ArrayLike<number>|null} a @param {ArrayLike<number>|null} b */
function narrowest(a, b) {
  if (!a || !b) return a ?? b
  return a.length <= b.length ? a : b
}
