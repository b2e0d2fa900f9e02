// The page to match a scene: takes one, looks for models, and shows what suits it and why.

import { t, tn } from '../i18n.js'
import { compareText } from '../search/words.js'
import { connect } from '../ui/client.js'
import { byId, h } from '../ui/dom.js'
import { dropZone } from '../ui/drop.js'
import { hubRoot } from '../ui/links.js'
import { loadLand } from '../ui/map/land.js'
import { errorMessage } from '../ui/messages.js'
import { prepareLand } from '../ui/minimap.js'
import { pictures } from '../ui/pictures.js'
import { assess } from './assess.js'
import { fromAddress, fromFile, fromText } from './given.js'
import { candidates } from './narrow.js'
import { SceneError } from './scene.js'
import { fitting, lookedAt, nearly, sceneFacts } from './show.js'

/**
 * @typedef {import('../ui/client.js').SearchHub} SearchHub
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./scene.js').Sensors} Sensors
 * @typedef {import('./show.js').Judged} Judged
 */

/** Items that are read at once. */
const AT_ONCE = 8
/** Models that nearly fit, at the most. */
const NEARLY = 6

export class MatchPage {
  #element = byId('match')
  #told = byId('match-told')
  #given = /** @type {HTMLTextAreaElement} */ (byId('match-given'))
  #abort = new AbortController()
  #hub = this.#connected()
  #picture = pictures(this.#hub, hubRoot())
  /** @type {Promise<Sensors>} */
  #sensors = fetch(this.#element.dataset['form'] ?? '').then(async (response) => (await response.json()).sensors)

  start() {
    this.#sensors.catch(() => {}) // Told by whoever needs them.
    void loadLand(this.#element.dataset['land'] ?? '').then(prepareLand, () => {})
    dropZone(byId('match-drop'), (file) => this.#take('', (sensors) => fromFile(file, sensors)))
    byId('match-form').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#submitted(this.#given.value.trim())
    })
    addEventListener('popstate', () => this.#fromState())
    this.#element.hidden = false
    this.#fromState()
  }

  #connected() {
    const hub = connect(hubRoot(), this.#element.dataset['worker'] ?? '')
    hub.catch(() => {})
    return hub
  }

  #fromState() {
    const item = new URLSearchParams(location.search).get('item')
    if (!item) return
    this.#given.value = item
    this.#fetch(item)
  }

  /** @param {string} text */
  #submitted(text) {
    if (!text) return
    if (text.startsWith('{')) return this.#take('', (sensors) => fromText(text, sensors))
    const search = `?item=${encodeURIComponent(text)}`
    if (search !== location.search) history.pushState(null, '', search)
    this.#fetch(text)
  }

  /** @param {string} address */
  #fetch(address) {
    const allowed = (this.#element.dataset['connect'] ?? '').split(' ').filter(Boolean)
    this.#take(address, (sensors, signal) => fromAddress(address, sensors, { allowed, signal }))
  }

  /**
   * @param {string} address Of the item; empty where it has none, and the page's says nothing of it.
   * @param {(sensors: Sensors, signal: AbortSignal) => Promise<Scene> | Scene} open
   */
  async #take(address, open) {
    this.#abort.abort()
    this.#abort = new AbortController()
    const { signal } = this.#abort
    if (!address && location.search) history.pushState(null, '', location.pathname)
    this.#say(t('Reading the scene …'))
    byId('match-results').replaceChildren()
    byId('match-scene').replaceChildren()
    try {
      const scene = await open(await this.#sensors, signal)
      if (signal.aborted) return
      byId('match-scene').replaceChildren(...sceneFacts(scene))
      await this.#match(scene, signal)
    } catch (error) {
      if (!signal.aborted) this.#fail(error, () => this.#take(address, open))
    }
  }

  /** @param {unknown} error @param {() => void} again */
  #fail(error, again) {
    if (error instanceof SceneError) return this.#say(error.message, 'error')
    this.#say('')
    this.#hub = this.#connected()
    byId('match-results').replaceChildren(errorMessage(error, again))
  }

  /** @param {string} text @param {'' | 'ok' | 'error'} [kind] */
  #say(text, kind = '') {
    this.#told.className = kind ? `notice notice--${kind}` : 'match__told'
    this.#told.textContent = text
  }

  /** @param {Scene} scene @param {AbortSignal} signal */
  async #match(scene, signal) {
    this.#say(t('Looking for models …'))
    const hub = await this.#hub
    const hits = await candidates(hub, scene, signal)
    /** @type {Judged[]} */
    const judged = []
    for (let at = 0; at < hits.length; at += AT_ONCE) {
      const part = hits.slice(at, at + AT_ONCE)
      const items = await Promise.all(part.map((hit) => hub.item(hit.collection, hit.id, { signal })))
      if (signal.aborted) return
      part.forEach((hit, index) => judged.push({ hit, ...assess(items[index], scene) }))
      this.#say(t('Looking at models: {n} of {all} …', { n: judged.length, all: hits.length }))
    }
    this.#show(judged, hub.manifest.items)
  }

  /** @param {Judged[]} judged @param {number} all */
  #show(judged, all) {
    const runs = judged.filter((one) => one.runs)
    runs.sort((a, b) => b.score - a.score || compareText(a.hit.id, b.hit.id))
    const close = judged.filter(({ runs: fits, reasons }) => !fits && reasons.some(({ about, good }) => about === 'band' && good))
    close.sort((a, b) => lacking(a) - lacking(b) || compareText(a.hit.id, b.hit.id))
    this.#say(runs.length
      ? tn('{n} model can run on this scene.', '{n} models can run on this scene.', runs.length)
      : t('No model that was looked at can run on this scene.'), runs.length ? 'ok' : '')
    /** @type {HTMLElement[]} */
    const parts = [h('p', { class: 'muted' }, lookedAt(judged.length, all))]
    if (runs.length) parts.push(h('h2', {}, t('Models that can run on it, best first')), ...fitting(runs, this.#picture))
    if (close.length) parts.push(h('h2', {}, t('Those that nearly fit, and what they lack')), nearly(close.slice(0, NEARLY), this.#picture))
    byId('match-results').replaceChildren(...parts)
  }
}

/** How much a model lacks: bands that were not found. @param {Judged} judged */
function lacking({ reasons }) {
  return reasons.filter(({ about, good }) => about === 'band' && good === false).length
}
