// What goes wrong while a model is tried: a code and values here, words in messages.js.
//
// The worker knows no language; the page, which does, says it.

/** @typedef {Record<string, string | number>} Values */

export class Fault extends Error {
  /**
   * @param {string} code One of those in messages.js.
   * @param {Values} [values]
   */
  constructor(code, values = {}) {
    super(code)
    this.code = code
    this.values = values
  }
}

/**
 * An error as something that can be sent to the page.
 * @param {unknown} error
 */
export function told(error) {
  if (error instanceof Fault) return { code: error.code, values: error.values }
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'unexpected', values: { reason: reason.split('\n')[0]?.slice(0, 300) ?? '' } }
}
