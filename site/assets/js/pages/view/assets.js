// Mirrors builder/geocairn/compile/pages/view/assets.py.

import { linkTarget } from './links.js'
import { known, number, record, text, texts } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const PICKLED = ['torch.save', 'torch.jit.save', 'pickle', 'joblib', 'dill', 'cloudpickle', 'tf.keras']
const PICKLED_ENDINGS = ['.pt', '.pth', '.pkl', '.pickle', '.ckpt', '.joblib', '.bin', '.h5', '.keras']
const DATA_ONLY = ['onnx', 'safetensors', 'tflite', 'openvino', 'tensorrt', 'gguf']
const DATA_ENDINGS = ['.onnx', '.safetensors', '.tflite', '.xml', '.gguf']
const HASHES = { 1114: 'SHA-1', 1220: 'SHA-256', 1340: 'SHA-512', d50110: 'MD5' }

/** @param {Json} item @returns {Json[] | null} */
export function assetsOf(item) {
  const found = Object.entries(record(item.assets))
    .filter(([, raw]) => raw !== null && typeof raw === 'object' && !Array.isArray(raw))
    .map(([key, raw]) => asset(key, raw))
  return known(found.sort((a, b) => Number(b.model) - Number(a.model)))
}

/** @param {string} key @param {Json} raw */
function asset(key, raw) {
  const roles = texts(raw.roles) ?? []
  const href = text(raw.href)
  const path = ((href ?? '').split('?')[0] ?? '').split('#')[0] ?? ''
  const size = number(raw['file:size'])
  return {
    key,
    title: text(raw.title),
    description: text(raw.description),
    href: linkTarget(href),
    file: path.replace(/\/+$/, '').split('/').at(-1) || null,
    type: text(raw.type),
    roles: known(roles),
    model: roles.includes('mlm:model'),
    format: text(raw['mlm:artifact_type']),
    entrypoint: text(raw['mlm:entrypoint']),
    size: size !== null && size >= 0 ? size : null,
    hash: checksum(raw['file:checksum']),
    safety: safety(raw, roles, path.toLowerCase()),
    reproduced: reproduced(raw),
  }
}

/** @param {Json} raw */
function reproduced(raw) {
  const told = record(raw['geocairn:reproduced'])
  const checksum = text(told.checksum)
  return checksum !== null && checksum === text(raw['file:checksum']) ? { time: text(told.time) } : null
}

/** @param {Json} raw @param {string[]} roles @param {string} path */
function safety(raw, roles, path) {
  const kind = (text(raw['mlm:artifact_type']) ?? '').toLowerCase()
  const media = (text(raw.type) ?? '').toLowerCase()
  /** @param {string[]} endings */
  const ends = (endings) => endings.some((ending) => path.endsWith(ending))
  if (roles.includes('mlm:source_code') || roles.includes('code')) return null
  if (DATA_ONLY.some((name) => kind.includes(name)) || ends(DATA_ENDINGS)) return 'data'
  if (!roles.includes('mlm:model') && !roles.includes('mlm:weights')) return null
  if (PICKLED.some((name) => kind.startsWith(name)) || ends(PICKLED_ENDINGS)) return 'code'
  return media.includes('pytorch') || media.includes('pickle') ? 'code' : null
}

/** @param {any} value */
function checksum(value) {
  const given = text(value)?.toLowerCase()
  if (!given || !/^[0-9a-f]+$/.test(given) || given.length > 300) return null
  for (const [prefix, name] of Object.entries(HASHES)) {
    if (given.startsWith(prefix)) return { name, digits: given.slice(prefix.length) }
  }
  return { name: 'Multihash', digits: given }
}

/** @param {Json[] | null} assets */
export function formatsOf(assets) {
  return texts((assets ?? []).map((one) => one.format))
}

/** @param {Json} item @returns {string | null} */
export function thumbnail(item) {
  for (const raw of Object.values(record(item.assets))) {
    const roles = texts(record(raw).roles) ?? []
    if (!roles.includes('thumbnail') && !roles.includes('overview')) continue
    const local = linkTarget(text(record(raw).href))
    if (local && !local.includes(':') && !local.startsWith('/')) return local
  }
  return null
}
