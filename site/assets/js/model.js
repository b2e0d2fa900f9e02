// The page of a model in a hub that is too large for a page each: models/model.html?id=<collection>/<id>.

// @ts-expect-error: nunjucks comes without types
import nunjucks from 'nunjucks/browser/nunjucks-slim.js'
// @ts-expect-error: precompiled by build.mjs
import compiled from 'geocairn:templates'
// @ts-expect-error: JSON, bundled by build.mjs
import words from '../../templates/words.json'

import { language, t, tn } from './i18n.js'
import { startCopying } from './pages/copy.js'
import { nameTheHub } from './pages/hub.js'
import { markdown } from './pages/markdown.js'
import { startRaw } from './pages/raw.js'
import { prepare } from './pages/templates.js'
import { linkTarget } from './pages/view/links.js'
import { modelView } from './pages/view/model.js'
import { objects, record, text } from './pages/view/values.js'

/** @typedef {import('./pages/view/values.js').Json} Json */

const NAME = /^[^/\\?#]+$/

/** Show the model that the address names. */
async function show() {
  const place = document.getElementById('model')
  if (!place) return
  try {
    const [collection = '', id = '', ...more] = (
      new URLSearchParams(location.search).get('id') ?? ''
    ).split('/')
    const fits = [collection, id].every((name) => NAME.test(name) && !/^\.+$/.test(name))
    if (more.length || !fits) throw new Error('no such model')
    place.innerHTML = await rendered(place, collection, id)
    nameTheHub()
    startCopying()
    startRaw()
  } catch {
    const message = document.createElement('p')
    message.className = 'notice'
    message.textContent = t(
      'This model could not be loaded. Its address may be wrong, or the hub is being published just now.',
    )
    place.replaceChildren(message)
  }
  place.setAttribute('aria-busy', 'false')
}

/** @param {HTMLElement} place @param {string} collection @param {string} id */
async function rendered(place, collection, id) {
  const { hub = null, root = './' } = document.documentElement.dataset
  const folder = `${root}${encodeURIComponent(collection)}/`
  const beside = `${folder}${encodeURIComponent(id)}/`
  const address = `${beside}${encodeURIComponent(id)}.json`
  const item = await json(address)
  const [collected, previous] = await Promise.all([
    json(`${folder}collection.json`),
    predecessor(item, beside),
  ])
  const view = moved(modelView(item, { previous, hub }), collection, beside)
  document.title = `${view.title} · ${document.title.split(' · ').at(-1)}`
  const description = text(record(item.properties).description) ?? ''
  return environment().render('model-body.html', {
    m: view,
    description: markdown(description),
    card: '', // An item does not say whether it has one.
    collection: {
      title: text(collected.title) ?? collection,
      href: `../${encodeURIComponent(collection)}/index.html`,
    },
    search: 'index.html',
    land: place.dataset.land,
    json: address,
  })
}

function environment() {
  const loader = new nunjucks.PrecompiledLoader(compiled)
  const made = new nunjucks.Environment(loader, { autoescape: true })
  return prepare(made, { language, t, tn, words })
}

/** @param {string} address @returns {Promise<Json>} */
async function json(address) {
  const response = await fetch(new URL(address, location.href))
  if (!response.ok) throw new Error(String(response.status))
  return response.json()
}

/** @param {Json} item @param {string} beside */
async function predecessor(item, beside) {
  const link = objects(item.links).find((one) => one.rel === 'predecessor-version')
  const href = link && linkTarget(link.href)
  return href && href.startsWith('../') ? json(beside + href).catch(() => null) : null
}

/**
 * The view with addresses as they are from this page instead of the model's own.
 * @param {Json} view
 * @param {string} collection
 * @param {string} beside
 */
function moved(view, collection, beside) {
  for (const version of Object.values(view.versions ?? {})) {
    if (version) version.href = `model.html?id=${encodeURIComponent(collection)}/${encodeURIComponent(version.id)}`
  }
  for (const asset of view.assets ?? []) {
    if (asset.href && !/^[A-Za-z][A-Za-z0-9+.-]*:|^\//.test(asset.href)) asset.href = beside + asset.href
  }
  if (view.thumbnail) view.thumbnail = beside + view.thumbnail
  return view
}

void show()
