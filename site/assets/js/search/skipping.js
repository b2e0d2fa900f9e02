/** Which parts and blocks of an index cannot have a match, by what is known of them. */

import { contains } from './area.js'
import { condition } from './cql/evaluate.js'
import { isName, propertiesOf } from './cql/tree.js'
import { queryable } from './facets.js'
import { boxesMeet } from './geometry/shape.js'
import { requiredAreas } from './plan.js'

/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('./directory.js').Spans} Spans */
/** @typedef {import('./area.js').Area} Area */

/** Degrees; more than the float step that true edges may lie inside their box. */
const SLACK = 0.001
const HOUR = 3_600_000_000n

/** Conditions of one query, as they apply to many rows at once. */
export class Skipper {
  /** @param {Plan} plan @param {string[]} coded */
  constructor(plan, coded) {
    this.plan = plan
    /** @type {Area[]} */
    this.areas = requiredAreas(plan)
    /** Conditions on the value of a single column. @type {Array<{column: string, test: (value: any) => boolean}>} */
    this.tests = []
    /** Ends of spans that must be on the right side. @type {Array<{column: string, end: 0|1, fits: (value: number) => boolean}>} */
    this.bounds = []
    const { datetime } = plan.query
    if (datetime) {
      const [first, last] = [hours(datetime.start), hours(datetime.end)]
      this.bounds.push({ column: 'start', end: 0, fits: (low) => low <= last }, { column: 'end', end: 1, fits: (high) => high >= first })
    }
    for (const node of plan.nodes) this.add(node, coded)
  }

  /** @param {any} node @param {string[]} coded */
  add(node, coded) {
    const columns = new Set([...propertiesOf(node)].map((name) => queryable(name).column))
    const column = [...columns][0]
    if (columns.size !== 1 || !column) return
    if (coded.includes(column)) {
      const truth = condition(node)
      this.tests.push({ column, test: (value) => truth({ column: () => value, property: () => null, spatial: () => null }) === true })
    } else if (node.op === 'and') {
      for (const part of node.args) this.add(part, coded)
    } else this.addBound(node, column)
  }

  /** @param {any} node @param {string} column */
  addBound({ op, args }, column) {
    const [left, right] = args
    if (!isName(left)) return
    const limit = typeof right === 'number' ? right : right?.instant === undefined ? null : hours(right.instant)
    if (limit === null) return
    if (op === '<' || op === '<=' || op === '=') this.bounds.push({ column, end: 0, fits: (low) => low <= limit })
    if (op === '>' || op === '>=' || op === '=') this.bounds.push({ column, end: 1, fits: (high) => high >= limit })
  }

  /**
   * Whether one of several parts or blocks may have a match, by its box and spans.
   *
   * @param {{box: Spans, spans: Record<string, Spans>}} known
   * @param {number} number
   */
  may(known, number) {
    if (this.areas.length) {
      const box = [0, 2, 5, 7].map((side) => known.box[side]?.[number] ?? null)
      if (box.includes(null)) return false
      const degrees = box.map((side) => Number(side) / 1000)
      if (!this.areas.every((area) => area.touches(degrees))) return false
    }
    return this.bounds.every(({ column, end, fits }) => {
      const span = known.spans[column]
      if (!span) return true
      const value = span[end]?.[number] ?? null
      return value !== null && fits(value)
    })
  }

  /** Whether a part may, by its values. @param {Record<string, [any, string][]>} values @param {number} part */
  mayValues(values, part) {
    return this.tests.every(({ column, test }) => {
      const known = values[column]
      // Which parts have rows without a value is not told.
      if (!known || queryable(column).type === 'strings' || test(null)) return true
      return known.some(([value, mask]) => (BigInt(`0x${mask}`) >> BigInt(part)) & 1n && test(value))
    })
  }

  /**
   * For each condition on coded columns, the values of a part for which it holds, as bits.
   *
   * @param {Record<string, any[]>} values
   */
  masks(values) {
    return this.tests.map(({ column, test }) => {
      let mask = 0n
      values[column]?.forEach((value, code) => {
        if (test(value)) mask |= 1n << BigInt(code)
      })
      return { column, mask }
    })
  }

  /**
   * Whether all rows of a block meet the areas: these cover them, or every box does and boxes are
   * all there is.
   *
   * @param {import('./directory.js').Stats} stats
   * @param {number} block
   */
  sure(stats, block) {
    if (!this.plan.spatial.length || stats.nowhere[block]) return false
    if (this.plan.spatial.some(({ op }) => op !== 's_intersects') || this.areas.some((area) => !area.isBox)) return false
    const sides = stats.box.map((side) => Number(side[block]) / 1000)
    const [west, inWest, south, inSouth, inEast, east, inNorth, north] = /** @type {number[]} */ (sides)
    const outer = [west, south, east, north]
    // The least that every row's box covers; it may be inside out, and still tell.
    const inner = [Number(inWest) + SLACK, Number(inSouth) + SLACK, Number(inEast) - SLACK, Number(inNorth) - SLACK]
    return this.areas.every(({ boxes }) =>
      boxes.some((own) => contains(own, /** @type {number[]} */ (outer)) || (!stats.shaped[block] && boxesMeet(inner, own))),
    )
  }
}

/** @param {bigint} micros */
function hours(micros) {
  return Number(micros / HOUR)
}
