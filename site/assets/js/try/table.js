// Outputs that have something for each window: a class, a value, or objects.
// Mirrors builder/geocairn/run/tables.py.

import { asVector, floats } from './arrange.js'
import { decide, decisionFor, named } from './decide.js'
import { decode, suppress } from './detect.js'
import { Fault } from './faults.js'
import { activate } from './post.js'
import { gridOf, windowOf } from './windows.js'

/** @typedef {import('./windowed.js').Windowed} Windowed */
/** @typedef {import('./detect.js').Found} Found */
/** @typedef {import('./detect.js').Box} Box */
/** @typedef {import('./decide.js').Decision} Decision */
/** @typedef {import('./predict.js').Row} Row */
/** @typedef {{box: Box, values: Float32Array}} Vector */

const LEAST_SCORE = 0.25
const MOST_BOXES = 5000
const MOST_OBJECTS = 20_000
// Intersection over union above which two boxes are one: within a window, and among all.
const [SAME_HERE, SAME] = [0.9, 0.5]

/**
 * @param {Windowed} windowed
 * @param {import('./predict.js').Progress} progress
 * @returns {Promise<import('./predict.js').Result>}
 */
export async function predictTable(windowed, progress) {
  const { plan, picture, output } = windowed
  const grid = gridOf(plan)
  /** @type {Vector[]} */
  const vectors = []
  /** @type {Found[]} */
  const found = []
  let [done, seen] = [0, false]
  for (const row of grid.rows) {
    const part = await windowed.rows(row, plan)
    for (const column of grid.columns) {
      const [top, left, high, wide] = windowOf(plan, row, column)
      const ready = windowed.ready(part, left, wide, picture.width)
      done += 1
      if (!ready.valid || ready.valid.includes(1)) {
        seen = true
        const outputs = await windowed.outputs(ready.planes)
        if (output.kind === 'detection') found.push(...objects(windowed, outputs, ready.valid, [top, left, high, wide]))
        else vectors.push({ box: [left, top, left + wide, top + high], values: vector(windowed, outputs) })
      }
      progress(done, grid.rows.length * grid.columns.length)
    }
  }
  if (!seen) throw new Fault('nodata')
  const { rows, decision } = output.kind === 'detection' ? detected(windowed, found) : told(windowed, vectors)
  const { height, width } = picture
  return { kind: output.kind, height, width, finer: 1, classes: null, scores: null, valid: new Uint8Array(), decision, rows }
}

/** What the network gave for a window, as one vector. @param {Windowed} windowed @param {import('./runtime.js').Output[]} outputs */
function vector({ output, post }, [first]) {
  if (!first) throw new Fault('differs', { what: output.name })
  const planes = Array.from(asVector(first, output), (value) => Float32Array.of(value))
  activate(planes, post)
  return Float32Array.from(planes, (plane) => plane[0] ?? 0)
}

/** @param {Windowed} windowed @param {Vector[]} vectors @returns {{rows: Row[], decision: Decision | null}} */
function told({ output, post, spec }, vectors) {
  if (output.kind !== 'classification') {
    const rows = vectors.map(({ box, values }) => ({ box, value: null, name: '', score: null, scores: [...values] }))
    return { rows, decision: null }
  }
  const channels = vectors[0]?.values.length ?? 1
  const decision = decisionFor(output.classes, post, { channels, declared: spec.threshold })
  const names = new Map(decision.classes.map(({ value, name }) => [value, name]))
  const rows = vectors.map(({ box, values }) => {
    const { chosen, best } = decide(decision, Array.from(values, (value) => Float32Array.of(value)))
    const value = chosen[0] ?? 0
    return { box, value, name: names.get(value) ?? 'none', score: best[0] ?? 0, scores: [...values] }
  })
  return { rows, decision }
}

/**
 * The objects in a window, in pixels of the image.
 * @param {Windowed} windowed
 * @param {import('./runtime.js').Output[]} outputs
 * @param {Uint8Array | null} valid
 * @param {import('./picture.js').Window} window
 */
function objects({ plan, output, spec }, outputs, valid, [top, left, height, width]) {
  const arrays = outputs.map(({ data, dims }) => ({ data: floats(data), dims }))
  const classes = output.classes.length || Math.max(...spec.outputs.map((one) => one.classes.length))
  const found = decode(arrays, spec.outputs, { classes, least: spec.threshold ?? LEAST_SCORE })
  const [across, down] = [plan.tile[1] / plan.size[1], plan.tile[0] / plan.size[0]]
  const placed = found.map((one) => moved(one, (side, at) => side * (at % 2 ? down : across)))
  const inside = placed.filter(({ box }) => {
    const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
    if (!(x >= 0 && y >= 0 && x < width && y < height)) return false
    return !valid || valid[Math.trunc(y) * width + Math.trunc(x)] === 1
  })
  const best = suppress(inside, SAME_HERE).slice(0, MOST_BOXES)
  return best.map((one) => moved(one, (side, at) => side + (at % 2 ? top : left)))
}

/** @param {Found} found @param {(side: number, at: number) => number} act @returns {Found} */
function moved(found, act) {
  return { ...found, box: /** @type {Box} */ (found.box.map(act)) }
}

/** @param {Windowed} windowed @param {Found[]} found @returns {{rows: Row[], decision: Decision}} */
function detected({ spec }, found) {
  const best = found.sort((a, b) => b.score - a.score).slice(0, MOST_OBJECTS)
  const kept = suppress(best, SAME)
  const given = spec.outputs.find(({ classes }) => classes.length)?.classes ?? []
  const labels = [...new Set(kept.map(({ label }) => label))]
  const list = given.length ? named(given, given.length) : []
  // Labels are values where all of them are, else places in the list.
  const values = labels.every((label) => given.some(({ value }) => value === label))
  const find = (/** @type {number} */ label) => (values ? list.find(({ value }) => value === label) : list[label])
  const rows = kept.map(({ box, score, label }) => {
    const one = find(label)
    return { box, score, value: one?.value ?? label, name: one?.name ?? `class ${label}`, scores: [] }
  })
  return { rows, decision: { classes: list, values: [], background: -1, unclassified: -1, threshold: null } }
}
