/** Frames of an index: some rows' columns of one kind, decoded. */

import { decompress } from 'fzstd'

import { SIDES } from './facets.js'
import { EARLIEST, LATEST } from './times.js'

/** @typedef {Record<string, any[]>} Columns */
/** @typedef {import('./directory.js').Contents} Contents */

/** Which kind of frame has a column. @type {Record<string, string>} */
const KIND_OF = { shape: 'shape' }
for (const name of [...SIDES, 'shaped']) KIND_OF[name] = 'where'
for (const name of ['start', 'end', 'datetime']) KIND_OF[name] = 'when'
for (const name of ['parameters', 'memory']) KIND_OF[name] = 'numbers'
for (const name of ['id', 'title', 'version']) KIND_OF[name] = 'card'
for (const name of ['keywords', 'created', 'updated']) KIND_OF[name] = 'more'

/** @param {string} column */
export function kindOf(column) {
  return KIND_OF[column] ?? 'what'
}

/**
 * @param {string} kind
 * @param {Uint8Array} packed
 * @param {number} count Rows.
 * @param {string[]} coded
 * @param {Contents} contents
 * @returns {Columns}
 */
export function decodeFrame(kind, packed, count, coded, contents) {
  if (kind === 'shape' && !packed.length) return { shape: Array(count).fill(null) }
  const raw = packed.length ? decompress(packed) : new Uint8Array()
  if (kind === 'where') return where(raw, count)
  if (kind === 'what') return what(raw, count, coded, contents)
  const columns = JSON.parse(new TextDecoder().decode(raw))
  if (kind === 'when') return when(columns)
  if (kind === 'shape') return { shape: columns.map(fromBase64) }
  if (kind === 'more') return { ...columns, created: unpacked(columns.created), updated: unpacked(columns.updated) }
  return columns
}

/** @param {Uint8Array} raw @param {number} count @returns {Columns} */
function where(raw, count) {
  /** @type {Columns} */
  const columns = {}
  const bytes = new Uint8Array(4 * count)
  const floats = new Float32Array(bytes.buffer)
  SIDES.forEach((name, side) => {
    for (let plane = 0; plane < 4; plane++) {
      const from = (4 * side + plane) * count
      for (let i = 0; i < count; i++) bytes[4 * i + plane] = /** @type {number} */ (raw[from + i])
    }
    columns[name] = Array.from(floats, (value) => (Number.isNaN(value) ? null : value))
  })
  columns.shaped = Array.from(raw.subarray(16 * count, 17 * count), (value) => value === 1)
  return columns
}

/** @param {Uint8Array} raw @param {number} count @param {string[]} coded @param {Contents} contents */
function what(raw, count, coded, contents) {
  /** @type {Columns} */
  const columns = {}
  const stride = Math.ceil(count / 8)
  let at = 0
  for (const name of coded) {
    const values = /** @type {any[]} */ (contents.values[name])
    const codes = new Uint32Array(count)
    for (let bit = 0; 2 ** bit < values.length; bit++, at += stride) {
      for (let i = 0; i < count; i++) {
        if ((/** @type {number} */ (raw[at + (i >> 3)]) >> (i & 7)) & 1) codes[i] = (codes[i] ?? 0) | (1 << bit)
      }
    }
    columns[name] = Array.from(codes, (code) => values[code] ?? null)
  }
  return columns
}

/** @param {any} columns @returns {Columns} */
function when({ start, end, datetime }) {
  const starts = unpacked(start)
  const ends = unpacked(end).map((value, i) => (value === '=' ? starts[i] : value))
  return { start: starts, end: ends, datetime: datetime.map((/** @type {number} */ is, /** @type {number} */ i) => (is ? starts[i] : null)) }
}

/** @param {[number, number, any[]]} packed Unit, base, values. @returns {any[]} */
function unpacked([unit, base, values]) {
  const [by, from] = [BigInt(unit), BigInt(base)]
  return values.map((value) => {
    if (typeof value === 'number') return from + by * BigInt(value)
    return value === '-' ? EARLIEST : value === '+' ? LATEST : value
  })
}

/** @param {string|null} text */
function fromBase64(text) {
  return text === null ? null : Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
