// An image as a network takes it, window by window: bands chosen, computed, scaled, padded, in order.

import { arranged, filled } from './arrange.js'
import { postProcess } from './post.js'
import { resize } from './resizing.js'
import { cast, compileScaling, scale } from './scaling.js'
import { sizeOf } from './spec.js'
import { makePlan, windowOf } from './windows.js'

/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {import('./picture.js').Part} Part */
/** @typedef {import('./windows.js').Interval} Interval */
/** @typedef {{planes: Float32Array[], valid: Uint8Array | null}} Ready Bands as the network takes them, and which pixels of the window hold data. */

export class Windowed {
  /**
   * @param {import('./spec.js').Spec} spec
   * @param {import('./runtime.js').Network} network
   * @param {Picture} picture
   * @param {number[]} mapping The image's band for each that the model needs.
   */
  constructor(spec, network, picture, mapping) {
    this.spec = spec
    this.network = network
    this.picture = picture
    const { bands } = spec.input
    const names = [...new Set(bands.flatMap(({ needs }) => needs.map(({ name }) => name)))]
    this.places = new Map(names.map((name, at) => [name, at]))
    this.indexes = mapping
    this.scaling = compileScaling(spec.input.scaling, bands.map(({ name }) => name))
    this.output = /** @type {import('./spec.js').OutputSpec} */ (spec.outputs[0])
    this.post = postProcess(this.output, network.activations.get(network.outputs[0]?.name ?? '') ?? '')
    this.dense = ['segmentation', 'values'].includes(this.output.kind)
    this.batch = this.fixed('batch') ?? 1
    this.plan = this.planned()
    /** Milliseconds that the network took. */
    this.spent = 0
  }

  /** A size that the network insists on. @param {string} dimension */
  fixed(dimension) {
    const size = this.network.input.shape[this.spec.input.order.indexOf(dimension)]
    return typeof size === 'number' && size > 0 ? size : null
  }

  planned() {
    const [height, width] = [this.fixed('height'), this.fixed('width')]
    const usual = [sizeOf(this.spec.input, 'height') ?? -1, sizeOf(this.spec.input, 'width') ?? -1]
    return makePlan([this.picture.height, this.picture.width], {
      fixed: height && width ? [height, width] : null,
      usual: Math.min(...usual) > 0 ? /** @type {[number, number]} */ (usual) : null,
      shared: this.dense || this.output.kind === 'detection',
    })
  }

  /** Cut a window out of rows that were read. @param {Part} part @param {number} left @param {number} width @param {number} wide @returns {Ready} */
  ready(part, left, width, wide) {
    const high = (part.bands[0]?.length ?? 0) / wide
    const cut = (/** @type {ArrayLike<number>} */ from, /** @type {Float32Array | Uint8Array} */ to) => {
      for (let y = 0; y < high; y += 1) for (let x = 0; x < width; x += 1) to[y * width + x] = from[y * wide + left + x] ?? 0
    }
    const raw = part.bands.map((band) => {
      const plane = new Float32Array(high * width)
      cut(band, plane)
      return plane
    })
    const valid = new Uint8Array(high * width).fill(1)
    if (part.valid) cut(part.valid, valid)
    const { nodata } = this.spec
    if (nodata !== null) valid.forEach((_, at) => raw.every((band) => band[at] === nodata) && (valid[at] = 0))
    const whole = !valid.includes(0)
    const planes = this.computed(raw)
    scale(this.scaling, planes, whole ? null : valid)
    return { planes: this.sized(planes, [high, width]), valid: whole ? null : valid }
  }

  /** Bands, or what expressions make of them. @param {Float32Array[]} raw */
  computed(raw) {
    const plane = (/** @type {string} */ name) => raw[this.places.get(name) ?? 0] ?? new Float32Array()
    return this.spec.input.bands.map(({ needs, expression }) => {
      if (!expression) return Float32Array.from(plane(needs[0]?.name ?? ''))
      const given = expression.names.map((name, at) => [name, plane(needs[at]?.name ?? '')])
      const found = expression.compute(Object.fromEntries(given))
      return typeof found === 'number' ? new Float32Array(raw[0]?.length ?? 0).fill(found) : Float32Array.from(found)
    })
  }

  /** @param {Float32Array[]} planes @param {import('./windows.js').Size} have */
  sized(planes, have) {
    const { tile, size } = this.plan
    const { resize: how } = this.spec.input
    return planes.map((plane) => resize(filled(plane, have, tile, how === 'pad'), tile, size, how))
  }

  /** @param {Float32Array[]} planes */
  async outputs(planes) {
    const { data, shape } = arranged(planes, this.plan.size, this.spec.input.order, this.batch)
    const given = cast(data, this.spec.input.dtype)
    const begun = performance.now()
    const found = await this.network.run(given, shape)
    this.spent += performance.now() - begun
    return found
  }

  /** Read the rows that a row of windows covers. @param {Interval} row @param {import('./windows.js').Plan} plan */
  async rows(row, plan) {
    const [top, , height] = windowOf(plan, row, { start: 0, stop: 1, weights: new Float32Array(1) })
    return this.picture.read(this.indexes, [top, 0, height, this.picture.width])
  }
}
