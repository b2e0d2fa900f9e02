// The head of a safetensors file. https://huggingface.co/docs/safetensors#format

import { t } from '../i18n.js'
import { FileError } from './bytes.js'

const LONGEST = 100_000_000
const MADE = /** @type {Record<string, [string, string]>} */ ({
  pt: ['PyTorch', 'torch'],
  tf: ['TensorFlow', 'tensorflow'],
  flax: ['Flax', 'flax'],
  paddle: ['Paddle', 'paddle'],
})

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {{ answers: Record<string, any>, artifactType: string }}
 */
export function readSafetensors(data) {
  const head = header(data)
  let parameters = 0
  for (const [name, entry] of Object.entries(head)) {
    if (name === '__metadata__') continue
    const shape = entry?.shape
    if (!Array.isArray(shape)) throw damaged()
    parameters += shape.reduce((product, size) => product * size, 1)
  }
  const made = MADE[head.__metadata__?.format] ?? null
  return {
    answers: { ...(parameters ? { parameters } : {}), ...(made ? { framework: made[0] } : {}) },
    artifactType: made ? `safetensors.${made[1]}.save_file` : '',
  }
}

/** @param {Uint8Array<ArrayBuffer>} data */
function header(data) {
  if (data.length < 8) throw damaged()
  const length = Number(new DataView(data.buffer, data.byteOffset).getBigUint64(0, true))
  if (length > LONGEST || length > data.length - 8) throw damaged()
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(8, 8 + length)))
  } catch {
    throw damaged()
  }
}

function damaged() {
  return new FileError(t('This is no safetensors file, or it is damaged.'))
}
