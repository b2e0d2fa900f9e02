// The map: land, results and the region asked for; moved by pointer, wheel, fingers and keys.

import { t } from '../../i18n.js'
import { h, icon, svg } from '../dom.js'
import { landPath } from './land.js'
import { footprint, rectangles, ringPath, ringsOf } from './shapes.js'
import { drawTiles } from './tiles.js'
import { bounded, mercator, plain, toPosition, viewOf, zoomed } from './view.js'

/**
 * @typedef {import('../client.js').Hit} Hit
 * @typedef {import('../state.js').Box} Box
 * @typedef {import('../state.js').Geometry} Geometry
 * @typedef {import('./view.js').Position} Position
 * @typedef {import('./view.js').View} View
 */

const STEP = 0.18
const CLOSER = 1.6

/** A map in a frame; a tool may take the pointer and the keys first. */
export class WorldMap {
  #land = svg('path', { class: 'map__land', id: 'map-land' })
  #grid = svg('g', { class: 'map__grid' })
  #tiles = svg('g', {})
  #hits = svg('g', { class: 'map__hits' })
  #area = svg('g', { class: 'map__area' })
  /** Where tools draw. */
  layer = svg('g', { class: 'map__tool' })
  /** @type {View} */
  view = { x: 0, y: 0, scale: 1 }
  size = { width: 720, height: 280 }
  /** @type {import('./tool.js').Tool | null} */
  tool = null
  /** @type {Map<number, {x: number, y: number}>} Fingers and pointers that are down. */
  #down = new Map()
  /** @type {Hit[]} */
  #shown = []
  #framed = false

