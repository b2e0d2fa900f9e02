// What a trial looks like: an image, its bands, the run, and what came of it.

import { t } from '../i18n.js'
import { h } from '../ui/dom.js'
import { dropZone } from '../ui/drop.js'
import { bandFields } from './bandfields.js'
import { Connection, Refused, Stopped } from './connection.js'
import { explained } from './messages.js'
import { Results } from './results.js'
import { doubt, seconds, steps } from './words.js'

/** @typedef {import('../pages/view/values.js').Json} Json */
/** @typedef {{file?: Blob, href?: string, name: string}} Source */

export class Panel {
  /** @param {HTMLElement} section @param {Element} instead What the panel takes the place of. */
  constructor(section, instead) {
    this.section = section
    this.instead = instead
    /** @type {Connection | null} */
    this.connection = null
    /** @type {Source | null} */
    this.source = null
    this.bands = h('div', { class: 'try__bands', hidden: true })
    this.told = h('p', { class: 'notice notice--ok', role: 'status', hidden: true })
    this.doubts = h('p', { class: 'notice', hidden: true })
    this.bar = h('progress', { class: 'try__bar', max: 1, value: 0, 'aria-label': t('Progress') })
    this.time = h('span', { class: 'muted small try__time' })
    this.waiting = h('p', { class: 'cluster', hidden: true }, this.bar, this.time)
    this.runs = h('button', { class: 'button button--primary', type: 'button', disabled: true, click: () => void this.run() }, t('Run the model'))
    this.stops = h('button', { class: 'button', type: 'button', hidden: true, click: () => void this.stop() }, t('Stop'))
    this.results = new Results((what) => this.asked('save', what), (error) => this.failed(error))
    this.begun = 0
  }

  /** Fetch the description, show the panel and open the sample, if there is one. */
  async begin() {
    const address = new URL(this.section.dataset.item ?? '', location.href)
    const response = await fetch(address)
    if (!response.ok) throw new Error(String(response.status))
    /** @type {Json} */
    this.item = await response.json()
    const place = (/** @type {string | undefined} */ key) => {
      const href = key ? this.item?.assets?.[key]?.href : undefined
      return href ? new URL(href, address).href : null
    }
    this.model = place(this.section.dataset.model)
    this.sample = place(this.section.dataset.sample)
    const drawn = this.drawn()
    this.instead.replaceWith(drawn)
    drawn.focus()
    const source = this.sample ? { href: this.sample, name: t('Sample') } : null
    if (source) await this.open(source)
    else this.connect()
  }

  drawn() {
    const chooser = h('input', { type: 'file', id: 'try-file', accept: '.tif,.tiff,.png,.jpg,.jpeg,image/tiff,image/png,image/jpeg' })
    const drop = h(
      'div',
      { class: 'drop' },
      h('label', { for: 'try-file' }, t('Drop a GeoTIFF, PNG or JPEG here, or choose one. It stays on your machine.')),
      chooser,
    )
    dropZone(drop, (file) => void this.open({ file, name: file.name }))
    const sample = this.sample
    const button =
      sample && h('button', { class: 'button button--small', type: 'button', click: () => void this.open({ href: sample, name: t('Sample') }) }, t('Take the sample'))
    return h(
      'div',
      { class: 'try__panel', role: 'group', 'aria-label': t('Try it'), tabindex: -1 },
      drop,
      button && h('p', {}, button),
      this.told,
      this.bands,
      this.doubts,
      h('p', { class: 'cluster' }, this.runs, this.stops),
      this.waiting,
      this.results.element,
    )
  }

  /** A worker with the model, begun if there is none. */
  connect() {
    if (this.connection) return this.connection
    const connection = new Connection((step) => this.progress(step))
    this.connection = connection
    const [item, model] = [this.item, this.model]
    const asset = item?.assets?.[this.section.dataset.model ?? ''] ?? {}
    // The build for graphics cards waits in a way that not every browser can.
    const suspends = 'Suspending' in WebAssembly
    connection.ask('begin', { item, model, asset, suspends }).catch((error) => this.failed(error))
    return connection
  }

  /** @param {'open' | 'run' | 'doubts' | 'save'} act @param {any} given */
  async asked(act, given) {
    return this.connect().ask(act, given)
  }

  /** @param {Source} source */
  async open(source) {
    this.source = source
    this.busy(t('Reading: {name} …', { name: source.name }))
    this.results.clear()
    this.bands.hidden = true
    this.doubts.hidden = true
    try {
      const found = await this.asked('open', { file: source.file, href: source.href })
      if (this.source !== source) return
      this.results.picture(found)
      this.fields = bandFields(this.bands, found, () => void this.changed())
      this.say(t('{name}: {width} × {height} pixels, {dtype}. It is ready.', { ...found, name: source.name }))
      await this.changed()
    } catch (error) {
      if (this.source !== source) return
      this.failed(error)
      this.runs.disabled = true
    }
  }

  /** Another choice of bands. */
  async changed() {
    const mapping = this.fields?.mapping() ?? null
    this.runs.disabled = mapping === null
    if (!mapping) return
    const found = await this.asked('doubts', mapping).catch(() => null)
    this.doubts.hidden = !found
    if (found) this.doubts.textContent = doubt(found)
  }

  async run() {
    const mapping = this.fields?.mapping()
    if (!mapping) return
    this.busy(t('Running …'))
    this.runs.hidden = true
    this.stops.hidden = false
    this.waiting.hidden = false
    this.bar.value = 0
    this.stops.focus()
    try {
      const found = await this.asked('run', mapping)
      this.results.show(found)
      this.say(t('Done in {running} with {provider}.', { running: seconds(found.times.running / 1000), provider: found.provider }))
      // Browsers show these beside their own.
      for (const [name, duration] of Object.entries(found.times)) performance.measure(`try: ${name}`, { start: 0, duration })
    } catch (error) {
      this.failed(error)
    }
    const focused = document.activeElement === this.stops
    this.runs.hidden = false
    this.stops.hidden = true
    this.waiting.hidden = true
    if (focused) this.runs.focus()
  }

  /** End the worker, and begin another with the same image. */
  async stop() {
    this.connection?.end()
    this.connection = null
    const [source, mapping] = [this.source, this.fields?.mapping()]
    try {
      if (source) await this.asked('open', { file: source.file, href: source.href })
      this.runs.disabled = !mapping
    } catch (error) {
      this.failed(error)
    }
  }

  /** @param {import('./connection.js').Step} step */
  progress(step) {
    if (step.part === 'windows' && step.done <= 1) this.begun = performance.now()
    this.bar.value = step.done / step.all
    this.time.textContent = steps(step, (performance.now() - this.begun) / 1000)
  }

  /** @param {string} text */
  busy(text) {
    this.say(text)
    this.time.textContent = ''
  }

  /** @param {string} text */
  say(text) {
    this.told.className = 'notice notice--ok'
    this.told.textContent = text
    this.told.hidden = false
  }

  /** @param {unknown} error */
  failed(error) {
    if (error instanceof Stopped) return this.say(t('Stopped.'))
    this.told.className = 'notice notice--error'
    this.told.textContent = explained(error instanceof Refused ? error.fault : { code: 'unexpected', values: { reason: String(error) } })
    this.told.hidden = false
  }
}
