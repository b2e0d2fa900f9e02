// Tiles of a web map behind the results, where the hub's settings name a server of them.

import { svg } from '../dom.js'

const TILE = 256
const CLOSEST = 18

/**
 * @typedef {import('./view.js').View} View
 * @typedef {import('./view.js').Size} Size
 */

/**
 * The tiles that cover a view.
 * @param {View} view
 * @param {Size} size
 * @returns {{z: number, x: number, y: number}[]}
 */
export function tilesOf(view, size) {
  const z = Math.max(0, Math.min(CLOSEST, Math.round(Math.log2(360 / (TILE * view.scale)))))
  const count = 2 ** z
  const across = 360 / count
  const place = (/** @type {number} */ value) => Math.floor((value + 180) / across)
  const within = (/** @type {number} */ value) => Math.max(0, Math.min(count - 1, value))
  const reach = { x: (size.width * view.scale) / 2, y: (size.height * view.scale) / 2 }
  const tiles = []
  for (let y = within(place(view.y - reach.y)); y <= within(place(view.y + reach.y)); y++) {
    for (let x = within(place(view.x - reach.x)); x <= within(place(view.x + reach.x)); x++) {
      tiles.push({ z, x, y })
    }
  }
  return tiles
}

/**
 * Show the tiles of a view; those that are there already stay.
 * @param {SVGGElement} layer
 * @param {string} template With {z}, {x} and {y}.
 * @param {View} view
 * @param {Size} size
 */
export function drawTiles(layer, template, view, size) {
  const wanted = new Map(tilesOf(view, size).map((tile) => [`${tile.z}/${tile.x}/${tile.y}`, tile]))
  for (const image of [...layer.children]) {
    if (!wanted.delete(image.getAttribute('data-tile') ?? '')) image.remove()
  }
  for (const [name, { z, x, y }] of wanted) {
    const across = 360 / 2 ** z
    const href = template
      .replace('{z}', String(z))
      .replace('{x}', String(x))
      .replace('{y}', String(y))
    const place = { x: x * across - 180, y: y * across - 180, width: across, height: across }
    layer.append(svg('image', { ...place, href, 'data-tile': name }))
  }
}
