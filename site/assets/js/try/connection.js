// The worker that runs the model, as the page sees it.

/** @typedef {{part: 'model' | 'runtime' | 'windows', done: number, all: number}} Step */

/** A fault that the worker tells of; `explained` puts it into words. */
export class Refused extends Error {
  /** @param {{code: string, values: import('./faults.js').Values}} fault */
  constructor(fault) {
    super(fault.code)
    this.fault = fault
  }
}

/** The worker was ended. */
export class Stopped extends Error {}

export class Connection {
  /** @param {(step: Step) => void} tell */
  constructor(tell) {
    this.worker = new Worker(new URL(TRY_WORKER, import.meta.url), { type: 'module' })
    /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
    this.waiting = new Map()
    this.count = 0
    this.worker.onmessage = ({ data }) => {
      if (data.progress) return tell(data.progress)
      const asked = this.waiting.get(data.id)
      this.waiting.delete(data.id)
      if (data.fault) asked?.reject(new Refused(data.fault))
      else asked?.resolve(data.value)
    }
    // It could not be loaded, or ran out of memory.
    this.worker.onerror = (event) => this.end(new Refused({ code: 'unexpected', values: { reason: event.message ?? '' } }))
  }

  /** @param {'begin' | 'open' | 'run' | 'doubts' | 'save'} act @param {any} given @returns {Promise<any>} */
  ask(act, given) {
    this.count += 1
    const id = this.count
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ id, act, given })
    })
  }

  /** Stop at once, whatever is going on. @param {Error} [error] */
  end(error = new Stopped()) {
    this.worker.terminate()
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }
}
