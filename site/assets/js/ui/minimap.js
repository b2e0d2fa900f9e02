// A small map of one footprint, over the same land that the large map shows.

import { svg } from './dom.js'
import { rectangles } from './map/shapes.js'
import { plain } from './map/view.js'

const LAND = 'minimap-land'

/**
 * Draw the land once, for every small map to refer to. Few corners are enough at that size.
 * @param {number[][]} rings
 */
export function prepareLand(rings) {
  const large = rings.filter((ring) => ring.length > 60)
  const d = large.map((ring) => {
    let path = ''
    for (let at = 0; at + 1 < ring.length; at += 6) {
      path += `${at ? 'L' : 'M'}${Math.round((ring[at] ?? 0) / 100)} ${-Math.round((ring[at + 1] ?? 0) / 100)}`
    }
    return `${path}Z`
  })
  const symbol = svg('path', { id: LAND, d: d.join('') })
  document.body.append(svg('svg', { class: 'visually-hidden', 'aria-hidden': 'true' }, svg('defs', {}, symbol)))
}

/** @param {[number, number, number, number] | null} bbox */
export function miniMap(bbox) {
  const marks = bbox ? marked(bbox) : []
  return svg(
    'svg',
    { class: bbox ? 'minimap' : 'minimap minimap--nowhere', viewBox: '-180 -90 360 180', 'aria-hidden': 'true', preserveAspectRatio: 'xMidYMid slice' },
    svg('use', { href: `#${LAND}`, class: 'minimap__land' }),
    ...marks,
  )
}

/** @param {[number, number, number, number]} bbox A small one gets a ring, or none would see it. */
function marked(bbox) {
  const parts = rectangles(bbox, plain)
  const [part] = parts
  const shapes = parts.map((box) => svg('rect', { ...box, class: 'minimap__mark' }))
  if (!part || part.width > 14 || part.height > 14) return shapes
  const place = { cx: part.x + part.width / 2, cy: part.y + part.height / 2 }
  return [svg('circle', { ...place, r: 9, class: 'minimap__ring' }), svg('circle', { ...place, r: 3.5, class: 'minimap__dot' })]
}
