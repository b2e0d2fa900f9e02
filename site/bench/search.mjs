// What a search costs over HTTP with the engine in Node; prints JSON.
//
//     node site/bench/search.mjs URL [ROUNDS]

import { openHub } from '../assets/js/search/index.js'
import { measured } from './measure.js'

const [root, rounds = '25'] = process.argv.slice(2)
const sum = { bytes: 0, requests: 0 }

async function fetch(url, init) {
  const response = await globalThis.fetch(url, init)
  sum.requests += 1
  sum.bytes += Number(response.headers.get('Content-Length'))
  return response
}

const open = async () => ({ hub: await openHub(root, { fetch }), close() {} })
console.log(JSON.stringify(await measured(open, async () => ({ ...sum }), Number(rounds)), null, 1))
