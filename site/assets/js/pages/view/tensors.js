// Mirrors builder/geocairn/compile/pages/view/tensors.py.

import { known, list, number, objects, plain, record, text, texts } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const PLANES = 7
const SPACE = ['height', 'width', 'y', 'x', 'h', 'w', 'row', 'column', 'rows', 'columns', 'lat', 'lon']
const BATCH = ['batch', 'b', 'n']
const CLASSES_SHOWN = 300

/** @param {Json} properties @param {Json[]} bands */
export function inputsOf(properties, bands) {
  const colours = new Map(bands.map((band) => [band.name, band.colour]))
  return known(
    objects(properties['mlm:input']).map((raw) => {
      const names = bandNames(raw.bands)
      const drawn = (names ?? []).map((name) => colours.get(name) ?? null)
      return {
        name: text(raw.name),
        description: text(raw.description),
        bands: names,
        variables: texts(raw.variables),
        tensor: tensor(record(raw.input), drawn),
        scaling: scaling(raw, names),
        unscaled: 'value_scaling' in raw && raw.value_scaling === null,
        resize: text(raw.resize_type),
        steps: known(steps(raw.pre_processing_function)),
      }
    }),
  )
}

/** @param {Json} properties */
export function outputsOf(properties) {
  return known(
    objects(properties['mlm:output']).map((raw) => {
      const classes = objects(raw['classification:classes']).map(classOf)
      return {
        name: text(raw.name),
        description: text(raw.description),
        tasks: texts(raw.tasks),
        tensor: tensor(record(raw.result), []),
        classes: known(classes.slice(0, CLASSES_SHOWN)),
        more_classes: Math.max(0, classes.length - CLASSES_SHOWN) || null,
        steps: known(steps(raw.post_processing_function)),
      }
    }),
  )
}

/** @param {Json} structure @param {(string | null)[]} colours @returns {Json | null} */
function tensor(structure, colours) {
  const sizes = list(structure.shape)
  const names = list(structure.dim_order)
  const count = Math.max(sizes.length, names.length)
  if (count === 0 || count > 12) return null
  const dims = Array.from({ length: count }, (_, place) => {
    const size = number(sizes[place])
    return { name: text(names[place]), size: size !== null && size >= 0 ? Math.trunc(size) : null }
  })
  /** @param {{name: string | null}} dim */
  const lower = (dim) => (dim.name ?? '').toLowerCase()
  const spatial = dims.filter((dim) => SPACE.includes(lower(dim)))
  const deep = dims.filter((dim) => !SPACE.includes(lower(dim)) && !BATCH.includes(lower(dim)))
  const flat = spatial.length === 2
  return {
    dims,
    dtype: text(structure.data_type),
    planes: flat ? planes(deep, colours) : null,
    height: flat ? (spatial[0]?.size ?? null) : null,
    width: flat ? (spatial[1]?.size ?? null) : null,
    cells: flat ? null : Math.min(PLANES, deep.length ? deep.at(-1)?.size || 4 : 1),
  }
}

/** @param {{size: number | null}[]} deep @param {(string | null)[]} colours */
function planes(deep, colours) {
  let many = 1
  for (const dim of deep) many *= dim.size === null ? 3 : Math.max(1, Math.min(dim.size, PLANES))
  many = Math.min(PLANES, many)
  const usable = colours.length >= many ? colours : []
  return Array.from({ length: many }, (_, place) => ({
    x: (many - 1 - place) * 9,
    y: place * 9,
    colour: usable[many - 1 - place] ?? null,
  }))
}

/** @param {Json} raw @param {string[] | null} bands */
function scaling(raw, bands) {
  const found = objects(raw.value_scaling).map(formula)
  if (!found.length) return null
  if (new Set(found).size === 1) return [{ bands: null, formula: found[0] }]
  const named = bands !== null && bands.length === found.length && found.length > 1
  return found.map((one, place) => ({
    bands: [named ? bands[place] : String(place + 1)],
    formula: one,
  }))
}

/** @param {Json} entry @returns {string} */
function formula(entry) {
  const [low, high, mean, deviation, value] = ['minimum', 'maximum', 'mean', 'stddev', 'value'].map(
    (name) => constant(entry[name]),
  )
  /** @type {Record<string, string>} */
  const formulas = {
    'min-max': `(x − ${low}) / (${high} − ${low})`,
    'z-score': `(x − ${mean}) / ${deviation}`,
    clip: `min(max(x, ${low}), ${high})`,
    'clip-min': `max(x, ${low})`,
    'clip-max': `min(x, ${high})`,
    offset: `x − ${value}`,
    scale: `x / ${value}`,
  }
  const kind = text(entry.type) ?? ''
  if (Object.hasOwn(formulas, kind)) return formulas[kind] ?? ''
  const processing = record(entry.processing)
  const expression = 'expression' in processing ? processing.expression : entry.expression
  return text(expression) || kind || '?'
}

/** @param {any} value */
function constant(value) {
  const found = number(value)
  return found === null ? '?' : found >= 0 ? plain(found) : `(−${plain(-found)})`
}

/** @param {any} value @returns {Json[]} */
function steps(value) {
  const found = []
  for (const step of Array.isArray(value) ? value : [value]) {
    const expression = text(record(step).expression)
    if (expression) found.push({ format: text(record(step).format), expression })
    else if (text(step)) found.push({ format: null, expression: step })
  }
  return found
}

/** @param {any} value @returns {string[] | null} */
function bandNames(value) {
  const names = list(value).map((part) =>
    part !== null && typeof part === 'object' ? record(part).name : part,
  )
  return known(names.filter((name) => text(name)))
}

/** @param {Json} raw */
function classOf(raw) {
  const colour = /^#?([0-9A-Fa-f]{6})$/.exec(text(raw.color_hint) ?? '')
  const value = number(raw.value)
  return {
    value: value === null ? null : plain(value),
    name: text(raw.name),
    title: text(raw.title),
    description: text(raw.description),
    colour: colour ? `#${colour[1]?.toLowerCase()}` : null,
  }
}
