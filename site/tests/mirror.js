// Prints what the browser's code makes of items: views, and the HTML of their pages. A test of the
// Python package compares it with what Python makes of them.
//
//     node site/tests/mirror.js < items.json

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// @ts-expect-error: nunjucks comes without types
import nunjucks from 'nunjucks'

import { t, tn } from '../assets/js/i18n.js'
import { prepare } from '../assets/js/pages/templates.js'
import { modelView } from '../assets/js/pages/view/model.js'

const templates = join(dirname(fileURLToPath(import.meta.url)), '..', 'templates')
const words = JSON.parse(readFileSync(join(templates, 'words.json'), 'utf8'))
const loader = new nunjucks.FileSystemLoader(templates)
const environment = new nunjucks.Environment(loader, {
  autoescape: true,
  trimBlocks: true,
  lstripBlocks: true,
})
prepare(environment, { language: 'en', t, tn, words })

const { items, context } = JSON.parse(readFileSync(0, 'utf8'))
const found = items.map((/** @type {any} */ item) => {
  const view = modelView(item, { hub: context.hub })
  return { view, html: environment.render('model-body.html', { ...context, m: view }) }
})
process.stdout.write(JSON.stringify(found))
