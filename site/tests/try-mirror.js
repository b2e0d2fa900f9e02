// Prints what trying a model computes in the browser. A test of the Python package compares it with
// what `geocairn predict` computes.
//
//     node site/tests/try-mirror.js < cases.json

import { readFileSync } from 'node:fs'

import { decide, decisionFor } from '../assets/js/try/decide.js'
import { decode, suppress } from '../assets/js/try/detect.js'
import { parse } from '../assets/js/try/expressions.js'
import { Fault } from '../assets/js/try/faults.js'
import { pixelArea, toDegrees } from '../assets/js/try/geo.js'
import { implausible } from '../assets/js/try/plausible.js'
import { polygons } from '../assets/js/try/polygons.js'
import { activate, postProcess } from '../assets/js/try/post.js'
import { resize } from '../assets/js/try/resizing.js'
import { cast, compileScaling, scale } from '../assets/js/try/scaling.js'
import { readSpec } from '../assets/js/try/spec.js'
import { gridOf, makePlan, windowOf, withCell } from '../assets/js/try/windows.js'

/** @typedef {Record<string, any>} Given */

const plane = (/** @type {number[]} */ values) => Float32Array.from(values, (value) => value ?? NaN)
/** @param {ArrayLike<number | bigint>} values */
const plain = (values) => Array.from(values, (value) => (typeof value === 'bigint' || Number.isFinite(value) ? Number(value) : null))

/** @type {Record<string, (given: Given) => any>} */
const ACTS = {
  spec: ({ item }) => readSpec(item),
  plan({ image, fixed, usual, shared, output }) {
    const plan = makePlan(image, { fixed, usual, shared })
    const made = output ? withCell(plan, output) : plan
    const { rows, columns } = gridOf(made)
    const told = (/** @type {import('../assets/js/try/windows.js').Interval[]} */ list) => list.map(({ start, weights }) => [start, plain(weights)])
    const first = rows.map((row) => columns.map((column) => windowOf(made, row, column)))
    return { tile: made.tile, size: made.size, overlap: made.overlap, cell: [made.unit, made.pixels], rows: told(rows), columns: told(columns), windows: first.flat() }
  },
  scaling({ steps, names, bands, valid }) {
    const planes = bands.map(plane)
    scale(compileScaling(steps, names), planes, valid ? Uint8Array.from(valid) : null)
    return planes.map(plain)
  },
  cast: ({ values, dtype }) => plain(cast(plane(values), dtype)),
  expression({ text, values }) {
    const { names, compute } = parse(text)
    const found = compute(Object.fromEntries(Object.entries(values).map(([name, list]) => [name, plane(list)])))
    return { names, values: typeof found === 'number' ? found : plain(found) }
  },
  resize: ({ values, from, to, how }) => plain(resize(plane(values), from, to, how)),
  post({ expression, inGraph, planes }) {
    const output = /** @type {any} */ ({ post: expression === null ? null : { expression } })
    const post = postProcess(output, inGraph)
    const done = planes.map(plane)
    activate(done, post)
    return { scores: post.scores, planes: done.map(plain) }
  },
  decide({ classes, scores, planes, declared }) {
    const post = /** @type {any} */ ({ scores })
    const decision = decisionFor(classes, post, { channels: planes.length, declared })
    const { values, background, unclassified, threshold } = decision
    return { values, background, unclassified, threshold, chosen: plain(decide(decision, planes.map(plane)).chosen) }
  },
  degrees({ epsg, points }) {
    const to = toDegrees(epsg)
    return to && points.map((/** @type {[number, number]} */ [x, y]) => to(x, y))
  },
  area: ({ place, width, height }) => pixelArea(place, width, height),
  polygons({ values, height, width, wanted, scores }) {
    const known = scores && plane(scores)
    return polygons(Uint16Array.from(values), { height, width, wanted: new Set(wanted), scores: () => known })
  },
  detect({ outputs, specs, classes, least, overlap }) {
    const arrays = outputs.map((/** @type {Given} */ { data, dims }) => ({ data: plane(data), dims }))
    return suppress(decode(arrays, specs, { classes, least }), overlap)
  },
  plausible: ({ values, dtype, subtract, factor }) => implausible(Float64Array.from(values), { dtype, subtract, factor }) !== null,
}

/** @param {Given} one */
function answered(one) {
  try {
    return { found: ACTS[one.act]?.(one) }
  } catch (error) {
    if (error instanceof Fault) return { fault: error.code }
    throw error
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(answered)))
