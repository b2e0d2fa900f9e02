// A small map of one footprint, over the same land that the large map shows.

import { svg } from './dom.js'
import { landPath } from './map/land.js'
import { rectangles } from './map/shapes.js'
import { plain } from './map/view.js'

const LAND = 'minimap-land'

/** Degrees across of the smallest part of the world that is still recognised. */
const LEAST = 80

/**
 * Draw the land once, for every small map to refer to. Few corners are enough at that size.
 * @param {number[][]} rings
 */
export function prepareLand(rings) {
  const large = rings.filter((ring) => ring.length > 40).map(coarse)
  const symbol = svg('path', { id: LAND, d: landPath(large, plain) })
  const edge = svg('clipPath', { id: `${LAND}-edge` }, svg('rect', { x: -180, y: -90, width: 360, height: 180 }))
  document.body.append(svg('svg', { class: 'visually-hidden', 'aria-hidden': 'true' }, svg('defs', {}, symbol, edge)))
}

/** @param {number[]} ring Every other corner of it, and the last, which closes it. */
function coarse(ring) {
  return ring.filter((_, at) => at % 4 < 2 || at >= ring.length - 2)
}

/** @param {[number, number, number, number] | null} bbox */
export function miniMap(bbox) {
  const [x, y, width, height] = frame(bbox)
  return svg(
    'svg',
    {
      class: bbox ? 'minimap' : 'minimap minimap--nowhere', 'aria-hidden': 'true',
      viewBox: `${x} ${y} ${width} ${height}`,
      preserveAspectRatio: 'xMidYMid slice',
    },
    svg('g', { 'clip-path': `url(#${LAND}-edge)` }, svg('use', { href: `#${LAND}`, class: 'minimap__land' })),
    ...(bbox ? marked(bbox) : []),
  )
}

/**
 * The part of the world to show: around a footprint, or all of it.
 * @param {[number, number, number, number] | null} bbox
 * @returns {[number, number, number, number]}
 */
function frame(bbox) {
  const side = bbox ? Math.max(LEAST, (bbox[2] - bbox[0]) * 1.6, (bbox[3] - bbox[1]) * 1.6) : 360
  if (!bbox || bbox[0] > bbox[2] || side > 170) return [-180, -90, 360, 180]
  const top = -(bbox[1] + bbox[3]) / 2 - side / 2
  return [(bbox[0] + bbox[2]) / 2 - side / 2, Math.max(-90, Math.min(90 - side, top)), side, side]
}

/** @param {[number, number, number, number]} bbox A small one gets a ring, or none would see it. */
function marked(bbox) {
  const parts = rectangles(bbox, plain)
  const [part] = parts
  const shapes = parts.map((box) => svg('rect', { ...box, class: 'minimap__mark' }))
  if (!part || part.width > 8 || part.height > 8) return shapes
  const place = { cx: part.x + part.width / 2, cy: part.y + part.height / 2 }
  return [svg('circle', { ...place, r: 7, class: 'minimap__ring' }), svg('circle', { ...place, r: 2.5, class: 'minimap__dot' })]
}
