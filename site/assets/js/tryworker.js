/** Runs a model beside the page; whoever stops it ends this worker. */

import { Session } from './try/session.js'
import { told } from './try/faults.js'

/** @typedef {{id: number, act: 'begin' | 'open' | 'run' | 'doubts' | 'save', given: any}} Asked */

const scope = /** @type {any} */ (globalThis)
/** @type {Session | null} */
let session = null

/** @param {Asked} asked */
async function answer({ act, given }) {
  if (act === 'begin') {
    session = new Session(given, (part, done, all) => scope.postMessage({ progress: { part, done, all } }))
    return null
  }
  if (!session) throw new Error('nothing has begun')
  if (act === 'open') return session.open(given)
  if (act === 'run') return session.run(given)
  return act === 'doubts' ? session.doubts(given) : session.save(given)
}

/** Memory that may be handed over rather than copied. @param {any} value */
function handed(value) {
  const buffer = value?.picture?.data?.buffer
  return buffer ? [buffer] : []
}

scope.onmessage = async (/** @type {MessageEvent<Asked>} */ { data }) => {
  try {
    const value = await answer(data)
    scope.postMessage({ id: data.id, value }, handed(value))
  } catch (error) {
    scope.postMessage({ id: data.id, fault: told(error) })
  }
}
