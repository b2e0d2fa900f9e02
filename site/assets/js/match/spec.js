// What an item says of a model's inputs, as far as a scene has to fit it.
// Mirrors builder/geocairn/run/spec.py.

import { t } from '../i18n.js'
import { list, objects, record, text } from '../pages/view/values.js'
import { isEntryPoint, parse } from '../try/expressions.js'
import { Fault } from '../try/faults.js'
import { dimension } from '../try/kinds.js'
import { bandsByName, named } from './bands.js'

/**
 * @typedef {import('./bands.js').Band} Band
 * @typedef {import('../pages/view/values.js').Json} Json
 * @typedef {Object} InputSpec
 * @property {string} name
 * @property {Band[]} needs The bands that its channels are made of, each once.
 * @property {boolean} imagery Whether it is, rather than numbers beside it.
 * @property {number | null} times -1 where they are free, null where there is no such dimension.
 */

/** An item that says too little to run its model, or asks for code to be run. */
export class SpecError extends Error {}

/**
 * @param {Json} item
 * @returns {InputSpec[]}
 * @throws {SpecError}
 */
export function readInputs(item) {
  const properties = record(item.properties)
  const known = bandsByName(item)
  const inputs = objects(properties['mlm:input']).map((raw, index) => inputOf(raw, index, known))
  const outputs = objects(properties['mlm:output'])
  for (const raw of outputs) dimensions(record(raw.result))
  if (!inputs.length || !outputs.length) throw new SpecError(t('says nothing of it'))
  return inputs
}

/** @param {Json} item */
export function modelAssets(item) {
  return objects(Object.values(record(item.assets))).filter((asset) => list(asset.roles).includes('mlm:model'))
}

/**
 * @param {Json} structure
 * @param {boolean} [needed] Whether there has to be a dimension.
 * @returns {{order: string[], shape: number[]}}
 */
function dimensions(structure, needed = false) {
  const names = list(structure.dim_order).filter((name) => typeof name === 'string')
  const shape = list(structure.shape).filter(Number.isInteger)
  if (names.length !== shape.length || (needed && !names.length)) {
    const listed = `[${names.map(quoted).join(', ')}]`
    throw new SpecError(t('gives {sizes} sizes for the {n} dimensions {listed}', { sizes: shape.length, n: names.length, listed }))
  }
  return { order: names.map(dimension), shape }
}

/**
 * @param {Json} raw
 * @param {number} index
 * @param {Map<string, Band>} known
 * @returns {InputSpec}
 */
function inputOf(raw, index, known) {
  const { order, shape } = dimensions(record(raw.input), true)
  if (given(raw.pre_processing_function)) {
    throw new SpecError(t('has a pre_processing_function, which only its own code can apply'))
  }
  const bands = list(raw.bands).length ? list(raw.bands) : list(raw.variables)
  const needs = bands.flatMap((band) => needsOf(band, known))
  const place = order.indexOf('time')
  return {
    name: text(raw.name) || `input ${index + 1}`,
    needs: [...new Map(needs.map((band) => [band.name, band])).values()],
    imagery: bands.length > 0 && order.includes('height') && order.includes('width'),
    times: place < 0 ? null : (shape[place] ?? null),
  }
}

/** @param {unknown} raw @param {Map<string, Band>} known @returns {Band[]} */
function needsOf(raw, known) {
  const name = typeof raw === 'string' ? raw : record(raw).name
  if (typeof name !== 'string') throw new SpecError(t('names no band'))
  const { expression = null } = record(raw)
  const band = (/** @type {string} */ of) => known.get(of.toLowerCase()) ?? named(of)
  if (expression === null) return [band(name)]
  const told = quoted(String(expression)).slice(0, 80)
  if (isEntryPoint(expression)) throw new SpecError(t('is made by code, {told}, which is not executed', { told }))
  try {
    return parse(expression).names.map(band)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new SpecError(t('{told} cannot be computed: it is no arithmetic on bands', { told }))
  }
}

/** Whether a value is anything, as Python judges. @param {unknown} value */
function given(value) {
  return Boolean(typeof value === 'object' && value !== null ? Object.keys(value).length : value)
}

/** A text as Python shows it. @param {string} value */
function quoted(value) {
  const escaped = value.replaceAll('\\', '\\\\')
  if (value.includes("'") && !value.includes('"')) return `"${escaped}"`
  return `'${escaped.replaceAll("'", "\\'")}'`
}