  /**
   * @param {HTMLElement} frame
   * @param {{tiles?: string, attribution?: string}} [options]
   */
  constructor(frame, { tiles = '', attribution = '' } = {}) {
    this.frame = frame
    this.template = tiles
    this.projection = tiles ? mercator : plain
    const layers = [this.#tiles, this.#grid, ...this.#world(), this.#hits, this.#area, this.layer]
    this.canvas = svg('svg', { class: 'map__canvas', 'aria-hidden': 'true' }, ...layers)
    frame.append(this.canvas, this.#buttons())
    if (attribution) frame.append(h('p', { class: 'map__by' }, attribution))
    this.#listen()
    new ResizeObserver(() => this.#measure()).observe(frame)
    this.#measure()
    this.#drawGrid()
  }

  /** @param {number[][]} rings */
  setLand(rings) {
    if (!this.template) this.#land.setAttribute('d', landPath(rings, this.projection))
  }

  /** The land, and faintly what lies beyond the antimeridian, where the frame is wider. */
  #world() {
    const { top } = this.projection
    const edge = svg('rect', { x: -180, y: top, width: 360, height: -2 * top })
    const inside = { 'clip-path': 'url(#map-edge)' }
    const again = (/** @type {number} */ x) =>
      svg('g', { class: 'map__again', transform: `translate(${x} 0)` }, svg('g', inside, svg('use', { href: '#map-land' })))
    const clip = svg('clipPath', { id: 'map-edge' }, edge)
    return [clip, again(-360), again(360), svg('g', inside, this.#land)]
  }

  #drawGrid() {
    if (this.template) return
    for (let x = -180; x <= 180; x += 30) this.#grid.append(svg('path', { d: `M${x} -90V90` }))
    for (let y = -60; y <= 60; y += 30) this.#grid.append(svg('path', { d: `M-180 ${y}H180` }))
  }

  #measure() {
    const { clientWidth: width, clientHeight: height } = this.frame
    if (!width || !height) return
    this.size = { width, height }
    this.setView(this.#framed ? this.view : viewOf(null, this.size, this.projection))
    this.#framed = true
  }

  #buttons() {
    const button = (/** @type {string} */ name, /** @type {'plus' | 'minus' | 'world'} */ sign, /** @type {() => void} */ act) =>
      h('button', { type: 'button', class: 'map__button', 'aria-label': name, title: name, click: act }, icon(sign))
    return h(
      'div',
      { class: 'map__buttons' },
      button(t('Closer'), 'plus', () => this.zoom(CLOSER)),
      button(t('Farther'), 'minus', () => this.zoom(1 / CLOSER)),
      button(t('Whole world'), 'world', () => this.show(null)),
    )
  }

  /** @param {View} view */
  setView(view) {
    this.view = bounded(view, this.size, this.projection)
    const { x, y, scale } = this.view
    const width = this.size.width * scale
    const height = this.size.height * scale
    const box = [x - width / 2, y - height / 2, width, height]
    this.canvas.setAttribute('viewBox', box.map((side) => side.toFixed(6)).join(' '))
    if (this.template) drawTiles(this.#tiles, this.template, this.view, this.size)
    this.#drawHits()
    this.tool?.draw()
  }

  /** @param {Box | null} box */
  show(box) {
    this.setView(viewOf(box, this.size, this.projection))
  }

  /**
   * @param {number} factor
   * @param {{x: number, y: number}} [at]
   */
  zoom(factor, at = { x: this.size.width / 2, y: this.size.height / 2 }) {
    this.setView(zoomed(this.view, factor, at, this.size, this.projection))
  }

  /** @param {{x: number, y: number}} at @returns {Position} */
  position(at) {
    return toPosition(this.view, at, this.size, this.projection)
  }

  /** @param {PointerEvent | WheelEvent | MouseEvent} event */
  pixel(event) {
    const { left, top } = this.frame.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }

  /** @param {Hit[]} hits */
  setHits(hits) {
    this.#shown = hits.filter(({ bbox }) => bbox)
    this.#drawHits()
  }

  #drawHits() {
    // Small ones last, so that they lie on top.
    const area = (/** @type {Hit} */ { bbox }) => (bbox ? (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]) : 0)
    const sorted = [...this.#shown].sort((a, b) => area(b) - area(a))
    this.#hits.replaceChildren(
      ...sorted.map((hit) => {
        const shape = footprint(/** @type {Box} */ (hit.bbox), this.projection, this.view.scale, {
          class: 'map__hit',
          'data-model': `${hit.collection}/${hit.id}`,
        })
        shape.prepend(svg('title', {}, hit.title ?? hit.id))
        return shape
      }),
    )
  }

  /** @param {string | null} model `collection/id` of the result to bring out. */
  highlight(model) {
    for (const shape of this.#hits.children) {
      shape.classList.toggle('map__hit--on', shape.getAttribute('data-model') === model)
    }
  }

  /** @param {Box | null} box @param {Geometry | null} geometry The region asked for. */
  setArea(box, geometry) {
    const shapes = box
      ? rectangles(box, this.projection).map((part) => svg('rect', part))
      : ringsOf(geometry ?? { type: '', coordinates: [] }).map((ring) =>
          svg('path', { d: ringPath(ring, this.projection, true) }),
        )
    this.#area.replaceChildren(...shapes)
  }

  #listen() {
    this.frame.addEventListener('pointerdown', (event) => this.#pressed(event))
    this.frame.addEventListener('pointermove', (event) => this.#moved(event))
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      this.frame.addEventListener(name, (event) => this.#released(event))
    }
    this.frame.addEventListener('wheel', (event) => this.#wheeled(event), { passive: false })
    this.frame.addEventListener('keydown', (event) => this.#key(event))
    this.frame.addEventListener('dblclick', (event) => {
      if (!this.tool && this.#onMap(event)) this.zoom(CLOSER, this.pixel(event))
    })
  }

  /** @param {Event} event */
  #onMap(event) {
    return event.target instanceof Element && !event.target.closest('button, input')
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    if (!this.#onMap(event) || event.button > 0) return
    this.frame.setPointerCapture(event.pointerId)
    this.#down.set(event.pointerId, this.pixel(event))
    if (this.#down.size === 1) this.tool?.press(this.pixel(event), event)
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    const at = this.pixel(event)
    const from = this.#down.get(event.pointerId)
    if (this.tool?.move(at, Boolean(from)) || !from) return
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1]
    if (other) {
      const apart = (/** @type {{x: number, y: number}} */ point) =>
        Math.max(1, Math.hypot(point.x - other.x, point.y - other.y))
      this.zoom(apart(at) / apart(from), other)
    } else {
      const { x, y, scale } = this.view
      this.setView({ x: x - (at.x - from.x) * scale, y: y - (at.y - from.y) * scale, scale })
    }
    this.#down.set(event.pointerId, at)
  }

  /** @param {PointerEvent} event */
  #released(event) {
    if (this.#down.delete(event.pointerId)) this.tool?.release(this.pixel(event))
  }

  /** @param {WheelEvent} event Only when meant for the map, so that the page can be scrolled. */
  #wheeled(event) {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== this.frame) return
    event.preventDefault()
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), this.pixel(event))
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target !== this.frame || event.altKey || event.ctrlKey || event.metaKey) return
    if (this.tool?.key(event)) return event.preventDefault()
    const { x, y, scale } = this.view
    const across = this.size.width * scale * STEP
    const down = this.size.height * scale * STEP
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.setView({ x: x - across, y, scale }),
      ArrowRight: () => this.setView({ x: x + across, y, scale }),
      ArrowUp: () => this.setView({ x, y: y - down, scale }),
      ArrowDown: () => this.setView({ x, y: y + down, scale }),
      '+': () => this.zoom(CLOSER),
      '=': () => this.zoom(CLOSER),
      '-': () => this.zoom(1 / CLOSER),
      0: () => this.show(null),
    }
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
}
