/** Well-known binary to GeoJSON. */

const TYPES = ['', 'Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon', 'GeometryCollection']

/**
 * @param {Uint8Array} bytes
 * @returns {any} GeoJSON geometry in two dimensions.
 */
export function fromWkb(bytes) {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 }
  return geometry(reader)
}

/** @typedef {{view: DataView, at: number}} Reader */

/** @param {Reader} reader @returns {any} */
function geometry(reader) {
  const little = reader.view.getUint8(reader.at) === 1
  reader.at += 1
  const code = whole(reader, little)
  // Heights and measures: in thousands by ISO, in the highest bits by others.
  const extra = code & 0xe0000000 ? ((code >>> 31) & 1) + ((code >>> 30) & 1) : [0, 1, 1, 2][Math.floor(code / 1000) % 4]
  if (code & 0x20000000) whole(reader, little)
  const type = TYPES[(code & 0x0fffffff) % 1000] ?? ''
  const width = 2 + (extra ?? 0)
  const position = () => {
    const xy = [reader.view.getFloat64(reader.at, little), reader.view.getFloat64(reader.at + 8, little)]
    reader.at += 8 * width
    return xy
  }
  const many = (/** @type {() => any} */ one) => Array.from({ length: whole(reader, little) }, one)
  if (type === 'Point') return { type, coordinates: position() }
  if (type === 'LineString') return { type, coordinates: many(position) }
  if (type === 'Polygon') return { type, coordinates: many(() => many(position)) }
  const parts = many(() => geometry(reader))
  if (type === 'GeometryCollection') return { type, geometries: parts }
  return { type, coordinates: parts.map((part) => part.coordinates) }
}

/** @param {Reader} reader @param {boolean} little */
function whole(reader, little) {
  const number = reader.view.getUint32(reader.at, little)
  reader.at += 4
  return number
}
