// From what a network gives to scores: its post-processing as declared, applied exactly once.
// Mirrors builder/geocairn/run/postprocess.py.

import { record } from '../pages/view/values.js'
import { isEntryPoint, parse } from './expressions.js'
import { Fault } from './faults.js'

/** @typedef {'none' | 'sigmoid' | 'softmax' | 'argmax'} Activation */
/** @typedef {{activation: Activation, scores: Activation, compute: ((values: Float32Array) => Float32Array) | null}} Post */

const NAMES = /(?<![a-z])(?:log_?)?(sigmoid|expit|softmax|argmax|identity)(?![a-z])/i
/** @type {Record<string, Activation>} */
const OURS = { sigmoid: 'sigmoid', expit: 'sigmoid', softmax: 'softmax', argmax: 'argmax', identity: 'none' }
/** @type {Record<string, Activation>} */
const GRAPH = { Sigmoid: 'sigmoid', Softmax: 'softmax', ArgMax: 'argmax' }

/**
 * What is done with an output, and what its scores are then.
 * @param {import('./spec.js').OutputSpec} output
 * @param {string} inGraph The operator that the network itself ends with, if it is an activation.
 * @returns {Post}
 */
export function postProcess(output, inGraph) {
  const inside = GRAPH[inGraph] ?? 'none'
  if (!output.post) return { activation: 'none', scores: inside, compute: null }
  const text = record(output.post).expression
  const found = typeof text === 'string' ? NAMES.exec(text) : null
  if (!found || found[0].toLowerCase().startsWith('log')) return arithmetic(text)
  const declared = OURS[(found[1] ?? '').toLowerCase()] ?? 'none'
  // The places of the best scores are told from the scores, which blend better.
  const done = declared === 'argmax' || (declared === inside && declared !== 'none')
  if (done) return { activation: 'none', scores: inside, compute: null }
  return { activation: declared, scores: declared === 'none' ? inside : declared, compute: null }
}

/** @param {any} text @returns {Post} */
function arithmetic(text) {
  if (typeof text !== 'string' || isEntryPoint(text)) throw new Fault('post', { text: String(text).slice(0, 80) })
  const expression = parse(text)
  if (expression.names.length > 1) throw new Fault('post', { text: text.slice(0, 80) })
  const compute = (/** @type {Float32Array} */ values) => {
    const found = expression.compute(Object.fromEntries(expression.names.map((name) => [name, values])))
    return typeof found === 'number' ? new Float32Array(values.length).fill(found) : found
  }
  return { activation: 'none', scores: 'none', compute }
}

/**
 * Apply it to scores, in place.
 * @param {Float32Array[]} planes A class each.
 * @param {Post} post
 */
export function activate(planes, { activation, compute }) {
  if (compute) planes.forEach((plane) => plane.set(compute(plane)))
  else if (activation === 'sigmoid') {
    for (const plane of planes) plane.forEach((value, at) => (plane[at] = (Math.tanh(value / 2) + 1) / 2))
  } else if (activation === 'softmax') {
    const size = planes[0]?.length ?? 0
    for (let at = 0; at < size; at += 1) {
      let [most, sum] = [-Infinity, 0]
      for (const plane of planes) most = Math.max(most, plane[at] ?? -Infinity)
      for (const plane of planes) sum += plane[at] = Math.exp((plane[at] ?? 0) - most)
      for (const plane of planes) plane[at] = (plane[at] ?? 0) / sum
    }
  }
}
