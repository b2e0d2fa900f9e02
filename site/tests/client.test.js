// The page's side of the engine, over a channel of messages as between a page and its worker.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'

import { openHub } from '../assets/js/search/client.js'
import { serve } from '../assets/js/search/serve.js'

/** @param {typeof globalThis.fetch} fetch */
async function connected(fetch, root = 'https://hub.example/') {
  const { port1, port2 } = new MessageChannel()
  const before = globalThis.fetch
  globalThis.fetch = fetch
  serve(/** @type {any} */ (port2))
  try {
    return await openHub(root, { worker: /** @type {any} */ (port1) })
  } finally {
    globalThis.fetch = before
    port1.unref()
    port2.unref()
    setTimeout(() => port1.close(), 50)
  }
}

test('an error keeps its kind and message', async () => {
  const fetch = async () => new Response('', { status: 404 })
  await assert.rejects(connected(fetch), { name: 'HubError', code: 'missing', message: /no search\/manifest.json/ })
})

test('cancelling rejects with the reason and posts the cancellation', async () => {
  /** @type {any[]} */
  const sent = []
  /** @type {(event: {data: any}) => void} */
  let hear = () => {}
  const worker = {
    postMessage(/** @type {any} */ message) {
      sent.push(message)
      if (message.method === 'open') queueMicrotask(() => hear({ data: { id: message.id, result: { items: 0 } } }))
    },
    addEventListener(/** @type {string} */ type, /** @type {any} */ listener) {
      if (type === 'message') hear = listener
    },
  }
  const hub = await openHub('https://hub.example/', { worker })
  const controller = new AbortController()
  const search = hub.search({ q: 'flood' }, { signal: controller.signal, limit: 5 })
  controller.abort()
  await assert.rejects(search, { name: 'AbortError' })
  assert.deepEqual(sent.at(-1), { id: 2, cancel: true })
  assert.deepEqual(sent.at(-2), { id: 2, method: 'search', args: [{ q: 'flood' }, { limit: 5 }] })
})
