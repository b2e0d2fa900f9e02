// A range chosen with two thumbs, over bars that show where things lie.

import { h, svg } from './dom.js'

/**
 * @typedef {Object} RangeOptions
 * @property {string} name What the range is of.
 * @property {string} from Name of the lower thumb.
 * @property {string} to Name of the upper thumb.
 * @property {(value: number) => string} format
 * @property {(value: number) => string} [formatTo] Of the upper thumb, where it is told otherwise.
 * @property {(low: number | null, high: number | null) => void} change Ends at the edge are open.
 */

/** A pair of thumbs over bars. */
export class Range {
  /** @type {number[]} Values of the thumbs' places, ascending. */
  #stops = []
  #bars = svg('svg', { class: 'range__bars', preserveAspectRatio: 'none', 'aria-hidden': 'true' })
  #track = h('div', { class: 'range__track' })
  #text = h('output', { class: 'range__text' })
  #low
  #high

  /** @param {RangeOptions} options */
  constructor(options) {
    this.options = options
    this.#low = this.#thumb(options.from)
    this.#high = this.#thumb(options.to)
    this.#high.classList.add('range__thumb--to')
    this.element = h(
      'div',
      { class: 'range', role: 'group', 'aria-label': options.name },
      h('div', { class: 'range__field' }, this.#bars, this.#track, this.#low, this.#high),
      this.#text,
    )
  }

  /** @param {string} name */
  #thumb(name) {
    const input = h('input', { type: 'range', class: 'range__thumb', min: 0, step: 1, 'aria-label': name })
    input.addEventListener('input', () => this.#moved(input))
    input.addEventListener('change', () => this.#chosen())
    return input
  }

  /** @param {HTMLInputElement} moved Neither thumb passes the other. */
  #moved(moved) {
    if (Number(this.#low.value) > Number(this.#high.value)) {
      if (moved === this.#low) this.#low.value = this.#high.value
      else this.#high.value = this.#low.value
    }
    this.#show()
  }

  #chosen() {
    const last = this.#stops.length - 1
    const low = Number(this.#low.value)
    const high = Number(this.#high.value)
    const value = (/** @type {number} */ at) => this.#stops[at] ?? null
    this.options.change(low === 0 ? null : value(low), high === last ? null : value(high))
  }

  /** Show the thumbs' places in words, on the track and on the bars. */
  #show() {
    const last = Math.max(1, this.#stops.length - 1)
    const low = Number(this.#low.value)
    const high = Number(this.#high.value)
    const text = (/** @type {number} */ at) => this.options.format(this.#stops[at] ?? 0)
    const upper = (this.options.formatTo ?? this.options.format)(this.#stops[high] ?? 0)
    this.#text.textContent = `${text(low)} – ${upper}`
    this.#low.setAttribute('aria-valuetext', text(low))
    this.#high.setAttribute('aria-valuetext', upper)
    this.#track.style.setProperty('--from', String(low / last))
    this.#track.style.setProperty('--to', String(high / last))
    for (const bar of this.#bars.children) {
      const at = Number(bar.getAttribute('data-at'))
      bar.classList.toggle('range__bar--out', at < low || at >= Math.max(high, low + 1))
    }
  }

  /**
   * @param {number[]} stops
   * @param {number[]} counts Of what lies between each stop and the next.
   * @param {number | null} low
   * @param {number | null} high
   */
  update(stops, counts, low, high) {
    this.#stops = stops
    const last = stops.length - 1
    for (const thumb of [this.#low, this.#high]) thumb.max = String(Math.max(0, last))
    const place = (/** @type {number} */ value) => nearest(stops, value)
    this.#low.value = String(low === null ? 0 : place(low))
    this.#high.value = String(high === null ? last : place(high))
    this.#drawBars(counts)
    this.#show()
  }

  /** @param {number[]} counts */
  #drawBars(counts) {
    const most = Math.max(1, ...counts)
    this.#bars.setAttribute('viewBox', `0 0 ${Math.max(1, counts.length)} 1`)
    this.#bars.replaceChildren(
      ...counts.map((count, at) => {
        // The root makes few visible beside many.
        const height = count ? Math.max(0.06, Math.sqrt(count / most)) : 0
        const box = { x: at + 0.08, width: 0.84, y: 1 - height, height }
        return svg('rect', { ...box, class: 'range__bar', 'data-at': at })
      }),
    )
  }
}

/**
 * The place of the stop nearest to a value, by ratio where both are positive.
 * @param {number[]} stops
 * @param {number} value
 */
function nearest(stops, value) {
  const far = (/** @type {number} */ stop) =>
    stop > 0 && value > 0 ? Math.abs(Math.log(stop / value)) : Math.abs(stop - value)
  return stops.reduce((best, stop, at) => (far(stop) < far(stops[best] ?? 0) ? at : best), 0)
}

/**
 * Round numbers (1, 2, 5, 10 ...) from at most `min` to at least `max`.
 * @param {number} min
 * @param {number} max
 * @returns {number[]}
 */
export function roundStops(min, max) {
  if (!(min > 0)) return [0, ...(max > 0 ? roundStops(Math.min(1, max), max) : [1])]
  const stops = []
  for (let power = Math.floor(Math.log10(min) + 1e-9); stops.length < 80; power++) {
    for (const step of [1, 2, 5]) {
      stops.push(Number(`${step}e${power}`))
      if ((stops.at(-1) ?? 0) >= max) {
        while ((stops[1] ?? Infinity) <= min) stops.shift()
        if (stops.length === 1) stops.unshift((stops[0] ?? 1) / 2)
        return stops
      }
    }
  }
  return stops
}
