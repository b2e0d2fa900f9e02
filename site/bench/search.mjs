// What a search costs over HTTP: bytes, requests and time for the first 20 results.
//
//     node site/bench/search.mjs URL [ROUNDS]     # prints JSON
//
// Each kind of query is asked of a hub that is opened anew (cold: all that is read from the very
// beginning), and again, another one, of a hub that has answered one (warm).

import { openHub } from '../assets/js/search/index.js'
import { queries } from './queries.js'

const [root, rounds = '25'] = process.argv.slice(2)
const SETS = { tuning: 1, unseen: 2 }

/** Counts what is read. */
function counting() {
  const sum = { bytes: 0, requests: 0 }
  const fetch = async (url, init) => {
    const response = await globalThis.fetch(url, init)
    sum.requests += 1
    sum.bytes += Number(response.headers.get('Content-Length'))
    return response
  }
  return { sum, fetch }
}

async function measured(sum, run) {
  const before = { ...sum }
  const begun = performance.now()
  await run()
  return {
    kilobytes: (sum.bytes - before.bytes) / 1000,
    requests: sum.requests - before.requests,
    milliseconds: performance.now() - begun,
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function medians(all) {
  return Object.fromEntries(
    ['kilobytes', 'requests', 'milliseconds'].map((name) => [name, Math.round(10 * median(all.map((one) => one[name]))) / 10]),
  )
}

/** One kind of query, cold and warm, and with the counts of facets after it. */
async function kind(list) {
  const found = { cold: [], warm: [], counts: [] }
  for (let i = 0; i < list.length; i++) {
    const { sum, fetch } = counting()
    let hub
    found.cold.push(
      await measured(sum, async () => {
        hub = await openHub(root, { fetch })
        await hub.search(list[i])
      }),
    )
    found.counts.push(await measured(sum, () => hub.facetCounts(list[i])))
    const fresh = counting()
    const warm = await openHub(root, { fetch: fresh.fetch })
    await warm.search(list[(i + 1) % list.length])
    found.warm.push(await measured(fresh.sum, () => warm.search(list[i])))
  }
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, medians(all)]))
}

const report = {}
for (const [name, seed] of Object.entries(SETS)) {
  report[name] = {}
  for (const [what, list] of Object.entries(queries(seed, Number(rounds)))) report[name][what] = await kind(list)
}
console.log(JSON.stringify(report, null, 1))
