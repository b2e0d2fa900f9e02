// What a network gives for windows, added up with their weights row by row.
// Mirrors the canvas of builder/geocairn/run/dense.py.

/** @typedef {import('./windows.js').Interval} Interval */
/** @typedef {{start: number, rows: number, planes: Float32Array[], valid: Uint8Array}} Strip */

export class Canvas {
  /**
   * @param {number} channels
   * @param {number} height Of a row of windows, in pixels of the output.
   * @param {number} width Of the output.
   * @param {number} pixels Of the output, a side, for each cell.
   */
  constructor(channels, height, width, pixels) {
    this.planes = Array.from({ length: channels }, () => new Float32Array(height * width))
    this.valid = new Uint8Array(height * width)
    this.width = width
    this.pixels = pixels
    this.top = 0
  }

  /**
   * @param {Interval} row
   * @param {Interval} column
   * @param {Float32Array[]} planes Scores of the window.
   * @param {number} wide Their width; a window that is cut was filled up for the network.
   * @param {Uint8Array | null} valid Which pixels of the window hold data; null where all do.
   */
  add(row, column, planes, wide, valid) {
    const { pixels, width } = this
    const [high, across] = [row.weights.length * pixels, column.weights.length * pixels]
    const right = Float32Array.from({ length: across }, (_, x) => column.weights[Math.floor(x / pixels)] ?? 0)
    for (let y = 0; y < high; y += 1) {
      const down = row.weights[Math.floor(y / pixels)] ?? 0
      const start = (row.start * pixels + y - this.top) * width + column.start * pixels
      this.planes.forEach((plane, channel) => {
        const scores = planes[channel]
        for (let x = 0; scores && x < across; x += 1) {
          plane[start + x] = (plane[start + x] ?? 0) + Math.fround(Math.fround((scores[y * wide + x] ?? 0) * down) * (right[x] ?? 0))
        }
      })
      for (let x = 0; x < across; x += 1) if (!valid || valid[y * across + x]) this.valid[start + x] = 1
    }
  }

  /** Take the rows up to one off the top, and make room below. @param {number} stop @returns {Strip} */
  take(stop) {
    const rows = stop - this.top
    const count = rows * this.width
    const strip = {
      start: this.top,
      rows,
      planes: this.planes.map((plane) => plane.slice(0, count)),
      valid: this.valid.slice(0, count),
    }
    for (const array of [...this.planes, this.valid]) {
      array.copyWithin(0, count)
      array.fill(0, array.length - count)
    }
    this.top = stop
    return strip
  }
}

/**
 * Which pixels of the output hold data: those with any of the image.
 * @param {Uint8Array | null} valid (height, width) of the window.
 * @param {[number, number]} size
 * @param {{unit: number, pixels: number}} plan
 * @returns {Uint8Array | null}
 */
export function coarse(valid, [height, width], { unit, pixels }) {
  if (!valid || (unit === 1 && pixels === 1)) return valid
  const [rows, columns] = [Math.ceil(height / unit), Math.ceil(width / unit)]
  const cells = new Uint8Array(rows * columns)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (valid[y * width + x]) cells[Math.floor(y / unit) * columns + Math.floor(x / unit)] = 1
    }
  }
  const found = new Uint8Array(rows * columns * pixels * pixels)
  return found.map((_, at) => {
    const [y, x] = [Math.floor(at / (columns * pixels)), at % (columns * pixels)]
    return cells[Math.floor(y / pixels) * columns + Math.floor(x / pixels)] ?? 0
  })
}
