/** What can go wrong with a hub or a query, in words for whoever searches. */

/** @typedef {'missing'|'truncated'|'no-range'|'network'|'damaged'} HubErrorCode */

/** A hub cannot be read. */
export class HubError extends Error {
  /**
   * @param {string} message
   * @param {HubErrorCode} code
   */
  constructor(message, code) {
    super(message)
    this.name = 'HubError'
    this.code = code
  }
}

/** A query cannot mean anything, or asks for more than a browser can answer. */
export class QueryError extends Error {
  /**
   * @param {string} message What is wrong.
   * @param {string} [remedy] What to do about it.
   */
  constructor(message, remedy = '') {
    super(remedy ? `${message}. ${remedy}` : message)
    this.name = 'QueryError'
    this.code = 'query'
  }
}
