// Compiles the JSON Schemas of what the submit page makes into plain functions: under the pages'
// policy a browser may not compile them itself.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import Ajv from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import formats from 'ajv-formats'

const CORE = 'https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json'
const EXTENSIONS = ['mlm/v1.5.2', 'eo/v2.0.0', 'file/v2.1.0', 'version/v1.2.0', 'classification/v1.1.0']
const META = 'http://json-schema.org/'
const NAME = 'virtual:schemas'

/** Addresses of the schemas, the item's own first. */
export const ADDRESSES = [
  CORE,
  ...EXTENSIONS.map((name) => `https://stac-extensions.github.io/${name}/schema.json`),
]

/**
 * An esbuild plugin that gives `virtual:schemas`: a validator for each extension's address, and for
 * the item itself under the empty text.
 * @param {string} folder Schemas as `geocairn schemas export` lays them out.
 * @returns {import('esbuild').Plugin}
 */
export function schemas(folder) {
  return {
    name: 'schemas',
    setup(build) {
      build.onResolve({ filter: /^virtual:schemas$/ }, () => ({ path: NAME, namespace: NAME }))
      build.onLoad({ filter: /.*/, namespace: NAME }, async () => ({
        contents: await compiled(folder),
        loader: 'js',
        resolveDir: import.meta.dirname,
      }))
    },
  }
}

/** @param {string} folder */
async function compiled(folder) {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    code: { source: true, esm: true },
    // By address alone, for some of the published ids are wrong.
    schemaId: '$geocairn',
  })
  formats(ajv)
  // Addresses in any script; `geocairn check` looks at them more closely.
  for (const name of ['iri', 'iri-reference']) ajv.addFormat(name, true)
  for (const address of await needed(folder)) ajv.addSchema(await read(folder, address), address)
  const names = Object.fromEntries(ADDRESSES.map((address, place) => [`of${place}`, address]))
  const code = standalone.default(ajv, names)
  const listed = ADDRESSES.map((address, place) => `${JSON.stringify(place ? address : '')}: of${place}`)
  return `${code}\nexport const validators = { ${listed.join(', ')} }\n`
}

/**
 * The schemas, and all that they refer to.
 * @param {string} folder
 */
async function needed(folder) {
  const found = new Set()
  const waiting = [...ADDRESSES]
  for (let address = waiting.pop(); address; address = waiting.pop()) {
    if (found.has(address) || address.startsWith(META)) continue
    found.add(address)
    for (const reference of references(await read(folder, address))) {
      waiting.push(new URL(reference, address).href.replace(/#.*$/, ''))
    }
  }
  return found
}

/**
 * A schema with absolute references and without an id of its own.
 * @param {string} folder
 * @param {string} address
 */
async function read(folder, address) {
  const { host, pathname } = new URL(address)
  const schema = JSON.parse(await readFile(join(folder, host, pathname), 'utf8'))
  delete schema.$id
  return withAbsolute(schema, address)
}

/**
 * @param {any} part
 * @param {string} address
 * @returns {any}
 */
function withAbsolute(part, address) {
  if (Array.isArray(part)) return part.map((one) => withAbsolute(one, address))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (key === '$ref' && typeof value === 'string') return [key, new URL(value, address).href]
      return [key, withAbsolute(value, address)]
    }),
  )
}

/**
 * @param {any} part
 * @returns {string[]}
 */
function references(part) {
  if (typeof part !== 'object' || part === null) return []
  const own = typeof part.$ref === 'string' ? [part.$ref] : []
  return [...own, ...Object.values(part).flatMap(references)]
}

// Run by itself: which schemas are needed, for `geocairn schemas export`.
if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(ADDRESSES.join(' '))
