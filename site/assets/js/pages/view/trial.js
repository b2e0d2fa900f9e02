// Mirrors builder/geocairn/compile/pages/view/trial.py.

import { dimension, kindOf } from '../../try/kinds.js'
import { list, number, objects, record, text, texts } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const KINDS = ['segmentation', 'values', 'classification', 'regression', 'detection']
const DTYPES = ['float32', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64']
const ELSEWHERE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\?#])/
const REACHABLE = /^https:\/\/([\w.-]+)(:\d+)?\//i
const SAMPLES = ['.tif', '.tiff', '.png', '.jpg', '.jpeg']
const DIMENSIONS = ['batch', 'bands', 'height', 'width', 'time']

/**
 * What is needed to try a model; null where scripts could not run it.
 * @param {Json} item
 * @param {Json[]} assets
 * @returns {{model: string, size: number, host: string | null, sample: string | null} | null}
 */
export function trialOf(item, assets) {
  const properties = record(item.properties)
  const [inputs, outputs] = ['input', 'output'].map((name) => objects(properties[`mlm:${name}`]))
  const model = assets.find(isRunnable)
  if (!model || inputs?.length !== 1 || !outputs?.[0] || !takesAnImage(inputs[0] ?? {})) return null
  if (!KINDS.includes(kind(outputs[0], properties))) return null
  const host = REACHABLE.exec(model.href)?.[1]?.toLowerCase() ?? null
  return { model: model.key, size: model.size, host, sample: assets.find(isSample)?.key ?? null }
}

/** @param {Json} asset */
function isRunnable({ format, file, model, size, href }) {
  const onnx = model && ((format ?? '').toLowerCase().startsWith('onnx') || (file ?? '').toLowerCase().endsWith('.onnx'))
  return Boolean(onnx && size && href && (!ELSEWHERE.test(href) || REACHABLE.test(href)))
}

/** @param {Json} asset */
function isSample({ file, href, roles }) {
  const named = SAMPLES.some((ending) => (file ?? '').toLowerCase().endsWith(ending))
  return named && Boolean(href) && !ELSEWHERE.test(href) && (roles ?? []).includes('sample-input')
}

/** @param {Json} raw */
function takesAnImage(raw) {
  const array = record(raw.input)
  const order = (texts(array.dim_order) ?? []).map(dimension)
  const time = number(list(array.shape)[order.indexOf('time')])
  const bands = list(raw.bands).length ? raw.bands : raw.variables
  return (
    list(bands).length > 0 &&
    ['bands', 'height', 'width'].every((name) => order.includes(name)) &&
    order.every((name) => DIMENSIONS.includes(name)) &&
    (!order.includes('time') || time === 1 || time === -1) &&
    ['', null, undefined].includes(raw.pre_processing_function) &&
    DTYPES.includes(text(array.data_type) ?? 'float32')
  )
}

/** @param {Json} raw @param {Json} properties */
function kind(raw, properties) {
  const order = (texts(record(raw.result).dim_order) ?? []).map(dimension)
  const tasks = texts(raw.tasks) ?? texts(properties['mlm:tasks']) ?? []
  return kindOf(order, tasks, objects(raw['classification:classes']).length > 0)
}
