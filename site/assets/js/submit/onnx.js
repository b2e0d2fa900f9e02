// The few fields of an ONNX file that a description needs, from its protocol buffers.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { t } from '../i18n.js'
import { fields, Malformed, varints } from '../protobuf.js'
import { FileError } from './bytes.js'

/** @typedef {import('./bytes.js').Tensor} Tensor */
/** @typedef {import('../protobuf.js').Field} Field */

const MODEL = { producer: 2, version: 3, graph: 7 }
const GRAPH = { initializer: 5, input: 11, output: 12 }
// TensorProto.DataType, as MLM names them.
const TYPES = [
  '', 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool',
  'float16', 'float64', 'uint32', 'uint64', 'complex64', 'complex128', 'bfloat16',
]
const FLOATS = new Set([1, 10, 11, 16])

/**
 * @param {Uint8Array} data
 * @returns {{ answers: Record<string, any>, inputs: Tensor[], outputs: Tensor[] }}
 */
export function readOnnx(data) {
  try {
    return read(data)
  } catch (error) {
    throw error instanceof Malformed ? new FileError(t('This is no ONNX file, or it is damaged.')) : error
  }
}

/** @param {Uint8Array} data */
function read(data) {
  const model = fields(data)
  const graph = model.find((one) => one.number === MODEL.graph)
  if (!graph) throw new Malformed()
  const parts = fields(graph.data)
  const initializers = parts.filter((one) => one.number === GRAPH.initializer).map((one) => tensor(one.data))
  const weights = new Set(initializers.map((one) => one.name))
  const of = (/** @type {number} */ number) =>
    parts.filter((one) => one.number === number).map((one) => valueInfo(one.data))
  const count = initializers.reduce((sum, one) => sum + (FLOATS.has(one.type) ? one.size : 0), 0)
  const producer = [MODEL.producer, MODEL.version].map((number) => text(model, number)).join(' ')
  return {
    answers: { ...framework(producer), ...(count ? { parameters: count } : {}) },
    // Old exporters list the weights among the inputs.
    inputs: of(GRAPH.input).filter((one) => !weights.has(one.name)),
    outputs: of(GRAPH.output),
  }
}

/** @param {string} producer */
function framework(producer) {
  const words = producer.toLowerCase()
  const version = /(\d+\.\d+\.\d+)/.exec(producer)?.[1]
  if (/pytorch|\btorch\b/.test(words)) {
    return { framework: 'PyTorch', ...(version ? { framework_version: version } : {}) }
  }
  if (words.includes('tf2onnx')) return { framework: 'TensorFlow' }
  return words.includes('skl2onnx') ? { framework: 'scikit-learn' } : {}
}

/** @param {Uint8Array} data */
function tensor(data) {
  const parts = fields(data)
  const packed = parts.filter((one) => one.number === 1)
  const sizes = packed.flatMap((one) => (one.wire === 0 ? [one.value] : varints(one.data)))
  const type = parts.find((one) => one.number === 2)?.value ?? 0
  return { name: text(parts, 8), type, size: sizes.reduce((product, size) => product * size, 1) }
}

/**
 * @param {Uint8Array} data
 * @returns {Tensor}
 */
function valueInfo(data) {
  const parts = fields(data)
  const type = inner(parts, 2)
  const array = inner(type, 1)
  const dimensions = inner(array, 2).filter((one) => one.number === 1)
  const shape = dimensions.map((one) => fields(one.data).find((part) => part.number === 1)?.value ?? null)
  const number = array.find((one) => one.number === 1)?.value ?? 0
  return { name: text(parts, 1), dtype: TYPES[number] ?? '', shape }
}

/**
 * @param {Field[]} parts
 * @param {number} number
 */
function inner(parts, number) {
  const found = parts.find((one) => one.number === number)
  return found ? fields(found.data) : []
}

/**
 * @param {Field[]} parts
 * @param {number} number
 */
function text(parts, number) {
  const found = parts.find((one) => one.number === number)
  return found ? new TextDecoder().decode(found.data) : ''
}
