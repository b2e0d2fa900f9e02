/** CQL2 text to CQL2 JSON. */

import { QueryError } from '../errors.js'
import { refused, tokenise } from './tokens.js'
import { GEOMETRIES, parseWkt } from './wkt.js'

/** @typedef {import('./tokens.js').Token} Token */

const DEEPEST = 100
const COMPARISONS = new Set(['=', '<>', '!=', '<', '<=', '>', '>='])
/** Signs between values, by how tightly they bind. */
const LEVELS = [['+', '-'], ['*', '/', '%', 'div'], ['^']]

/**
 * @param {string} text
 * @returns {any} CQL2 JSON, not checked beyond its grammar.
 */
export function parseText(text) {
  const parser = new Parser(tokenise(text))
  const node = parser.disjunction()
  parser.end()
  return node
}

/** Reads tokens from the first to the last; each method one rule of the grammar. */
export class Parser {
  /** @param {Token[]} tokens */
  constructor(tokens) {
    this.tokens = tokens
    this.at = 0
    this.depth = 0
  }

  /** @returns {Token} */
  get token() {
    return /** @type {Token} */ (this.tokens[this.at])
  }

  /** Whether the next token is this sign or word. @param {string} text */
  is(text) {
    const { kind, text: own } = this.token
    return (kind === 'sign' && own === text) || (kind === 'name' && own.toLowerCase() === text)
  }

  /** Take the next token if it is this sign or word. @param {string} text */
  take(text) {
    const found = this.is(text)
    if (found) this.at += 1
    return found
  }

  /** @param {string} text */
  expect(text) {
    if (!this.take(text)) throw this.refused()
  }

  refused() {
    return refused(this.token.text.slice(0, 30), this.token.at)
  }

  end() {
    if (this.token.kind !== 'end') throw this.refused()
  }

  /** @returns {any} */
  disjunction() {
    if (++this.depth > DEEPEST * 3) throw new QueryError('filter is nested too deeply', 'At most 100 levels.')
    const parts = [this.conjunction()]
    while (this.take('or')) parts.push(this.conjunction())
    this.depth -= 1
    return parts.length > 1 ? { op: 'or', args: parts } : parts[0]
  }

  /** @returns {any} */
  conjunction() {
    const parts = [this.negation()]
    while (this.take('and')) parts.push(this.negation())
    return parts.length > 1 ? { op: 'and', args: parts } : parts[0]
  }

  /** @returns {any} */
  negation() {
    let not = false
    while (this.take('not')) not = !not
    const node = this.predicate()
    return not ? { op: 'not', args: [node] } : node
  }

  /** @returns {any} */
  predicate() {
    const left = this.value(0)
    if (this.token.kind === 'sign' && COMPARISONS.has(this.token.text)) {
      const op = this.token.text === '!=' ? '<>' : this.token.text
      this.at += 1
      return { op, args: [left, this.value(0)] }
    }
    if (this.take('is')) {
      const not = this.take('not')
      this.expect('null')
      return negated({ op: 'isNull', args: [left] }, not)
    }
    const not = this.take('not')
    if (this.take('like')) return negated({ op: 'like', args: [left, this.value(0)] }, not)
    if (this.take('in')) return negated({ op: 'in', args: [left, this.list()] }, not)
    if (this.take('between')) {
      const low = this.value(0)
      this.expect('and')
      return negated({ op: 'between', args: [left, low, this.value(0)] }, not)
    }
    if (not) throw this.refused()
    return left
  }

  /** A value, or what signs of at least a level make of several. @param {number} level @returns {any} */
  value(level) {
    const signs = LEVELS[level]
    if (!signs) return this.factor()
    let left = this.value(level + 1)
    for (;;) {
      const op = signs.find((sign) => this.take(sign))
      if (!op) return left
      left = { op, args: [left, this.value(level + 1)] }
    }
  }

  /** @returns {any} */
  factor() {
    if (this.take('-')) {
      const value = this.factor()
      return typeof value === 'number' ? -value : { op: '*', args: [-1, value] }
    }
    if (this.take('+')) return this.factor()
    if (this.take('(')) return this.bracket()
    const { kind, text } = this.token
    this.at += 1
    if (kind === 'number') return Number(text)
    if (kind === 'string') return text.slice(1, -1).replaceAll("''", "'")
    if (kind === 'quoted') return { property: text.slice(1, -1) }
    if (kind === 'name') return this.named(text)
    this.at -= 1
    throw this.refused()
  }

  /** What is in a bracket: a condition, a value, or a list. @returns {any} */
  bracket() {
    if (this.take(')')) return []
    const parts = [this.disjunction()]
    while (this.take(',')) parts.push(this.disjunction())
    this.expect(')')
    return parts.length > 1 ? parts : parts[0]
  }

  /** @returns {any[]} */
  list() {
    this.expect('(')
    const inside = this.bracket()
    return Array.isArray(inside) ? inside : [inside]
  }

  /** A literal, a function or a property. @param {string} text @returns {any} */
  named(text) {
    const word = text.toLowerCase()
    if (word === 'true' || word === 'false') return word === 'true'
    if (GEOMETRIES.has(word) && !this.is('=')) return parseWkt(this, word)
    if (!this.is('(')) return { property: text }
    const args = this.list()
    if (word === 'timestamp' || word === 'date') return { [word]: args[0] }
    if (word === 'interval') return { interval: args }
    if (word === 'bbox') return { bbox: args }
    return { op: word, args }
  }
}

/**
 * @param {any} node
 * @param {boolean} not
 */
function negated(node, not) {
  return not ? { op: 'not', args: [node] } : node
}
