// Bundles the browser code and style sheets into _build/site/assets, named by their content, with
// a manifest of the names: what the pages of a hub load.
//
//     node site/build.mjs [OUTPUT [SCHEMAS]]
//
// SCHEMAS is a folder that `geocairn schemas export` filled, _build/schemas where it is not given.

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'
import { feature } from 'topojson-client'

import { schemas } from './schemas.mjs'
import { templates } from './templates.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const output = process.argv[2] ?? join(here, '..', '_build', 'site')
const assets = join(output, 'assets')
const schemaFolder = process.argv[3] ?? join(here, '..', '_build', 'schemas')

/** Entry points: every script and style sheet that lies directly in its folder. */
async function entryPoints() {
  const found = []
  for (const folder of ['js', 'css']) {
    for (const name of await readdir(join(here, 'assets', folder))) {
      if (['.js', '.css'].includes(extname(name))) found.push(join(here, 'assets', folder, name))
    }
  }
  return found.sort()
}

/**
 * Bundle; gives each entry point's name with the name of its output.
 * @param {string[]} entryPoints
 * @param {Record<string, string>} [define]
 */
async function bundle(entryPoints, define = {}) {
  const { metafile } = await build({
    entryPoints,
    outdir: assets,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    target: ['es2022', 'safari16'],
    charset: 'utf8',
    legalComments: 'linked',
    loader: { '.svg': 'file', '.woff2': 'file', '.wasm': 'file' },
    define,
    plugins: [templates(join(here, 'templates')), schemas(schemaFolder)],
    metafile: true,
    logLevel: 'warning',
  })
  /** @type {Record<string, string>} */
  const names = {}
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint) names[basename(entryPoint)] = basename(path)
  }
  return names
}

/** Write a file under a name with the hash of its content; gives that name. */
async function hashed(name, data) {
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 8).toUpperCase()
  const named = `${basename(name, extname(name))}-${hash}${extname(name)}`
  await writeFile(join(assets, named), data)
  return named
}

/** The outline of the land, from Natural Earth (public domain): rings in hundredths of a degree. */
async function land() {
  const path = createRequire(import.meta.url).resolve('world-atlas/land-110m.json')
  const world = JSON.parse(await readFile(path, 'utf8'))
  const rings = []
  for (const { geometry } of feature(world, world.objects.land).features) {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
    for (const polygon of polygons) {
      for (const ring of polygon) {
        rings.push(ring.flatMap(([x, y]) => [Math.round(x * 100), Math.round(y * 100)]))
      }
    }
  }
  return hashed('land.json', JSON.stringify(rings))
}

await rm(output, { recursive: true, force: true })
await mkdir(assets, { recursive: true })
const entries = await entryPoints()
// Workers share nothing with pages or one another, so that each starts with the one file that is
// loaded first.
const isWorker = (/** @type {string} */ path) => path.endsWith('worker.js')
/** @type {Record<string, string>} */
const alone = {}
for (const path of entries.filter(isWorker)) Object.assign(alone, await bundle([path]))
// Scripts find this one beside themselves: pages that never run a model need not name it.
const define = { TRY_WORKER: JSON.stringify(alone['tryworker.js']) }
const shared = await bundle(entries.filter((path) => !isWorker(path)), define)
const names = { ...shared, ...alone, 'land.json': await land() }
const sorted = Object.fromEntries(Object.entries(names).sort())
await writeFile(join(output, 'manifest.json'), JSON.stringify(sorted, null, 1) + '\n')
console.log(`${relative(process.cwd(), output) || '.'}: ${Object.keys(sorted).length} assets`)
