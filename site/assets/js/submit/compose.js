// From facts and answers to an item; what nobody knows is left out.
// Mirrors builder/geocairn/drafting/draft.py and authoring/stac.py; both compose the same items, which
// tests/site/test_submit_mirror.py sees to.

/**
 * @typedef {import('./bytes.js').Facts} Facts
 * @typedef {import('./bytes.js').Tensor} Tensor
 * @typedef {Record<string, any>} Answers
 * @typedef {{ name: string, [field: string]: any }} Band
 * @typedef {{ title: string, constellation?: string, platform?: string, instruments: string[], bands: Band[] }} Sensor
 * @typedef {{ item: Record<string, any>, folder: string, file: string }} Draft
 */

import { t } from '../i18n.js'
import { LARGEST_BESIDE } from './bytes.js'

const MLM = 'https://stac-extensions.github.io/mlm/v1.5.2/schema.json'
const EO = 'https://stac-extensions.github.io/eo/v2.0.0/schema.json'
const FILE = 'https://stac-extensions.github.io/file/v2.1.0/schema.json'
const VERSION = 'https://stac-extensions.github.io/version/v1.2.0/schema.json'
const CLASSIFICATION = 'https://stac-extensions.github.io/classification/v1.1.0/schema.json'
const OPEN_START = '1900-01-01T00:00:00Z'
const OPEN_END = '9999-12-31T23:59:59Z'
const SEGMENTING = ['segmentation', 'semantic-segmentation']
const CLASSIFYING = ['classification', 'scene-classification']
const NAMES = ['batch', ...[...'abcdef'].map((letter) => `feature-${letter}`)]

/** Bands that do not fit the model; the message says so. */
export class ComposeError extends Error {}

/**
 * Compose an entry.
 * @param {Facts} facts
 * @param {Answers} answers As `parseAnswer` gives them; they outweigh the facts.
 * @param {Record<string, Sensor>} sensors
 * @returns {Draft}
 * @throws {ComposeError} If bands do not fit the model.
 */
export function compose(facts, answers, sensors) {
  const known = { ...facts.answers, ...answers }
  const sensor = sensors[known.sensor]
  const bands = bandsOf(known, sensor)
  const asset = modelAsset(facts, known, bands)
  const source = known.source && {
    href: known.source,
    title: 'Source code',
    type: 'text/html',
    roles: ['mlm:source_code', 'code'],
  }
  const outputs = outputsOf(facts, known)
  const place = known.extent ? { geometry: geometry(known.extent), bbox: known.extent } : { geometry: null }
  const item = {
    type: 'Feature',
    stac_version: '1.1.0',
    stac_extensions: extensions({ known, bands, asset, outputs }),
    id: [known.model, known.version].filter(Boolean).join('-'),
    ...(known.collection ? { collection: known.collection } : {}),
    ...place,
    properties: {
      ...identity(known),
      ...period(known),
      ...left({
        platform: sensor?.platform,
        constellation: sensor?.constellation,
        instruments: sensor?.instruments,
        gsd: known.gsd,
        bands,
      }),
      ...model(known),
      ...left({ 'mlm:input': inputsOf(facts, known), 'mlm:output': outputs }),
    },
    links: known.citation ? [{ rel: 'cite-as', href: known.citation, title: 'Publication' }] : [],
    assets: { ...(asset ? { model: asset.written } : {}), ...(source ? { source } : {}) },
  }
  const folder = [known.collection, known.model, known.version].map((one) => one ?? '?').join('/')
  return { item, folder, file: asset?.file ?? '' }
}

/**
 * Without what is not known.
 * @param {Record<string, any>} fields
 */
function left(fields) {
  const empty = (/** @type {any} */ value) =>
    value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !empty(value)))
}

/** @param {Answers} known */
function identity(known) {
  return left({
    title: known.title,
    description: known.description,
    keywords: known.keywords,
    version: known.version,
    license: known.license,
    providers: known.producer
      ? [left({ name: known.producer, roles: ['producer'], url: known.producer_url })]
      : [],
  })
}

