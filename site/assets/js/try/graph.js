// The activation that a network itself ends with, from its ONNX file.
// Mirrors builder/geocairn/artifacts/onnx/flow.py.

import { fields } from '../protobuf.js'

// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const MODEL_GRAPH = 7
const GRAPH = { node: 1, output: 12 }
const NODE = { input: 1, output: 2, operator: 4 }
const ACTIVATIONS = ['ArgMax', 'Elu', 'HardSigmoid', 'LogSoftmax', 'Relu', 'Sigmoid', 'Softmax', 'Softplus', 'Tanh']
// These leave values as they are.
const TRANSPARENT = ['Cast', 'CastLike', 'Flatten', 'Identity', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Unsqueeze']

const decoder = new TextDecoder()

/**
 * @param {Uint8Array} data The file.
 * @returns {Map<string, string>} Operators by the name of the output.
 */
export function activations(data) {
  const graph = fields(data).find(({ number }) => number === MODEL_GRAPH)
  const parts = graph ? fields(graph.data) : []
  /** @type {Map<string, {operator: string, input: string}>} */
  const makers = new Map()
  for (const part of parts.filter(({ number }) => number === GRAPH.node)) {
    const inner = fields(part.data)
    const texts = (/** @type {number} */ wanted) =>
      inner.filter(({ number }) => number === wanted).map((one) => decoder.decode(one.data))
    const node = { operator: texts(NODE.operator)[0] ?? '', input: texts(NODE.input)[0] ?? '' }
    for (const name of texts(NODE.output)) makers.set(name, node)
  }
  const found = new Map()
  for (const part of parts.filter(({ number }) => number === GRAPH.output)) {
    const name = decoder.decode(fields(part.data).find(({ number }) => number === 1)?.data)
    let node = makers.get(name)
    for (let steps = 0; node && TRANSPARENT.includes(node.operator) && steps < makers.size; steps += 1) {
      node = makers.get(node.input)
    }
    if (node && ACTIVATIONS.includes(node.operator)) found.set(name, node.operator)
  }
  return found
}
