// Whether a model runs on a scene, and how well it suits it: band by band, with reasons.
// Mirrors builder/geocairn/run/assess.py; tests/site/test_match_mirror.py compares the two.

import { language, t } from '../i18n.js'
import { bandsOf } from '../pages/view/bands.js'
import { list, objects, record } from '../pages/view/values.js'
import { choose, label } from './bands.js'
import { shareInside } from './footprints.js'
import { figures, rounded } from './numbers.js'
import { modelAssets, readInputs, SpecError } from './spec.js'
import { momentOf, monthName } from './times.js'

/**
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./spec.js').InputSpec} InputSpec
 * @typedef {import('../pages/view/values.js').Json} Json
 * @typedef {'band' | 'sensor' | 'resolution' | 'area' | 'season' | 'values' | 'file'} About
 * @typedef {Object} Reason
 * @property {About} about
 * @property {boolean | null} good Null where it cannot be told.
 * @property {string} text For people.
 * @property {number} score From 0 to 1.
 * @property {boolean} [byPlace] Whether a band was taken by its place alone.
 * @typedef {{runs: boolean, score: number, reasons: Reason[]}} Assessment
 */

export const WEIGHTS = { sensor: 0.2, resolution: 0.35, area: 0.25, season: 0.1, values: 0.1 }
const UNKNOWN = 0.5
const DAY = 86_400_000

/**
 * @param {Json} item Of a model.
 * @param {Scene} scene
 * @returns {Assessment}
 */
export function assess(item, scene) {
  let inputs
  try {
    inputs = readInputs(item)
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    return { runs: false, score: 0, reasons: [reason('band', false, error.message, 0)] }
  }
  const reasons = inputs.flatMap((input) => (input.imagery ? bandReasons(input, scene) : [unlike(input)]))
  const pictures = inputs.some((input) => input.imagery)
  const runs = pictures && reasons.every((one) => one.good !== false)
  if (pictures) reasons.push(...suits(item, scene))
  const scored = new Map(reasons.map(({ about, score }) => [about, score]))
  const entries = /** @type {[keyof typeof WEIGHTS, number][]} */ (Object.entries(WEIGHTS))
  const sum = entries.reduce((total, [about, weight]) => total + weight * (scored.get(about) ?? UNKNOWN), 0)
  const byPlace = reasons.some((one) => one.byPlace)
  return { runs, score: runs ? rounded(sum * (byPlace ? 0.8 : 1), 4) : 0, reasons }
}

/** @param {About} about @param {boolean | null} good @param {string} told @param {number} [score] @returns {Reason} */
function reason(about, good, told, score = UNKNOWN) {
  return { about, good, text: told, score }
}

/** @param {InputSpec} input */
function unlike({ name }) {
  return reason('band', null, t('{name} is no imagery: it has to be given, too', { name }))
}

/** @param {InputSpec} input @param {Scene} scene @returns {Reason[]} */
function bandReasons({ name, needs, times }, scene) {
  if (times !== null && times !== -1 && times !== 1) {
    const told = t('takes {times} times for {name}, and is given 1', { times, name: `'${name}'` })
    return [reason('band', false, told, 0)]
  }
  return choose(needs, scene.bands).map(({ band, found, reason: why, byPlace }) => {
    if (!found) return reason('band', false, `${band.name}: ${why}`, 0)
    return { ...reason('band', true, `${band.name}: ${label(found)}, ${why}`, 1), byPlace: Boolean(byPlace) }
  })
}

/** @param {Json} item @param {Scene} scene @returns {Reason[]} */
function suits(item, scene) {
  const properties = record(item.properties)
  const assets = modelAssets(item)
  return [
    sensor(properties, scene),
    resolution(item, scene),
    area(item.geometry, scene),
    season(properties, scene),
    values(properties, scene),
    file(assets),
  ]
}

/** @param {unknown} value @returns {number | null} */
function measured(value) {
  return typeof value === 'number' ? value : null
}

/** @param {unknown} value @returns {string | null} */
function string(value) {
  return typeof value === 'string' ? value : null
}

