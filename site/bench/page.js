// What a search costs with the engine in a worker, as on the search page; a browser runs this.

import { openHub } from '../assets/js/search/client.js'
import { measured } from './measure.js'

const root = new URL('/', location.href).href

async function open() {
  const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' })
  return { hub: await openHub(root, { worker }), close: () => worker.terminate() }
}

/** What the server has sent of the hub. */
const spent = async () => (await fetch('/.spent')).json()

globalThis.measured = (/** @type {number} */ rounds) => measured(open, spent, rounds)
