// ONNX Runtime with a model in it: WebGPU where there is any, else WebAssembly.

import plain from 'onnxruntime-web/ort-wasm-simd-threaded.wasm'
import switching from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm'

import { Fault } from './faults.js'
import { activations } from './graph.js'
import { reasonOf } from './picture.js'

/** @typedef {import('./spec.js').Spec} Spec */
/** @typedef {{name: string, type: string, shape: readonly (number | string)[]}} Tensor */
/** @typedef {{data: any, dims: readonly number[]}} Output */
/**
 * @typedef {object} Network
 * @property {Tensor} input
 * @property {Tensor[]} outputs
 * @property {Map<string, string>} activations
 * @property {string} provider
 * @property {(data: any, shape: number[]) => Promise<Output[]>} run
 */

const ERRORS_ONLY = 3
const SHA256 = '1220'

/**
 * Fetch a file.
 * @param {string} href
 * @param {(share: number) => void} [progress] Told how much is there, from 0 to 1.
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fetched(href, progress) {
  const failed = (/** @type {string} */ reason) => new Fault('fetch', { href, reason })
  const response = await fetch(href, { credentials: 'omit' }).catch((error) => {
    throw failed(reasonOf(error))
  })
  if (!response.ok || !response.body) throw failed(String(response.status))
  const [parts, total] = [/** @type {Uint8Array<ArrayBuffer>[]} */ ([]), Number(response.headers.get('content-length'))]
  let size = 0
  try {
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      size += value.length
      if (total) progress?.(Math.min(1, size / total))
    }
  } catch (error) {
    throw failed(reasonOf(error))
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/**
 * Whether a file is the one that the item describes.
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {import('../pages/view/values.js').Json} asset
 */
export async function verify(data, asset) {
  const size = asset['file:size']
  if (typeof size === 'number' && size !== data.length) throw new Fault('size', { size, found: data.length })
  const told = String(asset['file:checksum'] ?? '').toLowerCase()
  // Only pages that came by https, or from this machine, may compute hashes.
  if (!told.startsWith(SHA256) || !globalThis.crypto?.subtle) return
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (told !== SHA256 + found) throw new Fault('checksum')
}

/**
 * @param {Uint8Array<ArrayBuffer>} data The ONNX file.
 * @param {Spec} spec
 * @param {{suspends: boolean}} options Whether WebAssembly can wait for what is asynchronous, as the
 *   build that computes on graphics cards does.
 * @returns {Promise<Network>}
 */
export async function openNetwork(data, spec, { suspends }) {
  const ort = await (suspends ? import('onnxruntime-web/jspi') : import('onnxruntime-web/wasm'))
  ort.env.logLevel = 'error'
  // Threads share memory, which only pages that are isolated from other origins may do.
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1
  ort.env.wasm.wasmPaths = { wasm: new URL(suspends ? switching : plain, import.meta.url).href }
  const cards = suspends && (await adapter())
  let session = null
  let provider = 'WebAssembly'
  if (cards) {
    session = await create(ort, data, 'webgpu').catch(() => null)
    if (session) provider = 'WebGPU'
  }
  session ??= await create(ort, data, 'wasm').catch((/** @type {unknown} */ error) => {
    throw new Fault('network', { reason: reasonOf(error) })
  })
  return network(ort, session, spec, activations(data), provider)
}

async function adapter() {
  try {
    return Boolean(await /** @type {any} */ (navigator).gpu?.requestAdapter())
  } catch {
    return false
  }
}

/** @param {any} ort @param {Uint8Array} data @param {string} provider */
function create(ort, data, provider) {
  return ort.InferenceSession.create(data, { executionProviders: [provider], logSeverityLevel: ERRORS_ONLY })
}

/** @param {any} ort @param {any} session @param {Spec} spec @param {Map<string, string>} found @param {string} provider @returns {Network} */
function network(ort, session, spec, found, provider) {
  /** @type {Tensor[]} */
  const inputs = session.inputMetadata
  const outputs = paired(spec.outputs, /** @type {Tensor[]} */ (session.outputMetadata))
  const [input] = inputs
  if (!input || inputs.length !== 1) throw new Fault('differs', { what: `${inputs.length} × input` })
  compare(spec.input, input, true)
  spec.outputs.forEach((one, index) => outputs[index] && compare(one, outputs[index], false))
  return {
    input,
    outputs,
    activations: found,
    provider,
    async run(data, shape) {
      const given = new ort.Tensor(spec.input.dtype, data, shape)
      try {
        const results = await session.run({ [input.name]: given })
        const tensors = outputs.map(({ name }) => results[name])
        const read = await Promise.all(tensors.map(async (one) => ({ data: await one.getData(), dims: one.dims })))
        for (const one of [given, ...tensors]) one.dispose()
        return read
      } catch (error) {
        throw new Fault('run', { shape: shape.join(' × '), reason: reasonOf(error) })
      }
    },
  }
}

/**
 * The network's tensors in the item's order: by name where all names agree, else by place.
 * @param {import('./spec.js').TensorSpec[]} told
 * @param {Tensor[]} found
 */
function paired(told, found) {
  const named = told.map((one) => found.find((other) => other.name === /** @type {any} */ (one).name))
  return named.every(Boolean) ? /** @type {Tensor[]} */ (named) : found.slice(0, told.length)
}

/** @param {import('./spec.js').TensorSpec} told @param {Tensor} tensor @param {boolean} taken */
function compare(told, { name, type, shape }, taken) {
  const shown = shape.join(' × ')
  if (told.order.length && shape.length !== told.order.length) throw new Fault('differs', { what: `${name}: ${shown}` })
  told.order.forEach((dimension, at) => {
    const [real, size = -1] = [shape[at], told.shape[at]]
    if (dimension !== 'batch' && typeof real === 'number' && real > 0 && size > 0 && real !== size) {
      throw new Fault('differs', { what: `${name}: ${shown}, ${dimension} ≠ ${size}` })
    }
  })
  if (taken && type !== told.dtype) throw new Fault('differs', { what: `${name}: ${type} ≠ ${told.dtype}` })
}
