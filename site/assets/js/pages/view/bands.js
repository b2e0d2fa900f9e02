// Mirrors builder/geocairn/compile/pages/view/bands.py.

import { known, list, number, objects, record, rounded, text } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const WIDTH = 720
const ROW = 26
const LONGEST = 14
const TICKS = [0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.5, 2, 3, 5, 8, 12, 15]
/** @type {[number, string][]} */
const COLOURS = [
  [0.45, '#5b4bc4'],
  [0.51, '#2f6fd6'],
  [0.58, '#2f9a4b'],
  [0.6, '#c9a227'],
  [0.69, '#cf3f34'],
  [0.76, '#a83254'],
  [1.0, '#8c2f6b'],
  [1.45, '#7a5a8c'],
  [3.0, '#8a6a3f'],
  [100.0, '#7d4a3a'],
]
/** @type {Record<string, string>} */
const BY_NAME = {
  pan: '#7f8785',
  coastal: '#5b4bc4',
  blue: '#2f6fd6',
  green: '#2f9a4b',
  yellow: '#c9a227',
  red: '#cf3f34',
  rededge: '#a83254',
  nir: '#8c2f6b',
  cirrus: '#7a5a8c',
  swir16: '#8a6a3f',
  swir22: '#8a6a3f',
  lwir: '#7d4a3a',
}

/** @param {Json} item @returns {Json[]} */
export function bandsOf(item) {
  const places = [record(item.properties)]
  for (const asset of Object.values(record(item.assets))) {
    if (list(record(asset).roles).includes('mlm:model')) places.push(asset)
  }
  for (const key of ['bands', 'eo:bands', 'raster:bands']) {
    for (const place of places) {
      const found = objects(place[key]).filter((raw) => text(raw.name)).map(band)
      if (found.length) return found
    }
  }
  return []
}

/** @param {Json} raw */
function band(raw) {
  const common = text('eo:common_name' in raw ? raw['eo:common_name'] : raw.common_name)
  const center = number(
    'eo:center_wavelength' in raw ? raw['eo:center_wavelength'] : raw.center_wavelength,
  )
  return {
    name: raw.name,
    common,
    description: text(raw.description),
    center,
    width: number(
      'eo:full_width_half_max' in raw ? raw['eo:full_width_half_max'] : raw.full_width_half_max,
    ),
    gsd: number('gsd' in raw ? raw.gsd : raw.spatial_resolution),
    colour: colourOf(center, common),
  }
}

/** @param {number | null} center @param {string | null} common @returns {string | null} */
function colourOf(center, common) {
  if (center !== null && center > 0) return COLOURS.find(([end]) => center < end)?.[1] ?? null
  return Object.hasOwn(BY_NAME, common ?? '') ? (BY_NAME[common ?? ''] ?? null) : null
}

/** @param {Json[]} bands @returns {Json | null} */
export function spectrum(bands) {
  const shown = bands.filter((one) => one.center !== null && one.center > 0.2 && one.center < 20)
  if (!shown.length) return null
  const low = Math.min(0.38, ...shown.map((one) => edges(one)[0]))
  const high = Math.max(0.8, ...shown.map((one) => edges(one)[1] * 1.06))
  const scale = WIDTH / Math.log(high / low)
  /** @param {number} wavelength */
  const place = (wavelength) => rounded(Math.log(wavelength / low) * scale)
  /** @type {number[]} */
  const rows = []
  const sorted = [...shown].sort(
    (a, b) => a.center - b.center || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
  const bars = sorted.map((one) => {
    const [start, end] = [place(edges(one)[0]), place(edges(one)[1])]
    const label = Math.max(end - start, 7.5 * [...short(one.name)].length)
    let row = rows.findIndex((taken) => taken <= start)
    if (row < 0) row = rows.length
    rows[row] = start + label + 6
    return {
      name: one.name,
      label: short(one.name),
      x: start,
      width: rounded(Math.max(3, end - start)),
      y: row * ROW,
      colour: one.colour,
      center: one.center,
    }
  })
  const ticks = TICKS.filter((tick) => low <= tick && tick <= high)
  return {
    bars,
    ticks: known(apart(ticks.map((value) => ({ x: place(value), value })))),
    visible: { x: place(0.38), width: rounded(place(0.74) - place(0.38)) },
    height: rows.length * ROW,
    width: WIDTH,
  }
}

/** @param {string} name */
function short(name) {
  const letters = [...name]
  return letters.length <= LONGEST ? name : `${letters.slice(0, LONGEST - 1).join('')}…`
}

/** @param {Json} one @returns {[number, number]} */
function edges(one) {
  const half = (one.width ?? 0) / 2
  return [Math.max(0.2, one.center - half), Math.min(30, one.center + half)]
}

/** @param {{x: number, value: number}[]} ticks */
function apart(ticks) {
  /** @type {{x: number, value: number}[]} */
  const kept = []
  for (const tick of ticks) {
    const before = kept.at(-1)
    if (!before || tick.x - before.x >= 34) kept.push(tick)
  }
  return kept
}
