// Tools that draw on the map: a box, a polygon, and moving the corners of either.

import { svg } from '../dom.js'
import { boxOf, rectangles, ringPath } from './shapes.js'

/**
 * @typedef {import('./map.js').WorldMap} WorldMap
 * @typedef {import('./view.js').Position} Position
 * @typedef {import('../state.js').Box} Box
 * @typedef {{x: number, y: number}} Pixel
 */

/** Pixels within which a press is meant for a corner. */
const NEAR = 12
const KEY_STEP = 12

/** What a tool is asked by the map. Its answers say whether the map is to do nothing itself. */
export class Tool {
  /** @type {Pixel | null} The cross that keys move. */
  cross = null

  /** @param {WorldMap} map */
  constructor(map) {
    this.map = map
  }

  /** @param {Pixel} _at @param {PointerEvent} _event */
  press(_at, _event) {}
  /** @param {Pixel} _at @param {boolean} _down @returns {boolean} */
  move(_at, _down) {
    return true
  }
  /** @param {Pixel} _at */
  release(_at) {}
  /** Enter, at the cross. @param {Pixel} _at */
  mark(_at) {}
  cancel() {}
  draw() {}

  /** @param {KeyboardEvent} event */
  key(event) {
    const middle = { x: this.map.size.width / 2, y: this.map.size.height / 2 }
    const step = event.shiftKey ? KEY_STEP / 6 : KEY_STEP
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }
    const by = moves[event.key]
    if (by) {
      const from = this.cross ?? middle
      const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(0, Math.min(most, value))
      this.cross = { x: within(from.x + by[0], this.map.size.width), y: within(from.y + by[1], this.map.size.height) }
      this.move(this.cross, false)
      this.draw()
      return true
    }
    if (event.key === 'Escape') this.cancel()
    else if (event.key === 'Enter' || event.key === ' ') {
      this.cross ??= middle
      this.mark(this.cross)
      this.draw()
    } else return false
    return true
  }

  /** The cross and the corners, at a constant size on the screen. @param {Position[]} corners */
  marks(corners) {
    const { scale, x, y } = this.map.view
    const marks = corners.map(([east, north]) =>
      svg('circle', { cx: east, cy: this.map.projection.y(north), r: 5 * scale, class: 'map__corner' }),
    )
    if (!this.cross) return marks
    const cx = x + (this.cross.x - this.map.size.width / 2) * scale
    const cy = y + (this.cross.y - this.map.size.height / 2) * scale
    const arm = 10 * scale
    const d = `M${cx - arm} ${cy}H${cx + arm}M${cx} ${cy - arm}V${cy + arm}`
    return [...marks, svg('path', { d, class: 'map__cross' })]
  }

  /** The pixel of a position. @param {Position} position @returns {Pixel} */
  pixelOf([east, north]) {
    const { x, y, scale } = this.map.view
    return {
      x: (east - x) / scale + this.map.size.width / 2,
      y: (this.map.projection.y(north) - y) / scale + this.map.size.height / 2,
    }
  }
}

/** Drag from corner to corner; or two presses, or Enter twice. */
export class BoxTool extends Tool {
  /** @type {Pixel | null} */
  #from = null
  /** @type {Pixel | null} */
  #to = null

  /** @param {WorldMap} map @param {{done: (box: Box) => void, cancel: () => void}} options */
  constructor(map, options) {
    super(map)
    this.options = options
  }

