/** Some of many rows, as few frames as a browser should read, evenly spread over the hub. */

/** Frames that are read, and in how many places: neighbours come in one request. */
const FRAMES = 768
const RUNS = 24

/**
 * @param {ArrayLike<number>} rows Ascending.
 * @param {Array<{first: number, rows: number}>} parts
 * @param {number} size Rows of a frame.
 * @returns {ArrayLike<number>} All of them where they lie in few frames.
 */
export function spread(rows, parts, size) {
  const starts = frameStarts(rows, parts, size)
  if (starts.length <= FRAMES) return rows
  starts.push(rows.length)
  const length = FRAMES / RUNS
  const step = (starts.length - 1 - length) / (RUNS - 1)
  const all = Array.from(rows)
  return Array.from({ length: RUNS }, (_, run) => Math.floor(run * step)).flatMap((at) => all.slice(starts[at], starts[at + length]))
}

/**
 * Places of the rows that are the first ones of their frame.
 *
 * @param {ArrayLike<number>} rows
 * @param {Array<{first: number, rows: number}>} parts
 * @param {number} size
 */
function frameStarts(rows, parts, size) {
  const starts = []
  let [number, end] = [0, 0]
  for (let place = 0; place < rows.length; place++) {
    const row = /** @type {number} */ (rows[place])
    if (row < end) continue
    let part = parts[number]
    while (part && row >= part.first + part.rows) part = parts[++number]
    if (!part) break
    starts.push(place)
    end = part.first + size * (Math.floor((row - part.first) / size) + 1)
  }
  return starts
}