/** @param {Answers} known */
function period(known) {
  const moment = (/** @type {string | undefined} */ day, /** @type {string} */ time) =>
    day?.length === 10 ? `${day}T${time}` : day
  return {
    datetime: null,
    start_datetime: moment(known.start, '00:00:00Z') || OPEN_START,
    end_datetime: moment(known.end, '23:59:59Z') || OPEN_END,
  }
}

/** @param {Answers} known */
function model(known) {
  const scratch = known.pretrained_source?.toLowerCase() === 'none'
  const source = scratch ? null : known.pretrained_source
  return {
    ...left({
      'mlm:name': plain(known.title ?? '') || known.model,
      'mlm:architecture': known.architecture,
      'mlm:tasks': known.tasks,
      'mlm:framework': known.framework,
      'mlm:framework_version': known.framework_version,
      'mlm:total_parameters': known.parameters,
      'mlm:pretrained': source === undefined ? undefined : !scratch,
    }),
    ...(source === undefined ? {} : { 'mlm:pretrained_source': source }),
  }
}

/**
 * A name as MLM's pattern wants it: without parentheses, and beginning with a letter.
 * @param {string} title
 */
function plain(title) {
  const kept = title.replace(/[^\p{L}\p{N} _.-]/gu, ' ').split(/\s+/).filter(Boolean).join(' ')
  return kept.replace(/^[0-9 _.-]+/, '')
}

/**
 * The bands, with what is known of them where a sensor is named that has them.
 * @param {Answers} known
 * @param {Sensor | undefined} sensor
 */
function bandsOf(known, sensor) {
  /** @type {Map<string, Band>} */
  const found = new Map()
  for (const name of known.bands ?? []) {
    const band = sensor?.bands.find((one) => bandKey(one.name) === bandKey(name))
    found.set(name, { ...band, name })
  }
  return [...found.values()]
}

/** @param {string} name */
function bandKey(name) {
  const letters = name.toUpperCase().replace(/^SR_/, '')
  return letters.replace(/0*(\d*)$/, '$1')
}

/**
 * @param {Facts} facts
 * @param {Answers} known
 */
function inputsOf(facts, known) {
  const { input_shape: shape } = known
  const tensors = facts.inputs.length ? facts.inputs : shape ? [{ name: 'input', dtype: 'float32', shape }] : []
  return tensors.map((tensor, place) => input(tensor, known, place === 0 ? (known.bands ?? []) : []))
}

/**
 * @param {Tensor} tensor
 * @param {Answers} known
 * @param {string[]} bands
 */
function input(tensor, known, bands) {
  const shape = sizes(tensor, bands.length ? known.input_shape : undefined)
  const given = bands.length ? (known.input_order ?? []) : []
  const order = given.length === shape.length ? given : inputOrder(shape, bands.length)
  const channels = shape[order.indexOf('bands')]
  if (bands.length && order.includes('bands') && channels !== -1 && channels !== bands.length) {
    throw new ComposeError(
      t("there are {bands} bands, but the model's input {name} of the shape {shape} takes {channels}", {
        bands: bands.length,
        name: `'${tensor.name}'`,
        shape: `[${shape.join(', ')}]`,
        channels: channels ?? 0,
      }),
    )
  }
  const scaling = bands.length ? known.value_scaling : undefined
  return {
    name: tensor.name,
    bands,
    input: { shape, dim_order: order, data_type: tensor.dtype || 'float32' },
    ...(scaling ? { value_scaling: scaling === 'none' ? null : scaling } : {}),
  }
}

/**
 * @param {Tensor} tensor
 * @param {number[] | undefined} given
 */
function sizes(tensor, given) {
  if (given && given.length === tensor.shape.length) return given
  return tensor.shape.map((size) => size ?? -1)
}

/**
 * Names of an input's dimensions, judging by where the bands fit.
 * @param {number[]} shape
 * @param {number} bands
 */
function inputOrder(shape, bands) {
  if (shape.length === 4) {
    const last = bands && shape[3] === bands && shape[1] !== bands
    return last ? ['batch', 'height', 'width', 'bands'] : ['batch', 'bands', 'height', 'width']
  }
  if (shape.length === 5) return ['batch', 'time', 'bands', 'height', 'width']
  return NAMES.slice(0, shape.length)
}

/**
 * @param {Facts} facts
 * @param {Answers} known
 */
