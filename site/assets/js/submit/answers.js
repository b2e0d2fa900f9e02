// How an answer of the form is read. Mirrors builder/geocairn/drafting/fields.py; the same cases are
// asked of both by tests/site/test_submit_mirror.py.

import { t } from '../i18n.js'

/**
 * @typedef {Object} FormField One field of builder/geocairn/drafting/fields.json.
 * @property {string} key
 * @property {string} group
 * @property {string} kind
 * @property {string} label
 * @property {string} help
 * @property {string} example
 * @property {string} path Where in the item it goes.
 * @property {boolean} [required]
 * @property {string} [choices]
 */
/**
 * @typedef {Object} Definitions
 * @property {{ key: string, label: string }[]} groups
 * @property {FormField[]} fields
 * @property {Record<string, string[]>} choices
 * @property {Record<string, import('./compose.js').Sensor>} sensors
 * @property {Record<string, [number, number, number, number]>} places
 * @property {Record<string, string>} licences By their names in lower case.
 * @property {string[]} [collections] Those that the hub has.
 */

/** An answer that cannot be; the message says what is wrong with it. */
export class AnswerError extends Error {}

const ID = /^([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])$/
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/
const OWNER = /^([A-Za-z0-9][A-Za-z0-9_-]{0,79})\s+(\d{1,16})$/
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const ENDLESS = /^[+-]?(inf|infinity|nan)$/i
const SCALINGS = /** @type {Record<string, string[]>} */ ({
  scale: ['value'],
  offset: ['value'],
  'min-max': ['minimum', 'maximum'],
  'z-score': ['mean', 'stddev'],
  clip: ['minimum', 'maximum'],
})

/**
 * Read an answer.
 * @param {FormField} field
 * @param {string} given
 * @param {Definitions} form
 * @returns {any} Undefined where it is empty.
 * @throws {AnswerError} If it cannot be.
 */
export function parseAnswer(field, given, form) {
  const text = given.trim()
  if (!text) return undefined
  const reader = READERS[field.kind]
  if (!reader) throw new AnswerError(t('is of an unknown kind, {kind}', { kind: field.kind }))
  return reader(text, field, form)
}

