// What an item says of a model's inputs and outputs, in the form that running it needs.
// Mirrors builder/geocairn/run/spec.py.

import { bandsByName, named } from '../match/bands.js'
import { list, number, objects, record, text, texts } from '../pages/view/values.js'
import { isEntryPoint, parse } from './expressions.js'
import { Fault } from './faults.js'
import { dimension, kindOf } from './kinds.js'

/** @typedef {import('../pages/view/values.js').Json} Json */
/** @typedef {import('./expressions.js').Expression} Expression */
/** @typedef {import('../match/bands.js').Band} Band */
/** @typedef {{name: string, needs: Band[], expression: Expression | null}} BandSpec */
/** @typedef {{name: string, shape: number[], order: string[], dtype: string}} TensorSpec */
/** @typedef {TensorSpec & {bands: BandSpec[], scaling: (Json | null)[], resize: string}} InputSpec */
/** @typedef {{value: number | null, name: string | null, description: string | null, color: string | null}} Class */
/** @typedef {TensorSpec & {kind: import('./kinds.js').Kind, classes: Class[], post: any, boxes: string}} OutputSpec */
/** @typedef {{id: string, input: InputSpec, outputs: OutputSpec[], threshold: number | null, nodata: number | null}} Spec */

/**
 * @param {Json} item
 * @returns {Spec}
 */
export function readSpec(item) {
  const properties = record(item.properties)
  const inputs = objects(properties['mlm:input'])
  const outputs = objects(properties['mlm:output'])
  if (!inputs[0]) throw new Fault('item', { field: 'mlm:input' })
  if (!outputs[0]) throw new Fault('item', { field: 'mlm:output' })
  if (inputs.length > 1) throw new Fault('inputs', { count: inputs.length })
  return {
    id: text(item.id) ?? '',
    input: inputOf(inputs[0], bandsByName(item)),
    outputs: outputs.map((raw, index) => outputOf(raw, index, texts(properties['mlm:tasks']) ?? [])),
    threshold: number(record(properties['mlm:hyperparameters']).threshold),
    nodata: nodataOf(properties),
  }
}

/** @param {Json} array @param {string} field */
function tensorOf(array, field) {
  const shape = list(array.shape).filter((size) => Number.isInteger(size))
  const order = (texts(list(array.dim_order)) ?? []).map(dimension)
  if (order.length !== shape.length) throw new Fault('item', { field })
  return { shape, order, dtype: text(array.data_type) ?? 'float32' }
}

/** @param {Json} raw @param {Map<string, Band>} known @returns {InputSpec} */
function inputOf(raw, known) {
  if (raw.pre_processing_function) throw new Fault('preprocessing')
  const tensor = tensorOf(record(raw.input), 'mlm:input[0].input.dim_order')
  if (!tensor.order.length) throw new Fault('item', { field: 'mlm:input[0].input.dim_order' })
  const named = list(raw.bands).length ? list(raw.bands) : list(raw.variables)
  const scaling = Array.isArray(raw.value_scaling) ? raw.value_scaling : raw.value_scaling ? [raw.value_scaling] : []
  return {
    ...tensor,
    name: text(raw.name) ?? 'input 1',
    bands: named.map((one) => bandOf(one, known)),
    scaling: scaling.map((one) => (one && typeof one === 'object' && !Array.isArray(one) ? one : null)),
    resize: text(raw.resize_type) ?? '',
  }
}

/** @param {any} raw @param {Map<string, Band>} known @returns {BandSpec} */
function bandOf(raw, known) {
  const name = typeof raw === 'string' ? raw : text(record(raw).name)
  if (!name) throw new Fault('item', { field: 'mlm:input[0].bands' })
  const find = (/** @type {string} */ part) => known.get(part.toLowerCase()) ?? named(part)
  const told = record(raw).expression ?? null
  if (told === null) return { name, needs: [find(name)], expression: null }
  if (isEntryPoint(told)) throw new Fault('code', { text: String(told).slice(0, 80) })
  const expression = parse(told)
  return { name, needs: expression.names.map(find), expression }
}

/** @param {Json} raw @param {number} index @param {string[]} tasks @returns {OutputSpec} */
function outputOf(raw, index, tasks) {
  const tensor = tensorOf(record(raw.result), `mlm:output[${index}].result.dim_order`)
  const classes = objects(raw['classification:classes']).map((part) => ({
    value: Number.isInteger(part.value) ? part.value : null,
    name: typeof part.name === 'string' ? part.name : null,
    description: typeof part.description === 'string' ? part.description : null,
    color: typeof part.color_hint === 'string' ? part.color_hint : null,
  }))
  return {
    ...tensor,
    name: text(raw.name) ?? `output ${index + 1}`,
    kind: kindOf(tensor.order, texts(raw.tasks) ?? tasks, classes.length > 0),
    classes,
    post: raw.post_processing_function ?? null,
    boxes: text(raw['geocairn:boxes']) ?? '',
  }
}

/** The value that every band declares to mean *no data*. @param {Json} properties */
function nodataOf(properties) {
  const found = objects(properties.bands).map((band) => number(band.nodata))
  return found.length && new Set(found).size === 1 ? (found[0] ?? null) : null
}

/**
 * Size of a dimension: -1 where it is free, null where there is no such dimension.
 * @param {TensorSpec} spec
 * @param {string} name
 */
export function sizeOf(spec, name) {
  const place = spec.order.indexOf(name)
  return place < 0 ? null : (spec.shape[place] ?? null)
}
