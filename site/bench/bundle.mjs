// Bundles a page with a script of its own, and the engine's worker, into a folder.
//
//     node site/bench/bundle.mjs SCRIPT FOLDER

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const [script = '', folder = '.'] = process.argv.slice(2)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))

await build({
  entryPoints: [
    { in: script, out: 'page' },
    { in: here('../assets/js/worker.js'), out: 'worker' },
  ],
  outdir: folder,
  bundle: true,
  format: 'esm',
  minify: true,
  target: ['es2022'],
})
await writeFile(join(folder, 'index.html'), '<!doctype html><html lang="en"><title>The engine alone</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>')
