// Times, areas and doubts in words.

import { number, t } from '../i18n.js'

/** @typedef {import('./connection.js').Step} Step */

/** @param {number} value */
const short = (value) => number(Number(value.toPrecision(3)))

/** @param {number} value */
export function seconds(value) {
  if (value < 90) return t('{n} s', { n: number(Number(value.toFixed(value < 10 ? 1 : 0))) })
  return t('{n} min', { n: number(Math.round(value / 6) / 10) })
}

/** @param {number} value In m². */
export function areas(value) {
  if (value < 10_000) return t('{n} m²', { n: short(value) })
  return value < 1e7 ? t('{n} ha', { n: short(value / 1e4) }) : t('{n} km²', { n: short(value / 1e6) })
}

/** How far a run is. @param {Step} step @param {number} since Seconds since the first window was done. */
export function steps({ part, done, all }, since) {
  if (part === 'model') return t('Loading the model …')
  if (part === 'runtime') return t('Starting ONNX Runtime …')
  const told = t('{done} of {all} windows', { done: number(done), all: number(all) })
  if (done < 2 || done >= all) return told
  return `${told}, ${t('about {time} to go', { time: seconds((since / (done - 1)) * (all - done)) })}`
}

/** @param {{name: string, low: number, high: number, unit: number}} found */
export function doubt({ name, low, high, unit }) {
  return t('This image may not suit the model: {name} has values from {low} to {high}, and the model scales by {unit}.', {
    name,
    low: short(low),
    high: short(high),
    unit: short(unit),
  })
}
