// Predicates of geometries, by cases that are worked out by hand.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { common, measure } from '../assets/js/search/geometry/measure.js'
import { orient } from '../assets/js/search/geometry/orient.js'
import { holds } from '../assets/js/search/geometry/relate.js'
import { boxGeometry, toShape } from '../assets/js/search/geometry/shape.js'

const square = (/** @type {number} */ w, /** @type {number} */ s, /** @type {number} */ e, /** @type {number} */ n) => boxGeometry([w, s, e, n])
const ring = (/** @type {number[][]} */ ...positions) => ({ type: 'Polygon', coordinates: [positions] })
const donut = {
  type: 'Polygon',
  coordinates: [
    [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]],
    [[4, 4], [4, 6], [6, 6], [6, 4], [4, 4]],
  ],
}
const bowtie = ring([0, 0], [2, 2], [2, 0], [0, 2], [0, 0])
const line = (/** @type {number[][]} */ ...coordinates) => ({ type: 'LineString', coordinates })
const point = (/** @type {number} */ x, /** @type {number} */ y) => ({ type: 'Point', coordinates: [x, y] })

/** @type {Array<[string, any, any, boolean]>} */
const CASES = [
  ['s_intersects', square(0, 0, 1, 1), square(1, 1, 2, 2), true],
  ['s_touches', square(0, 0, 1, 1), square(1, 1, 2, 2), true],
  ['s_touches', square(0, 0, 1, 1), square(1, 0, 2, 1), true],
  ['s_touches', square(0, 0, 1, 1), square(0.5, 0.5, 2, 2), false],
  ['s_overlaps', square(0, 0, 1, 1), square(0.5, 0.5, 2, 2), true],
  ['s_within', square(1, 1, 2, 2), donut, true],
  ['s_within', square(4, 4, 6, 6), donut, false],
  ['s_intersects', square(4.5, 4.5, 5.5, 5.5), donut, false],
  ['s_touches', square(4, 4, 6, 6), donut, true],
  ['s_contains', donut, point(1, 1), true],
  ['s_contains', donut, point(0, 1), false],
  ['s_intersects', donut, point(0, 1), true],
  ['s_within', point(5, 5), donut, false],
  ['s_equals', square(0, 0, 1, 1), ring([1, 1], [0, 1], [0, 0], [0.5, 0], [1, 0], [1, 1]), true],
  ['s_crosses', line([-1, 5], [11, 5]), donut, true],
  ['s_crosses', line([-1, -1], [1, 1]), line([-1, 1], [1, -1]), true],
  ['s_overlaps', line([0, 0], [2, 0]), line([1, 0], [3, 0]), true],
  ['s_touches', line([0, 0], [1, 1]), line([1, 1], [2, 0]), true],
  ['s_within', line([0, 0], [1, 0]), square(0, 0, 1, 1), false],
  ['s_intersects', bowtie, point(1, 0.2), false],
  ['s_intersects', bowtie, point(0.2, 1), true],
  ['s_disjoint', bowtie, point(1, 1.8), true],
]

for (const [op, a, b, expected] of CASES) {
  test(`${op} ${JSON.stringify(a.coordinates)} ${JSON.stringify(b.coordinates)}`, () => {
    assert.equal(holds(op, toShape(a), toShape(b)), expected)
  })
}

test('orientation is exact where doubles are not', () => {
  assert.equal(orient(0, 0, 1, 1, 0.1, 0.1), 0)
  assert.equal(Math.sign(orient(12, 12, 24, 24, 0.5, 0.5000000000000001)), 1)
  assert.equal(Math.sign(orient(0.5, 0.5, 12, 12, 24, 24)), 0)
  assert.equal(Math.sign(orient(0, 0, 1e-300, 1e-300, 2, 2.0000000000000004)), 1)
})

test('what is common is measured by the dimension of the area', () => {
  assert.equal(common(toShape(square(0, 0, 4, 4)), toShape(square(1, 1, 2, 9))), 3)
  assert.equal(measure(toShape(donut)), 96)
  assert.equal(measure(toShape(bowtie)), 2)
  assert.equal(common(toShape(line([-1, 5], [11, 5])), toShape(donut)), 8)
  assert.equal(common(toShape({ type: 'MultiPoint', coordinates: [[1, 1], [5, 5]] }), toShape(donut)), 1)
  assert.equal(common(toShape({ type: 'GeometryCollection', geometries: [square(170, 0, 180, 1), square(-180, 0, -170, 1)] }), toShape(square(-175, 0, 175, 1))), 10)
})