/** @type {Record<string, (text: string, field: FormField, form: Definitions) => any>} */
const READERS = {
  line: (text) => bounded(text, 200),
  text: (text) => bounded(text, 4000),
  id: (text) => {
    if (text.length <= 128 && ID.test(text) && !text.includes('..')) return text
    throw new AnswerError(t('is not made of lower-case letters and digits, with . - _ inside'))
  },
  list: (text) => listed(text),
  choice: (text, field, form) => choice(text, field, form),
  choices: (text, field, form) => listed(text).map((one) => choice(one, field, form)),
  number: (text) => positive(text),
  count: (text) => {
    const number = positive(text)
    if (!Number.isInteger(number)) throw new AnswerError(t('is no whole number'))
    return number
  },
  shape: (text) => {
    const sizes = text.split(',').map((one) => (/^\s*[+-]?\d+\s*$/.test(one) ? Number(one) : NaN))
    if (sizes.some(Number.isNaN)) throw new AnswerError(t('is no list of whole numbers'))
    if (sizes.some((size) => size < -1 || size === 0)) {
      throw new AnswerError(t('has sizes that are neither above 0 nor -1'))
    }
    return sizes
  },
  url: (text) => {
    bounded(text, 200)
    if (/^https?:\/\/[^\s/?#]+/i.test(text) && !text.includes(' ') && URL.canParse(text)) return text
    throw new AnswerError(t('is no https address'))
  },
  date: (text) => {
    if (DATE.test(text) && isDay(text)) return text
    throw new AnswerError(t('is no date such as 2018-06-01'))
  },
  license: (text, _, form) => {
    if (text.toLowerCase() === 'other') return 'other'
    const words = text.split(/\s+/)
    const usual = words.map((word, place) => (place % 2 ? joint(word) : form.licences[word.toLowerCase()]))
    if (words.length % 2 === 0 || usual.includes(undefined)) throw new AnswerError(t('is no identifier of SPDX'))
    return usual.join(' ')
  },
  extent: (text, _, form) => extent(text, form),
  classes: (text) =>
    listed(text).map((one) => {
      const [name = '', ...rest] = one.split(':')
      return [name.trim(), rest.join(':').trim() || name.trim()]
    }),
  scaling: (text) => (text.toLowerCase() === 'none' ? 'none' : text.split(';').map(scaling)),
  owner: (text) => {
    const match = OWNER.exec(text)
    if (!match) throw new AnswerError(t('is no GitHub login with its numeric id'))
    return [match[1], Number(match[2])]
  },
}

/**
 * Whether there is such a day, and such a time: digits alone may be none.
 * @param {string} text
 */
function isDay(text) {
  const moment = new Date(text)
  if (text.startsWith('0000') || Number.isNaN(moment.getTime())) return false
  return moment.toISOString().startsWith(text.replace('Z', ''))
}

/** @param {string} word */
function joint(word) {
  return ['AND', 'OR'].includes(word.toUpperCase()) ? word.toUpperCase() : undefined
}

/**
 * @param {string} text
 * @param {number} longest
 */
function bounded(text, longest) {
  if ([...text].length > longest) throw new AnswerError(t('has more than {n} characters', { n: longest }))
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(text)) {
    throw new AnswerError(t('has characters that cannot be printed'))
  }
  return text
}

/** @param {string} text */
function listed(text) {
  return text.split(',').map((one) => one.trim()).filter(Boolean).map((one) => bounded(one, 200))
}

/**
 * @param {string} text
 * @param {FormField} field
 * @param {Definitions} form
 */
function choice(text, field, form) {
  const known = form.choices[field.choices ?? ''] ?? []
  const found = known.find((one) => one.toLowerCase() === text.toLowerCase())
  if (found === undefined) throw new AnswerError(t('is none of {choices}', { choices: known.join(', ') }))
  return found
}

/** @param {string} text */
function positive(text) {
  const number = ENDLESS.test(text) ? Infinity : NUMBER.test(text) ? Number(text) : NaN
  if (Number.isNaN(number)) throw new AnswerError(t('is no number'))
  if (!Number.isFinite(number) || number <= 0) throw new AnswerError(t('is no number above 0'))
  return number
}

/**
 * @param {string} text
 * @param {Definitions} form
 */
function extent(text, form) {
  const wanted = text.toLowerCase()
  const name = Object.keys(form.places).find((one) => one.toLowerCase() === wanted)
  if (name !== undefined) return form.places[name]
  const box = text.split(',').map((one) => (NUMBER.test(one.trim()) ? Number(one) : NaN))
  if (box.some(Number.isNaN)) throw new AnswerError(t("is neither a country's name nor four numbers"))
  const [west = NaN, south = NaN, east = NaN, north = NaN] = box
  if (box.length !== 4) throw new AnswerError(t('is not four numbers: west, south, east, north'))
  const there = Math.abs(west) <= 180 && Math.abs(east) <= 180 && south >= -90 && south < north && north <= 90
  if (!there) {
    throw new AnswerError(t('does not lie on the Earth: west, south, east, north in degrees'))
  }
  return box
}

/** @param {string} text */
function scaling(text) {
  const [kind = '', ...numbers] = text.trim().split(/\s+/)
  const wanted = Object.hasOwn(SCALINGS, kind) ? SCALINGS[kind] : undefined
  if (!wanted || wanted.length !== numbers.length) {
    throw new AnswerError(t('is none of: none, scale N, offset N, min-max N N, z-score N N, clip N N'))
  }
  if (!numbers.every((one) => NUMBER.test(one))) throw new AnswerError(t('has something else than numbers'))
  return { type: kind, ...Object.fromEntries(wanted.map((name, place) => [name, Number(numbers[place])])) }
}