function outputsOf(facts, known) {
  const { output_shape: shape } = known
  const tensors = facts.outputs.length ? facts.outputs : shape ? [{ name: 'output', dtype: 'float32', shape }] : []
  return tensors.map((tensor, place) => output(tensor, known, place === 0))
}

/**
 * @param {Tensor} tensor
 * @param {Answers} known
 * @param {boolean} first
 */
function output(tensor, known, first) {
  const tasks = known.tasks ?? []
  const shape = sizes(tensor, first ? known.output_shape : undefined)
  const given = first ? (known.output_order ?? []) : []
  /** @type {[string, string][]} */
  const classes = first ? (known.classes ?? []) : []
  return {
    name: tensor.name,
    tasks: first ? tasks : [],
    result: {
      shape,
      dim_order: given.length === shape.length ? given : outputOrder(shape, tasks),
      data_type: tensor.dtype || 'float32',
    },
    ...(classes.length
      ? { 'classification:classes': classes.map(([name, meaning], value) => left({ value, name: slug(name), description: meaning })) }
      : {}),
  }
}

/**
 * @param {number[]} shape
 * @param {string[]} tasks
 */
function outputOrder(shape, tasks) {
  if (shape.length === 4) {
    const segments = tasks.some((task) => SEGMENTING.includes(task))
    return ['batch', segments ? 'class' : 'channel', 'height', 'width']
  }
  if (shape.length === 2 && tasks.some((task) => CLASSIFYING.includes(task))) return ['batch', 'class']
  return NAMES.slice(0, shape.length)
}

/**
 * A class's name as the classification extension wants it.
 * @param {string} name
 */
function slug(name) {
  return name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'class'
}

/**
 * @param {Facts} facts
 * @param {Answers} known
 * @param {Band[]} bands
 */
function modelAsset(facts, known, bands) {
  if (facts.kind === 'none' && !known.url) return null
  const measured = facts.kind !== 'none'
  const name = fileName(facts.name)
  const href = known.url || `./${name}`
  // Of a file that nobody looked at, the name says what it is.
  const named = !measured && href.toLowerCase().split('?')[0]?.endsWith('.onnx')
  const written = left({
    href,
    title: 'Model',
    type: facts.mediaType,
    roles: ['mlm:model', 'mlm:weights'],
    'mlm:artifact_type': named ? 'onnx' : facts.artifactType,
    'file:size': measured ? facts.size : undefined,
    'file:checksum': facts.checksum,
    bands: bands.map(({ name }) => ({ name })),
  })
  const beside = measured && !known.url && facts.size <= LARGEST_BESIDE
  return { written, file: beside ? name : '' }
}

/**
 * The file's name in the entry: a plain one, for no other is taken in a pull request.
 * @param {string} given
 */
function fileName(given) {
  const [, stem = given, ending = ''] = /^(.+)(\.[^.]+)$/s.exec(given) ?? []
  const plain = stem.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 100)
  return `${plain.replace(/^[.-]+|[.-]+$/g, '') || 'model'}${ending.toLowerCase()}`
}

/**
 * @param {{ known: Answers, bands: Band[], asset: { written: Record<string, any> } | null, outputs: Record<string, any>[] }} of
 */
function extensions({ known, bands, asset, outputs }) {
  const written = asset?.written ?? {}
  return [
    MLM,
    bands.some((band) => band['eo:common_name'] || band['eo:center_wavelength']) && EO,
    known.version && VERSION,
    (written['file:size'] !== undefined || written['file:checksum']) && FILE,
    outputs.some((one) => one['classification:classes']) && CLASSIFICATION,
  ].filter(Boolean)
}

/**
 * A box as a polygon, cut in two where it crosses the antimeridian (RFC 7946, 3.1.9).
 * @param {[number, number, number, number]} box
 */
function geometry([west, south, east, north]) {
  const ring = (/** @type {number} */ w, /** @type {number} */ e) => [
    [[w, south], [e, south], [e, north], [w, north], [w, south]],
  ]
  if (west <= east) return { type: 'Polygon', coordinates: ring(west, east) }
  return { type: 'MultiPolygon', coordinates: [ring(west, 180), ring(-180, east)] }
}
