/** A query's conditions, sorted by what they need of a row. */

import { areaOf } from './area.js'
import { condition } from './cql/evaluate.js'
import { SPATIAL } from './cql/normal.js'
import { conjuncts, propertiesOf } from './cql/tree.js'
import { SIDES, queryable } from './facets.js'

/** @typedef {import('./query.js').Query} Query */
/** @typedef {import('./cql/evaluate.js').Condition} Condition */
/** @typedef {{op: string, shape: any}} SpatialTest */

export const BOX = [...SIDES, 'shaped']

/**
 * @typedef {object} Plan
 * @property {Condition[]} cheap Conditions on columns of the index.
 * @property {any[]} nodes The filter's cheap conditions as CQL2, for skipping.
 * @property {SpatialTest[]} spatial Predicates that must hold.
 * @property {Condition[]} costly Conditions on item properties, or with predicates inside.
 * @property {string[]} columns What all of these need.
 * @property {boolean} needsItems Whether item properties are asked for.
 * @property {Query} query
 * @property {ArrayLike<number>|null} only Rows among which matches must be, where words tell.
 */

/**
 * @param {Query} query
 * @returns {Plan}
 */
export function planOf(query) {
  /** @type {Set<string>} */
  const columns = new Set()
  /** @type {Plan} */
  const plan = { cheap: [], nodes: [], spatial: [], costly: [], columns: [], needsItems: false, query, only: null }
  const { ids, collections, datetime, area } = query
  if (ids) addTest(plan, columns, 'id', (value) => ids.has(value))
  if (collections) addNode(plan, columns, { op: 'or', args: [...collections].map((name) => ({ op: '=', args: [{ property: 'collection' }, name] })) })
  if (datetime) {
    columns.add('start').add('end')
    plan.cheap.push((row) => {
      const start = row.column('start')
      return start !== null && start <= datetime.end && row.column('end') >= datetime.start
    })
  }
  if (area) plan.spatial.push({ op: 's_intersects', shape: area })
  for (const node of conjuncts(query.filter)) addNode(plan, columns, node)
  if (plan.spatial.length) for (const name of BOX) columns.add(name)
  plan.columns = [...columns]
  return plan
}

/**
 * @param {Plan} plan
 * @param {Set<string>} columns
 * @param {string} column
 * @param {(value: any) => boolean} test
 */
function addTest(plan, columns, column, test) {
  columns.add(column)
  plan.cheap.push((row) => test(row.column(column)))
}

/**
 * @param {Plan} plan
 * @param {Set<string>} columns
 * @param {any} node
 */
function addNode(plan, columns, node) {
  if (SPATIAL.has(node?.op)) {
    plan.spatial.push({ op: node.op, shape: node.args[1] })
    return
  }
  const names = [...propertiesOf(node)].map(queryable)
  for (const { column, type } of names) {
    if (column) columns.add(column)
    if (type === 'geometry') for (const name of BOX) columns.add(name)
  }
  const asksItems = names.some(({ column, type }) => !column && type !== 'geometry')
  plan.needsItems ||= asksItems
  if (asksItems || hasSpatial(node)) plan.costly.push(condition(node))
  else {
    plan.nodes.push(node)
    plan.cheap.push(condition(node))
  }
}

/** @param {any} node @returns {boolean} */
function hasSpatial(node) {
  if (SPATIAL.has(node?.op)) return true
  return Array.isArray(node?.args) && node.args.some(hasSpatial)
}

/** Areas that every match must meet. @param {Plan} plan */
export function requiredAreas(plan) {
  return plan.spatial.filter(({ op }) => op !== 's_disjoint').map(({ shape }) => areaOf(shape))
}
