// Mirrors builder/geocairn/compile/pages/view/usage.py.

import { doiOf } from './links.js'
import { objects, record, text, texts } from './values.js'

/** @typedef {import('./values.js').Json} Json */

/** Stands for the hub's address in code to copy, where that is not known. */
export const STAND_IN = 'https://HUB.example/'
const PLAIN = /^[A-Za-z0-9_ .-]{1,200}$/
const DTYPES = ['float16', 'float32', 'float64', 'uint8', 'uint16', 'int8', 'int16', 'int32', 'int64']
const CHIP = 256
const LARGEST = 65_536
/** @type {Record<string, string>} */
const BIBTEX = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
}

/**
 * @param {string} collection
 * @param {string} item
 * @param {{assets: Json[], inputs: Json[], hub: string | null}} options
 */
export function snippets(collection, item, { assets, inputs, hub }) {
  const root = hub ?? STAND_IN
  const [folder, name] = [encodeURIComponent(collection), encodeURIComponent(item)]
  const document = `${root}${folder}/${name}/${name}.json`
  const table = `${root}${folder}/items.parquet`
  const found = [
    snippet('Python', 'python', python(root, collection, item)),
    snippet('R', 'r', r(document)),
    snippet('DuckDB SQL', 'sql', sql(table, item)),
    snippet('QGIS', 'python', qgis(table, item)),
    snippet('ArcGIS', 'python', arcgis(document)),
  ]
  const onnx = assets.find((asset) => asset.safety === 'data' && isOnnx(asset))
  if (onnx) found.push(snippet('onnxruntime', 'python', onnxruntime(document, onnx.key, inputs)))
  const entry = assets.find((asset) => asset.entrypoint)?.entrypoint ?? ''
  if (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/.test(entry)) {
    const [module, called] = entry.split(':')
    found.push(snippet('Entry point', 'python', `from ${module} import ${called}\n`))
  }
  return found
}

/** @param {Json} asset */
function isOnnx(asset) {
  const named = (asset.format ?? '').toLowerCase() === 'onnx' || (asset.file ?? '').endsWith('.onnx')
  return named && Boolean(asset.href)
}

/** @param {string} name @param {string} language @param {string} code */
function snippet(name, language, code) {
  const slug = name.toLowerCase().replace(/[^A-Za-z0-9-]+/g, '-')
  return { name, slug, language, code: code.replace(/^\n+|\n+$/g, '') }
}

const quoted = JSON.stringify

/** @param {string} root @param {string} collection @param {string} item */
function python(root, collection, item) {
  return `
import geocairn

hub = geocairn.open(${quoted(root)})
found = hub.search(collections=[${quoted(collection)}], ids=[${quoted(item)}])
model = next(found.items())  # a pystac Item
for key, asset in model.assets.items():
    print(key, asset.href)
`
}

/** @param {string} document */
function r(document) {
  return `
library(jsonlite)

model <- fromJSON(${quoted(document)}, simplifyVector = FALSE)
model$properties$title
sapply(model$assets, function(asset) asset$href)
`
}

/** @param {string} table @param {string} item */
function sql(table, item) {
  return [
    'SELECT id, title, start_datetime, end_datetime',
    `FROM read_parquet('${table.replaceAll("'", "''")}')`,
    `WHERE id = '${item.replaceAll("'", "''")}';`,
  ].join('\n')
}

/** @param {string} table @param {string} item */
function qgis(table, item) {
  const expression = `"id" = '${item.replaceAll("'", "''")}'`
  return `
layer = QgsVectorLayer("/vsicurl/" + ${quoted(table)}, ${quoted(item)}, "ogr")
layer.setSubsetString(${quoted(expression)})
QgsProject.instance().addMapLayer(layer)
`
}

/** @param {string} document */
function arcgis(document) {
  return `
import json, urllib.request
import arcpy

with urllib.request.urlopen(${quoted(document)}) as answer:
    model = json.load(answer)
footprint = arcpy.AsShape(model["geometry"]) if model["geometry"] else None
for key, asset in model["assets"].items():
    print(key, asset["href"])
`
}

/** @param {string} document @param {string} key @param {Json[]} inputs */
function onnxruntime(document, key, inputs) {
  return `
import json, urllib.parse, urllib.request
import numpy as np
import onnxruntime

address = ${quoted(document)}
with urllib.request.urlopen(address) as answer:
    asset = json.load(answer)["assets"][${quoted(key)}]
path, _ = urllib.request.urlretrieve(urllib.parse.urljoin(address, asset["href"]), "model.onnx")
session = onnxruntime.InferenceSession(path)
${run(inputs.map(chip))}
`
}

/** @param {(string | null)[]} chips */
function run(chips) {
  if (!chips.length || chips.includes(null)) {
    return 'print([(tensor.name, tensor.shape, tensor.type) for tensor in session.get_inputs()])'
  }
  return `chips = [
${chips.map((one) => `    ${one}`).join('\n')}
]
names = [tensor.name for tensor in session.get_inputs()]
for output, found in zip(session.get_outputs(), session.run(None, dict(zip(names, chips)))):
    print(output.name, found.shape, found.dtype)`
}

/** @param {Json} given */
function chip({ tensor, bands, variables, scaling }) {
  if (!tensor || !DTYPES.includes(tensor.dtype)) return null
  /** @type {{name: string | null, size: number | null}[]} */
  const dims = tensor.dims
  if (dims.some((dim) => (dim.size ?? 0) > LARGEST)) return null
  const shape = dims.map(({ name, size }, at) => size || (at === 0 || name === 'batch' || name === 'time' ? 1 : CHIP))
  const listed = (bands ?? variables ?? []).join(' ')
  const said = PLAIN.test(listed) ? `  # ${listed}${scaling ? ', scaled' : ''}` : ''
  return `np.zeros([${shape.join(', ')}], np.${tensor.dtype}),${said}`
}

/** @param {Json} item @param {{title: string, hub: string | null}} options */
export function bibtex(item, { title, hub }) {
  const properties = record(item.properties)
  const [name, collection] = [text(item.id) ?? '', text(item.collection) ?? '']
  const providers = objects(properties.providers)
  const producers = providers.filter((one) => (texts(one.roles) ?? []).includes('producer'))
  const authors = (producers.length ? producers : providers)
    .map((one) => text(one.name))
    .filter((one) => one !== null)
  const moments = ['created', 'published', 'updated', 'datetime'].map((key) => properties[key])
  const years = moments.map((moment) => /^\d{4}/.exec(text(moment) ?? '')?.[0])
  const version = text(properties.version)
  const page = `${encodeURIComponent(collection)}/${encodeURIComponent(name)}/index.html`
  const fields = [
    ['title', `{${escaped(title)}}`],
    ['author', authors.map((author) => `{${escaped(author)}}`).join(' and ')],
    ['year', years.find(Boolean)],
    ['version', version && escaped(version)],
    ['doi', doiOf(item)],
    ['url', hub && `${hub}${page}`],
  ]
  const lines = fields.filter(([, value]) => value).map(([key, value]) => `  ${key} = {${value}},`)
  return [`@misc{${name.replace(/[^A-Za-z0-9-]+/g, '-') || 'model'},`, ...lines, '}'].join('\n')
}

/** @param {string} value */
function escaped(value) {
  const line = value.split(/\s+/).filter(Boolean).join(' ')
  return line.replace(/[\\{}%$&#_^~]/g, (letter) => BIBTEX[letter] ?? `\\${letter}`)
}
