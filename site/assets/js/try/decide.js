// From scores to classes. Mirrors builder/geocairn/run/decide.py and builder/geocairn/run/colors.py.

import { Fault } from './faults.js'

/** @typedef {import('./spec.js').Class} Class */
/** @typedef {{value: number, name: string, color: [number, number, number]}} Named */
/** @typedef {{classes: Named[], values: number[], background: number, unclassified: number, threshold: number | null}} Decision */

const PALETTE = ['e41a1c', '377eb8', '4daf4a', '984ea3', 'ff7f00', 'a65628', 'f781bf', '17becf']

/** @param {string | null} color Six hexadecimal digits. @param {number} index @returns {[number, number, number]} */
export function rgb(color, index) {
  const digits = /^#?([0-9A-Fa-f]{6})$/.exec(color ?? '')?.[1] ?? PALETTE[index % PALETTE.length] ?? ''
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16))
  return [red, green, blue]
}

/**
 * The classes, each with a value and a name; counted from 0 where nobody says anything.
 * @param {Class[]} classes
 * @param {number} channels
 * @returns {Named[]}
 */
export function named(classes, channels) {
  const unknown = { value: null, name: null, description: null, color: null }
  const given = classes.length ? classes : Array.from({ length: Math.max(channels, 2) }, () => unknown)
  const plain = given.every(({ value }) => value !== null && value >= 0 && value <= 65534)
  return given.map((one, index) => ({
    value: plain ? (one.value ?? index) : index,
    name: one.name || one.description || `class ${index}`,
    color: rgb(one.color, index),
  }))
}

/**
 * How the scores of an output become classes.
 * @param {Class[]} told
 * @param {import('./post.js').Post} post
 * @param {{channels: number, declared: number | null}} options
 * @returns {Decision}
 */
export function decisionFor(told, post, { channels, declared }) {
  const classes = named(told, channels)
  if (channels !== 1 && channels !== classes.length) throw new Fault('classes', { classes: classes.length, channels })
  const values = classes.map(({ value }) => value)
  const [alone, last] = [channels === 1, values.at(-1) ?? 0]
  let threshold = declared
  if (alone && threshold === null) {
    if (post.scores === 'none') throw new Fault('threshold')
    threshold = 0.5
  }
  if (!alone && post.scores !== 'sigmoid') threshold = null
  let background = alone && classes.length === 2 ? (values[0] ?? 0) : 0
  if (alone && background === last) background = 1
  const taken = new Set([...values, background])
  let unclassified = Math.max(...values) <= 255 ? 255 : 65535
  while (taken.has(unclassified)) unclassified -= 1
  return { classes, values: alone ? [last] : values, background, unclassified, threshold }
}

/**
 * The class of every pixel, and the score that it was chosen by.
 * @param {Decision} decision
 * @param {Float32Array[]} scores A plane for each channel.
 * @returns {{chosen: Uint16Array, best: Float32Array}}
 */
export function decide({ values, background, threshold }, scores) {
  const best = Float32Array.from(scores[0] ?? [])
  const chosen = new Uint16Array(best.length).fill(values[0] ?? 0)
  scores.slice(1).forEach((plane, index) => {
    const value = values[index + 1] ?? 0
    plane.forEach((score, at) => {
      if (score > (best[at] ?? 0)) {
        chosen[at] = value
        best[at] = score
      }
    })
  })
  // Scores are float32 there as well; the threshold must be the same number.
  const least = threshold === null ? null : Math.fround(threshold)
  if (least !== null) best.forEach((score, at) => !(score >= least) && (chosen[at] = background))
  return { chosen, best }
}
