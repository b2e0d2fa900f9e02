/** The engine's side of a conversation by messages; `client.js` is the page's. */

import { openHub } from './index.js'

/** @typedef {{id: number, method: string, args: any[]}} Request */
/** @typedef {{id: number, cancel: true}} Cancellation */
/** @typedef {{id: number, result?: any, error?: {name: string, message: string, code?: string}}} Answer */
/**
 * One end of a channel: a worker from inside or outside, or a port.
 *
 * @typedef {object} End
 * @property {(message: any) => void} postMessage
 * @property {(type: 'message', listener: (event: {data: any}) => void) => void} addEventListener
 */

const METHODS = new Set(['search', 'matched', 'facetCounts', 'suggest', 'item'])

/**
 * Answer requests that come in; the first one opens the hub.
 *
 * @param {End} end
 */
export function serve(end) {
  /** @type {Map<number, AbortController>} */
  const running = new Map()
  /** @type {Promise<import('./index.js').Hub>|undefined} */
  let hub
  end.addEventListener('message', async ({ data }) => {
    /** @type {Request & Partial<Cancellation>} */
    const { id, method, args, cancel } = data
    if (cancel) {
      running.get(id)?.abort()
      return
    }
    const controller = new AbortController()
    running.set(id, controller)
    try {
      if (method === 'open') hub = openHub(args[0], args[1])
      if (!hub) throw new Error('no hub is open')
      end.postMessage({ id, result: await answer(await hub, method, args, controller.signal) })
    } catch (error) {
      end.postMessage({ id, error: described(error) })
    } finally {
      running.delete(id)
    }
  })
}

/**
 * @param {import('./index.js').Hub} hub
 * @param {string} method
 * @param {any[]} args
 * @param {AbortSignal} signal
 */
async function answer(hub, method, args, signal) {
  if (method === 'open') return hub.manifest
  if (method === 'facets') return hub.facets
  if (!METHODS.has(method)) throw new Error(`no such method: ${method}`)
  const given = /** @type {any} */ (hub)
  if (method === 'item') return given.item(args[0], args[1], { signal })
  return given[method](args[0], { ...args[1], signal })
}

/** @param {unknown} error */
function described(error) {
  const { name, message, code } = /** @type {any} */ (error) ?? {}
  return { name: String(name ?? 'Error'), message: String(message ?? error), code: typeof code === 'string' ? code : undefined }
}
