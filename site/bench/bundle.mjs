// Bundles the benchmark's page and the engine's worker into a folder.
//
//     node site/bench/bundle.mjs FOLDER

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const folder = process.argv[2] ?? '.'
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

await build({
  entryPoints: [here('page.js'), here('../assets/js/worker.js')],
  entryNames: '[name]',
  outdir: folder,
  bundle: true,
  format: 'esm',
  minify: true,
  target: ['es2022'],
})
await writeFile(join(folder, 'index.html'), '<!doctype html><title>Benchmark</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>')