/** What the metadata of a model or a scene say of its sensor. @param {Json} properties */
export function sensorsOf(properties) {
  const instruments = list(properties.instruments)
  const told = [properties.constellation, properties.platform, ...instruments]
  return [...new Set(told.filter((one) => typeof one === 'string' && one).map((one) => one.toLowerCase()))].sort()
}

/** @param {Json} properties @param {Scene} scene */
function sensor(properties, scene) {
  const [wanted, here] = [sensorsOf(properties), sensorsOf(scene.properties)]
  if (!wanted.length && !here.length) return reason('sensor', null, t('sensor: not known of both'))
  if (!wanted.length) return reason('sensor', null, t('sensor: not known of the model'))
  if (!here.length) return reason('sensor', null, t('sensor: not known of the scene'))
  const same = here.filter((one) => wanted.includes(one))
  const near = here.filter((one) => wanted.some((other) => one.startsWith(other) || other.startsWith(one)))
  const common = (same.length ? same : near).join(', ')
  if (common) return reason('sensor', true, t('sensor: {common}, as in training', { common }), 1)
  const told = t('sensor: {here}, trained on {wanted}', { here: here.join(', '), wanted: wanted.join(', ') })
  return reason('sensor', false, told, 0.2)
}

/** Metres a pixel that a model was trained at. @param {Json} item */
function trainedAt(item) {
  const told = measured(record(item.properties).gsd)
  if (told !== null) return told
  const found = bandsOf(item).flatMap(({ gsd }) => (gsd ? [gsd] : []))
  return found.length ? Math.min(...found) : null
}

/** Metres a pixel of a scene. @param {Scene} scene */
export function resolutionOf({ place, properties }) {
  return place?.gsd ?? measured(properties.gsd)
}

/** @param {Json} item @param {Scene} scene */
function resolution(item, scene) {
  const [here, wanted] = [resolutionOf(scene), trainedAt(item)]
  if (!here || !wanted || here < 0 || wanted < 0) return reason('resolution', null, t('resolution: not known'))
  const ratio = here / wanted
  const told = t('resolution: {here} m a pixel, trained at {wanted} m', { here: metres(here), wanted: metres(wanted) })
  return reason('resolution', 0.67 <= ratio && ratio <= 1.5, told, resolutionScore(here, wanted))
}

/** @param {number | null} here @param {unknown} wanted */
export function resolutionScore(here, wanted) {
  if (!here || here < 0 || typeof wanted !== 'number' || wanted <= 0) return UNKNOWN
  return Math.max(0, 1 - Math.abs(Math.log2(here / wanted)) / 2)
}

const decimal = new Intl.NumberFormat(language, { useGrouping: false, maximumSignificantDigits: 17 })

/** Three figures that tell. @param {number} value */
function metres(value) {
  return decimal.format(value >= 999.5 ? rounded(value, 0) : figures(value, 3))
}

/** @param {unknown} trained @param {Scene} scene */
function area(trained, { geometry, place }) {
  const found = shareInside(geometry ?? place?.footprint, trained)
  if (!found) return reason('area', null, t('area: not known'))
  const { share, away } = found
  const percent = percents.format(rounded(share * 100, 0) / 100)
  const told = t('area: {percent} of the scene lie where the model was trained or is meant for', { percent })
  if (share > 0) return reason('area', share > 0.5, told, areaScore(share, 0))
  const degrees = t('{distance} degrees away', { distance: tenths.format(rounded(away, 1)) })
  return reason('area', false, `${told}; ${degrees}`, areaScore(0, away))
}

/** @param {number} share From 0 to 1. @param {number} away In degrees. */
export function areaScore(share, away) {
  return share > 0 ? 0.4 + 0.6 * share : Math.max(0, 0.4 - away / 50)
}

