/** CQL2 text to tokens. */

import { QueryError } from '../errors.js'

/** @typedef {{kind: 'number'|'string'|'name'|'quoted'|'sign'|'end', text: string, at: number}} Token */

const LONGEST = 1_000_000
const MOST = 100_000
const PATTERNS = /** @type {const} */ ([
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y],
  ['string', /'(?:[^']|'')*'/y],
  ['quoted', /"[^"]*"/y],
  ['name', /[\p{L}_:][\p{L}\p{N}_:.]*/uy],
  ['sign', /<>|!=|<=|>=|[-+*/%^=<>(),]/y],
])

/**
 * Cut a filter into tokens; the last is of kind `end`.
 *
 * @param {string} text
 * @returns {Token[]}
 */
export function tokenise(text) {
  if (text.length > LONGEST) throw new QueryError('filter is too large')
  /** @type {Token[]} */
  const found = []
  const space = /\s*/y
  let at = 0
  for (;;) {
    space.lastIndex = at
    at += /** @type {RegExpExecArray} */ (space.exec(text))[0].length
    if (at === text.length) break
    const token = tokenAt(text, at)
    if (found.push(token) > MOST) throw new QueryError('filter is too large')
    at += token.text.length
  }
  found.push({ kind: 'end', text: '', at })
  return found
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {Token}
 */
function tokenAt(text, at) {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) return { kind, text: match[0], at }
  }
  throw refused(text.slice(at, at + 30), at)
}

/**
 * @param {string} text What stands where something else should.
 * @param {number} at
 */
export function refused(text, at) {
  return new QueryError(
    `filter is not CQL2 text at character ${at + 1}: ${text || 'it ends too early'}`,
    "Write for instance \"gsd < 1 AND framework = 'PyTorch'\": strings in single quotes, names " +
      'bare or in double quotes, lists in round brackets.',
  )
}
