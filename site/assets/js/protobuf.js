// The wire format of protocol buffers, as far as ONNX files need it.
// https://protobuf.dev/programming-guides/encoding/

/** @typedef {{ number: number, wire: number, value: number, data: Uint8Array }} Field */

/** What is no message, or ends too early. */
export class Malformed extends Error {}

/**
 * The fields of a message, their contents as views of the same memory.
 * @param {Uint8Array} data
 * @returns {Field[]}
 */
export function fields(data) {
  const found = []
  const reader = { data, at: 0 }
  while (reader.at < data.length) {
    const tag = varint(reader)
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    const field = { number, wire, value: 0, data: data.subarray(0, 0) }
    if (wire === 0) field.value = varint(reader)
    else if (wire === 1) reader.at += 8
    else if (wire === 5) reader.at += 4
    else if (wire === 2) {
      const length = varint(reader)
      field.data = data.subarray(reader.at, reader.at + length)
      reader.at += length
    } else throw new Malformed()
    if (reader.at > data.length || number === 0) {
      throw new Malformed()
    }
    found.push(field)
  }
  return found
}

/** Numbers that are packed together. @param {Uint8Array} data */
export function varints(data) {
  const found = []
  const reader = { data, at: 0 }
  while (reader.at < data.length) found.push(varint(reader))
  return found
}

/**
 * A number of variable length; negative ones, which are of no use here, come out as huge ones.
 * @param {{ data: Uint8Array, at: number }} reader
 */
function varint(reader) {
  let value = 0
  for (let place = 0; place < 10; place += 1) {
    const byte = reader.data[reader.at]
    if (byte === undefined) throw new Malformed()
    reader.at += 1
    value += (byte & 0x7f) * 2 ** (7 * place)
    if (byte < 0x80) return value
  }
  throw new Malformed()
}
