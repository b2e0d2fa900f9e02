/** How often each value occurs among the rows that match, before counts are made of it. */

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./rows.js').IndexRow} IndexRow */

/** Values of some columns, each with how many rows have it; lists and null are values, too. */
export class Tally {
  /** @type {Map<string, Map<any, number>>} */
  #columns = new Map()

  /** @param {Iterable<string>} columns @param {number} matched How many rows there would be to count. */
  constructor(columns, matched) {
    for (const name of columns) this.#columns.set(name, new Map())
    this.matched = matched
    this.counted = 0
  }

  /** @param {string} name */
  has(name) {
    return this.#columns.has(name)
  }

  /** Values of a column with their counts, those of all that match. @param {string} name @returns {Array<[any, number]>} */
  of(name) {
    const factor = this.counted ? this.matched / this.counted : 1
    const found = [...(this.#columns.get(name) ?? [])]
    return factor === 1 ? found : found.map(([value, count]) => [value, Math.round(count * factor)])
  }

  /** @param {IndexRow[]} rows With the columns loaded. */
  addRows(rows) {
    this.counted += rows.length
    for (const [name, counts] of this.#columns) {
      for (const row of rows) {
        const value = row.column(name)
        counts.set(value, (counts.get(value) ?? 0) + 1)
      }
    }
  }

  /** @param {import('./commonwords.js').WordFacets} facets */
  addFacets(facets) {
    for (const [name, counts] of this.#columns) {
      for (const [value, count] of facets.counts(name)) counts.set(value, (counts.get(value) ?? 0) + count)
    }
    this.counted += facets.known.reduce((sum, is) => sum + is, 0)
  }
}

/**
 * Tally what a query finds: from common words where they tell it, else from the index, and of more
 * rows than a browser should read from some of them, evenly spread.
 *
 * @param {Engine} engine
 * @param {import('./found.js').Found} found
 * @param {AbortSignal} [signal]
 */
export async function tallied(engine, found, signal) {
  const { source, exact } = engine
  const told = await found.words?.withFacets(signal)
  if (told) {
    const tally = new Tally(told.facets.columns.keys(), told.hits.rows.length)
    tally.addFacets(told.facets)
    await tallyRows(tally, told.facets.others.map((place) => told.hits.rows[place] ?? 0))
    return tally
  }
  const settled = await found.settled(signal)
  const numbers = settled ? settled.hits.rows : (await found.all(signal)).map(({ row }) => row)
  const tally = new Tally(source.countColumns, numbers.length)
  await tallyRows(tally, source.sample?.(numbers) ?? numbers)
  return tally

  /** @param {Tally} own @param {ArrayLike<number>} numbers */
  async function tallyRows(own, numbers) {
    const rows = await engine.rowsAt(numbers, signal)
    await exact.columns(rows, source.countColumns, signal)
    own.addRows(rows)
  }
}
