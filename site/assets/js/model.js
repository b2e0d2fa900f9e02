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
import { moved } from './pages/moved.js'
import { startRaw } from './pages/raw.js'
import { reachAll } from './pages/scroll.js'
import { prepare } from './pages/templates.js'
import { cardHref, linkTarget } from './pages/view/links.js'
import { modelView } from './pages/view/model.js'
import { STAND_IN } from './pages/view/usage.js'
import { objects, record, text } from './pages/view/values.js'
import { startTrying } from './try/start.js'

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
    startTrying()
    reachAll()
  } catch {
    const message = document.createElement('p')
    message.className = 'notice'
    message.textContent = t(
      'This model could not be loaded. Its address may be wrong, or the hub is being published just now.',
    )
    place.querySelector('[role=status]')?.replaceWith(message)
  }
}

/** @param {HTMLElement} place @param {string} collection @param {string} id */
async function rendered(place, collection, id) {
  const { hub = STAND_IN, root = './' } = document.documentElement.dataset
  const above = `${root}${encodeURIComponent(collection)}/`
  const folder = `${above}${encodeURIComponent(id)}/`
  const address = `${folder}${encodeURIComponent(id)}.json`
  const item = await json(address)
  const [collected, previous, written] = await Promise.all([
    json(`${above}collection.json`).catch(() => /** @type {Json} */ ({})),
    predecessor(item, folder),
    card(item, folder),
  ])
  const known = hub === STAND_IN ? null : hub
  const view = moved(modelView(item, { previous, hub: known }), folder)
  document.title = `${view.title} · ${document.title.split(' · ').at(-1)}`
  const description = text(record(item.properties).description) ?? ''
  return environment().render('model-body.html', {
    m: view,
    description: await markdown(description, { folder }),
    card: await markdown(written, { without: description, folder }),
    checked: 'checked' in place.dataset,
    collection: {
      title: text(collected.title) ?? collection,
      href: `../${encodeURIComponent(collection)}/index.html`,
    },
    search: 'index.html',
    land: place.dataset.land,
    json: address,
    try_up_to: Number(place.dataset.try),
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

/** The version before this one, to tell what changed. @param {Json} item @param {string} folder */
async function predecessor(item, folder) {
  const link = objects(item.links).find((one) => one.rel === 'predecessor-version')
  const href = link && linkTarget(link.href)
  return href && href.startsWith('../') ? json(folder + href).catch(() => null) : null
}

/** The model card, if the item says that it has one. @param {Json} item @param {string} folder */
async function card(item, folder) {
  const href = cardHref(text(item.id) ?? '')
  if (!objects(item.links).some((one) => one.rel === 'describedby' && one.href === href)) return ''
  const response = await fetch(new URL(folder + href, location.href))
  return response.ok ? response.text() : ''
}

void show()
