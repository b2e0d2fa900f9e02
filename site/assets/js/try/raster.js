// Outputs that have scores of classes, or values, for every place: blended row by row of windows.
// Mirrors builder/geocairn/run/dense.py and builder/geocairn/run/rasters.py.

import { asImage } from './arrange.js'
import { Canvas, coarse } from './blend.js'
import { decide, decisionFor } from './decide.js'
import { Fault } from './faults.js'
import { activate } from './post.js'
import { resize } from './resizing.js'
import { gridOf, windowOf, withCell } from './windows.js'

/** @typedef {import('./windowed.js').Windowed} Windowed */
/** @typedef {import('./predict.js').Result} Result */

/** Scores that are kept, in numbers; more would not fit into a browser's tab. */
const MOST_SCORES = 96_000_000

/**
 * @param {Windowed} windowed
 * @param {import('./predict.js').Progress} progress
 * @returns {Promise<Result>}
 */
export async function predictRaster(windowed, progress) {
  const run = remembering(windowed)
  const { size, tile } = windowed.plan
  const first = asImage(await run(await probe(windowed)), windowed.output)
  const plan = withCell(windowed.plan, size.join() === tile.join() ? first.size : tile)
  const channels = channelsOf(windowed, first.planes.length)
  const { unit, pixels } = plan
  const grid = gridOf(plan)
  const width = (grid.columns.at(-1)?.stop ?? 0) * pixels
  const canvas = new Canvas(channels, (grid.rows[0]?.weights.length ?? 0) * pixels, width, pixels)
  const target = new Target(windowed, { channels, height: (grid.rows.at(-1)?.stop ?? 0) * pixels, width, finer: pixels / unit })
  let done = 0
  for (const [index, row] of grid.rows.entries()) {
    const part = await windowed.rows(row, plan)
    for (const column of grid.columns) {
      const [, left, high, wide] = windowOf(plan, row, column)
      const ready = windowed.ready(part, left, wide, windowed.picture.width)
      if (!ready.valid || ready.valid.includes(1)) {
        const planes = scored(windowed, await run(ready.planes), channels)
        canvas.add(row, column, planes, (tile[1] / unit) * pixels, coarse(ready.valid, [high, wide], plan))
      }
      done += 1
      progress(done, grid.rows.length * grid.columns.length)
    }
    target.take(canvas.take((grid.rows[index + 1]?.start ?? row.stop) * pixels))
  }
  return target.result()
}

/** The first window, to see how large its output is. @param {Windowed} windowed */
async function probe(windowed) {
  const { picture, plan } = windowed
  const [high, wide] = [Math.min(plan.tile[0], picture.height), Math.min(plan.tile[1], picture.width)]
  return windowed.ready(await picture.read(windowed.indexes, [0, 0, high, wide]), 0, wide, wide).planes
}

/** Runs the network; what it gave for the first window is not computed twice. @param {Windowed} windowed */
function remembering(windowed) {
  /** @type {{planes: Float32Array[], output: import('./runtime.js').Output} | null} */
  let first = null
  let calls = 0
  return async (/** @type {Float32Array[]} */ planes) => {
    calls += 1
    if (calls === 2 && first?.planes.every((plane, at) => equal(plane, planes[at]))) return first.output
    const [output] = await windowed.outputs(planes)
    if (!output) throw new Fault('differs', { what: windowed.output.name })
    first = calls === 1 ? { planes, output } : null
    return output
  }
}

/** @param {Float32Array} one @param {Float32Array | undefined} other */
function equal(one, other) {
  return other !== undefined && one.length === other.length && one.every((value, at) => Object.is(value, other[at]))
}

/** Channels of the scores: those of the output, or classes where it gives their places. @param {Windowed} windowed @param {number} count */
function channelsOf({ output, post, network }, count) {
  const whole = /int/.test(network.outputs[0]?.type ?? '')
  return count === 1 && (whole || post.scores === 'argmax') ? output.classes.length || 2 : count
}

/** @param {Windowed} windowed @param {import('./runtime.js').Output} output @param {number} channels */
function scored({ output: spec, post, plan }, output, channels) {
  const image = asImage(output, spec)
  let { planes } = image
  const [first] = planes
  if (first && (post.scores === 'argmax' || (planes.length === 1 && channels > 1))) {
    // Places of classes cannot be averaged; shares of windows that say so can.
    planes = Array.from({ length: channels }, (_, place) => first.map((value) => (value === place ? 1 : 0)))
  } else activate(planes, post)
  const { size, tile } = plan
  if (size.join() === tile.join()) return planes
  return planes.map((plane) => resize(plane, image.size, tile, 'interpolation-linear'))
}

/** The whole result, filled from the top. */
class Target {
  /** @param {Windowed} windowed @param {{channels: number, height: number, width: number, finer: number}} size */
  constructor({ output, post, spec, picture }, { channels, height, width, finer }) {
    this.kind = output.kind
    const segmenting = this.kind === 'segmentation'
    this.decision = segmenting ? decisionFor(output.classes, post, { channels, declared: spec.threshold }) : null
    // An output that is coarser than the image may reach over its edge, and keeps its last cell.
    this.height = Math.min(height, Math.ceil(picture.height * finer))
    this.width = Math.min(width, Math.ceil(picture.width * finer))
    this.across = width
    this.finer = finer
    const size = this.height * this.width
    const kept = channels * size <= MOST_SCORES
    if (!kept && !segmenting) throw new Fault('room')
    this.scores = kept ? Array.from({ length: channels }, () => new Float32Array(size).fill(NaN)) : null
    this.classes = this.decision ? new Uint16Array(size).fill(this.decision.unclassified) : null
    this.valid = new Uint8Array(size)
  }

  /** @param {import('./blend.js').Strip} strip */
  take({ start, rows, planes, valid }) {
    const chosen = this.decision ? decide(this.decision, planes).chosen : null
    for (let y = 0; y < rows && start + y < this.height; y += 1) {
      const [from, to] = [y * this.across, (start + y) * this.width]
      for (let x = 0; x < this.width; x += 1) {
        if (!valid[from + x]) continue
        this.valid[to + x] = 1
        if (this.classes && chosen) this.classes[to + x] = chosen[from + x] ?? 0
        this.scores?.forEach((plane, at) => (plane[to + x] = planes[at]?.[from + x] ?? 0))
      }
    }
  }

  /** @returns {Result} */
  result() {
    if (!this.valid.includes(1)) throw new Fault('nodata')
    const { kind, height, width, finer, classes, scores, valid, decision } = this
    return { kind, height, width, finer, classes, scores, valid, decision, rows: [] }
  }
}
