// What searches cost: bytes, requests and time for the first 20 results, in Node or in a browser.
//
// Each query is asked of a hub that is opened anew (cold: all that is read from the very
// beginning), its facets are counted after that, and another hub is asked it that has answered
// one before (warm).

import { queries } from './queries.js'

/** Seeds of the queries: what the engine was tuned on, and others. */
const SETS = { tuning: 1, unseen: 2 }

/**
 * @typedef {object} Session
 * @property {any} hub
 * @property {() => void} close
 */

/**
 * @param {() => Promise<Session>} open
 * @param {() => Promise<{bytes: number, requests: number}>} spent What was read so far.
 * @param {number} rounds Queries of each kind.
 */
export async function measured(open, spent, rounds) {
  /** @type {Record<string, Record<string, any>>} */
  const report = {}
  for (const [name, seed] of Object.entries(SETS)) {
    const kinds = Object.entries(queries(seed, rounds))
    report[name] = {}
    for (const [kind, list] of kinds) report[name][kind] = await figures(open, spent, list)
  }
  return report
}

async function figures(open, spent, list) {
  const found = { cold: [], warm: [], counts: [] }
  for (let i = 0; i < list.length; i++) {
    let cold
    found.cold.push(
      await cost(spent, async () => {
        cold = await open()
        await cold.hub.search(list[i])
      }),
    )
    found.counts.push(await cost(spent, () => cold.hub.facetCounts(list[i])))
    cold.close()
    const warm = await open()
    await warm.hub.search(list[(i + 1) % list.length])
    found.warm.push(await cost(spent, () => warm.hub.search(list[i])))
    warm.close()
  }
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, medians(all)]))
}

async function cost(spent, run) {
  const before = await spent()
  const begun = performance.now()
  await run()
  const milliseconds = performance.now() - begun
  const after = await spent()
  return { kilobytes: (after.bytes - before.bytes) / 1000, requests: after.requests - before.requests, milliseconds }
}

/** Of each figure the median, and the largest. */
function medians(all) {
  const tenths = (value) => Math.round(10 * value) / 10
  const entries = ['kilobytes', 'requests', 'milliseconds'].flatMap((name) => {
    const sorted = all.map((one) => one[name]).sort((a, b) => a - b)
    const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
    return [[name, tenths(middle)], [`most_${name}`, tenths(sorted.at(-1))]]
  })
  return Object.fromEntries(entries)
}
