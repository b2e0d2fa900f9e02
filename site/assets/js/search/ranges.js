/** Ranges of one file, neighbours in one request. */

/** @typedef {{start: number, end: number, take: (bytes: Uint8Array) => void}} Wanted */

/** Bytes that are read for nothing rather than asked for apart. */
const GAP = 1024
const MOST_REQUESTS = 120

/**
 * @param {import('./files.js').Files} files
 * @param {string} path
 * @param {Wanted[]} wanted Told of their bytes as they come.
 * @param {AbortSignal} [signal]
 */
export async function readRanges(files, path, wanted, signal) {
  wanted.sort((a, b) => a.start - b.start)
  let runs = joined(wanted, GAP)
  // Rather some bytes for nothing than hundreds of requests.
  for (let gap = 4 * GAP; runs.length > MOST_REQUESTS && gap <= 64 * GAP; gap *= 4) runs = joined(wanted, gap)
  await Promise.all(
    runs.map(async ({ start, end, parts }) => {
      const bytes = await files.range(path, start, end, signal)
      for (const part of parts) part.take(bytes.subarray(part.start - start, part.end - start))
    }),
  )
}

/**
 * Ranges to read, neighbours together.
 *
 * @param {Wanted[]} wanted In order.
 * @param {number} gap
 */
function joined(wanted, gap) {
  /** @type {Array<{start: number, end: number, parts: Wanted[]}>} */
  const runs = []
  for (const one of wanted) {
    const last = runs.at(-1)
    if (last && one.start - last.end <= gap) {
      last.end = Math.max(last.end, one.end)
      last.parts.push(one)
    } else runs.push({ start: one.start, end: one.end, parts: [one] })
  }
  return runs
}