  /** @override @param {Pixel} at */
  press(at) {
    if (!this.#from) this.#from = at
    this.#to = at
  }

  /** @override @param {Pixel} at */
  move(at) {
    if (this.#from) this.#to = at
    this.draw()
    return true
  }

  /** @override @param {Pixel} at */
  release(at) {
    this.#to = at
    this.#finish()
  }

  /** @override @param {Pixel} at */
  mark(at) {
    if (!this.#from) this.#from = at
    this.#to = at
    this.#finish()
  }

  /** @override */
  cancel() {
    if (!this.#from) return this.options.cancel()
    this.#from = null
    this.#to = null
    this.draw()
  }

  #finish() {
    if (!this.#from || !this.#to) return
    const small = Math.abs(this.#from.x - this.#to.x) < 4 || Math.abs(this.#from.y - this.#to.y) < 4
    if (small) return // The first of two presses.
    this.options.done(boxOf(this.map.position(this.#from), this.map.position(this.#to)))
  }

  /** @override */
  draw() {
    /** @type {SVGElement[]} */
    const shapes = []
    if (this.#from && this.#to) {
      const box = boxOf(this.map.position(this.#from), this.map.position(this.#to))
      shapes.push(...rectangles(box, this.map.projection).map((part) => svg('rect', part)))
    }
    this.map.layer.replaceChildren(...shapes, ...this.marks([]))
  }
}

/** A press for each corner; the first corner again, a double press or Enter twice closes it. */
export class PolygonTool extends Tool {
  /** @type {Position[]} */
  #corners = []
  /** @type {Pixel | null} */
  #at = null

  /** @param {WorldMap} map @param {{done: (ring: Position[]) => void, cancel: () => void}} options */
  constructor(map, options) {
    super(map)
    this.options = options
  }

  /** @override @param {Pixel} at */
  move(at) {
    this.#at = at
    this.draw()
    return true
  }

  /** @override @param {Pixel} at */
  release(at) {
    this.mark(at)
    this.draw()
  }

  /** @override @param {Pixel} at */
  mark(at) {
    const near = (/** @type {Position | undefined} */ corner) => {
      if (!corner) return false
      const pixel = this.pixelOf(corner)
      return Math.hypot(pixel.x - at.x, pixel.y - at.y) < NEAR
    }
    const closes = near(this.#corners[0]) || near(this.#corners.at(-1))
    if (!closes) this.#corners.push(this.map.position(at))
    else if (this.#corners.length >= 3) this.options.done(this.#corners)
  }

  /** @override */
  cancel() {
    if (!this.#corners.length) return this.options.cancel()
    this.#corners.pop()
    this.draw()
  }

  /** @override */
  draw() {
    const reach = this.#at && this.#corners.length ? [this.map.position(this.#at)] : []
    const d = ringPath([...this.#corners, ...reach], this.map.projection, this.#corners.length > 1)
    this.map.layer.replaceChildren(svg('path', { d }), ...this.marks(this.#corners))
  }
}

/** Corners that can be taken hold of; elsewhere the map moves as always. */
export class EditTool extends Tool {
  #held = -1

  /**
   * @param {WorldMap} map
   * @param {{corners: Position[], moved: (corners: Position[], at: number) => Position[], done: (corners: Position[]) => void}} options
   */
  constructor(map, options) {
    super(map)
    this.options = options
    this.corners = options.corners
  }

  /** @override @param {Pixel} at */
  press(at) {
    this.#held = this.#near(at)
  }

  /** @param {Pixel} at */
  #near(at) {
    return this.corners.findIndex((corner) => {
      const pixel = this.pixelOf(corner)
      return Math.hypot(pixel.x - at.x, pixel.y - at.y) < NEAR
    })
  }

  /** @override @param {Pixel} at @param {boolean} down */
  move(at, down) {
    this.map.frame.classList.toggle('map--grab', this.#near(at) >= 0)
    if (this.#held < 0 || !down) return false
    this.#place(this.#held, this.map.position(at))
    this.draw()
    return true
  }

  /** @override */
  release() {
    if (this.#held >= 0) this.options.done(this.corners)
    this.#held = -1
  }

  /** @param {number} at @param {Position} position */
  #place(at, position) {
    const next = this.corners.map((corner, other) => (other === at ? position : corner))
    this.corners = this.options.moved(next, at)
  }

  /** @override Keys are the map's own; a box's sides can be typed. */
  key() {
    return false
  }

  /** @override */
  draw() {
    const d = ringPath(this.corners, this.map.projection, true)
    this.map.layer.replaceChildren(svg('path', { d }), ...this.marks(this.corners))
  }
}