const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat(language, { useGrouping: false, minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** @param {Json} properties @returns {[unknown, unknown]} */
function intervalOf(properties) {
  const moment = string(properties.datetime)
  return moment === null ? [properties.start_datetime, properties.end_datetime] : [moment, moment]
}

/** @param {Json} properties @param {Scene} scene */
function season(properties, scene) {
  const [start, end] = intervalOf(properties).map(momentOf)
  const taken = momentOf(scene.properties.datetime || scene.properties.start_datetime)
  if (!start || !end || !taken) return reason('season', null, t('season: not known'))
  const told = t('season: taken in {month} {year}', { month: monthName(taken), year: String(taken.getUTCFullYear()) })
  if (start <= taken && taken <= end) {
    return reason('season', true, `${told}, ${t('within the time of the training images')}`, 1)
  }
  if (Math.floor((end.getTime() - start.getTime()) / DAY) > 300) {
    const [first, last] = [String(start.getUTCFullYear()), String(end.getUTCFullYear())]
    const years = end.getUTCFullYear() < 9999 ? t('{first} to {last}', { first, last }) : t('{first} and later', { first })
    return reason('season', true, `${told}, ${t('trained on images of {years}', { years })}`, 0.8)
  }
  return bySeason(start, end, taken, told)
}

/** @param {Date} start @param {Date} end @param {Date} taken @param {string} told */
function bySeason(start, end, taken, told) {
  const first = start.getUTCMonth()
  const count = ((end.getUTCMonth() - first + 12) % 12) + 1
  if ((taken.getUTCMonth() - first + 12) % 12 < count) {
    return reason('season', true, `${told}, ${t('the season of the training images')}`, 0.8)
  }
  const months = { first: monthName(start), last: monthName(end) }
  return reason('season', false, `${told}, ${t('trained on {first} to {last}', months)}`, 0.2)
}

/** Types of values; what they are like is seen only when the scene is read. @param {Json} properties @param {Scene} scene */
function values(properties, { bands }) {
  const wanted = [...new Set(objects(properties.bands).map((band) => band.data_type).filter(Boolean).map(String))].sort()
  const here = [...new Set(bands.map(({ dtype }) => dtype).filter(Boolean))].sort()
  if (here.some((one) => one.startsWith('complex'))) {
    return reason('values', false, t('values: complex numbers, which no model takes'), 0)
  }
  if (!wanted.length || !here.length) return reason('values', null, t('values: types not known'))
  const good = here.some((one) => wanted.includes(one))
  const told = t('values: {here}, trained on {wanted}', { here: here.join(', '), wanted: wanted.join(', ') })
  return reason('values', good, told, good ? 1 : 0.3)
}

/** @type {Record<string, string>} */
const ENDINGS = {
  onnx: 'onnx', pt2: 'torch-export', ts: 'torchscript', safetensors: 'safetensors', pt: 'torchscript', pth: 'pickle', ckpt: 'pickle',
}
/** @type {Record<string, string>} */
const TYPES = {
  onnx: 'onnx', 'torch.jit.save': 'torchscript', 'torch.jit.script': 'torchscript', 'torch.export.save': 'torch-export',
  'torch.save': 'pickle', safetensors: 'safetensors',
}

/** Whether there is a file that is opened here. @param {Json[]} assets */
function file(assets) {
  const forms = [...new Set(assets.filter((asset) => string(asset.href)).map(formOf))].filter(Boolean).sort()
  if (forms.includes('onnx')) return reason('file', true, t('file: ONNX, which runs as it is'), 1)
  if (forms.length) return reason('file', null, t('file: {forms}, which needs or is code', { forms: forms.join(', ') }))
  return reason('file', null, t('file: of no kind that is opened here'))
}

/** What an asset's file is; see builder/geocairn/run/loading.py. @param {Json} asset */
function formOf(asset) {
  const told = new Map(Object.entries(TYPES)).get((string(asset['mlm:artifact_type']) ?? '').toLowerCase())
  if (told) return told
  if ((string(asset.type) ?? '').toLowerCase().includes('onnx')) return 'onnx'
  const ending = /[^/]\.([^./]+)\/*$/.exec((string(asset.href) ?? '').split('?')[0] ?? '')?.[1] ?? ''
  return new Map(Object.entries(ENDINGS)).get(ending.toLowerCase()) ?? ''
}
