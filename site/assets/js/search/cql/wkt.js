/** Geometries in CQL2 text (WKT) to GeoJSON. */

/** @typedef {import('./text.js').Parser} Parser */

/** Type by word, and how deep its positions lie in lists. @type {Record<string, [string, number]>} */
const TYPES = {
  point: ['Point', 0],
  linestring: ['LineString', 1],
  polygon: ['Polygon', 2],
  multipoint: ['MultiPoint', 1],
  multilinestring: ['MultiLineString', 2],
  multipolygon: ['MultiPolygon', 3],
}
export const GEOMETRIES = new Set([...Object.keys(TYPES), 'geometrycollection'])

/**
 * Read what follows a geometry's name.
 *
 * @param {Parser} parser
 * @param {string} word The name, in lower case.
 * @returns {any}
 */
export function parseWkt(parser, word) {
  for (const letter of ['z', 'm', 'zm']) if (parser.take(letter)) break
  if (word === 'geometrycollection') {
    const geometries = listed(parser, () => {
      const { text } = parser.token
      if (!GEOMETRIES.has(text.toLowerCase())) throw parser.refused()
      parser.at += 1
      return parseWkt(parser, text.toLowerCase())
    })
    return { type: 'GeometryCollection', geometries }
  }
  const [type, depth] = /** @type {[string, number]} */ (TYPES[word])
  if (depth > 0) return { type, coordinates: coordinates(parser, depth, type === 'MultiPoint') }
  parser.expect('(')
  const position = numbers(parser)
  parser.expect(')')
  return { type, coordinates: position }
}

/**
 * @param {Parser} parser
 * @param {number} depth
 * @param {boolean} brackets Whether positions may have brackets of their own.
 * @returns {any}
 */
function coordinates(parser, depth, brackets) {
  return listed(parser, () => {
    if (depth > 1) return coordinates(parser, depth - 1, brackets)
    if (!brackets || !parser.take('(')) return numbers(parser)
    const position = numbers(parser)
    parser.expect(')')
    return position
  })
}

/**
 * @param {Parser} parser
 * @param {() => any} one
 */
function listed(parser, one) {
  parser.expect('(')
  const parts = [one()]
  while (parser.take(',')) parts.push(one())
  parser.expect(')')
  return parts
}

/** @param {Parser} parser */
function numbers(parser) {
  const found = []
  while (!parser.is(',') && !parser.is(')')) {
    const sign = parser.take('-') ? -1 : (parser.take('+'), 1)
    if (parser.token.kind !== 'number') throw parser.refused()
    found.push(sign * Number(parser.token.text))
    parser.at += 1
  }
  if (found.length < 2) throw parser.refused()
  return found
}
