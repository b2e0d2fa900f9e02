// Reads a model's file in the browser: what it tells of the model. Nothing is run or sent.
// Mirrors what builder/geocairn/drafting/inspecting.py reads of the same kinds.

import { t } from '../i18n.js'
import { readOnnx } from './onnx.js'
import { readSafetensors } from './safetensors.js'

/**
 * @typedef {Object} Tensor
 * @property {string} name
 * @property {string} dtype
 * @property {(number | null)[]} shape Null where a size is free.
 */
/**
 * @typedef {Object} Facts What a file tells of a model.
 * @property {string} name The file's name; empty where there is none.
 * @property {number} size
 * @property {string} checksum SHA2-256 as a multihash; empty where the browser cannot tell.
 * @property {string} kind `onnx`, `safetensors` or `none`.
 * @property {string} artifactType
 * @property {string} mediaType
 * @property {Record<string, any>} answers
 * @property {Tensor[]} inputs
 * @property {Tensor[]} outputs
 */

/** The largest file that a hub serves from beside its item. */
export const LARGEST_BESIDE = 5 * 1024 * 1024
const LARGEST_READ = 2 * 1024 ** 3

/** A file that cannot be used; the message says why. */
export class FileError extends Error {}

/** @returns {Facts} */
export function nothing() {
  return {
    name: '',
    size: 0,
    checksum: '',
    kind: 'none',
    artifactType: '',
    mediaType: 'application/octet-stream',
    answers: {},
    inputs: [],
    outputs: [],
  }
}

/**
 * Look into a file.
 * @param {File} file `.onnx` or `.safetensors`.
 * @returns {Promise<Facts>}
 */
export async function inspect(file) {
  if (file.size > LARGEST_READ) throw new FileError(t('The file is larger than 2 GiB.'))
  const ending = file.name.toLowerCase().split('.').pop()
  if (ending !== 'onnx' && ending !== 'safetensors') {
    throw new FileError(t('Only .onnx, .safetensors and item.json can be read here.'))
  }
  const data = new Uint8Array(await file.arrayBuffer())
  const facts = { ...nothing(), name: file.name, size: file.size, checksum: await checksum(data) }
  if (ending === 'onnx') {
    return {
      ...facts,
      ...readOnnx(data),
      kind: 'onnx',
      artifactType: 'onnx',
      mediaType: 'application/octet-stream; framework=onnx',
    }
  }
  return { ...facts, ...readSafetensors(data), kind: 'safetensors' }
}

/**
 * The multihash of SHA2-256, as the file extension wants it.
 * @param {Uint8Array<ArrayBuffer>} data
 */
async function checksum(data) {
  // Browsers offer it to pages of https and of this machine only.
  if (!globalThis.crypto?.subtle) return ''
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
  return `1220${[...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
