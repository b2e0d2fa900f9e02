// Predicates of random geometries, as shapely answers them: tests/site/test_engine_node.py makes
// the file that GEOCAIRN_SHAPES names.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { Area } from '../assets/js/search/area.js'
import { common, measure } from '../assets/js/search/geometry/measure.js'
import { holds } from '../assets/js/search/geometry/relate.js'
import { toShape } from '../assets/js/search/geometry/shape.js'

const file = process.env.GEOCAIRN_SHAPES
/** @typedef {Record<string, boolean>} Answers */
/** @type {{pairs: Array<{a: any, b: any, holds: Answers, area: number, common: number}>,
 *   footprints: Array<{box: [number, number, number, number], shaped: boolean, asked: any, holds: Answers}>}} */
const { pairs, footprints } = file ? JSON.parse(readFileSync(file, 'utf8')) : { pairs: [], footprints: [] }

test('predicates of two geometries', { skip: !file }, () => {
  const wrong = pairs.flatMap(({ a, b, holds: expected }) =>
    Object.entries(expected)
      .filter(([op, is]) => holds(op, toShape(a), toShape(b)) !== is)
      .map(([op, is]) => `${op} is ${is}: ${JSON.stringify(a)} ${JSON.stringify(b)}`),
  )
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${8 * pairs.length}`)
})

test('areas, and what two geometries share', { skip: !file }, () => {
  for (const { a, b, area, common: shared } of pairs) {
    const [one, other] = [toShape(a), toShape(b)]
    if (!one.rings.length) continue
    assert.ok(Math.abs(measure(one) - area) <= 1e-9 * Math.max(area, 1), JSON.stringify(a))
    assert.ok(Math.abs(common(one, other) - shared) <= 1e-9 * Math.max(area, 1), JSON.stringify([a, b]))
  }
})

test('what the box of a footprint settles is so', { skip: !file }, () => {
  let settled = 0
  for (const { box, shaped, asked, holds: expected } of footprints) {
    const area = new Area(asked)
    for (const [op, is] of Object.entries(expected)) {
      const found = area.settle(op, box, shaped)
      if (found === null) continue
      settled += 1
      assert.equal(found, is, `${op} ${JSON.stringify({ box, shaped, asked })}`)
    }
  }
  assert.ok(settled > footprints.length, `only ${settled} settled`)
})
