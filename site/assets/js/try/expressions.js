// Arithmetic that an item writes down, computed without being executed: Python's notation for
// numbers, names of bands, operators, comparisons and some functions; anything else is refused.
// Mirrors builder/geocairn/run/expressions.py.

import { Fault } from './faults.js'

/** @typedef {number | Float32Array} Value */
/** @typedef {(values: Record<string, Float32Array>) => Value} Node */
/** @typedef {{text: string, names: string[], compute: Node}} Expression */

const LONGEST = 2000
const DEEPEST = 60
const PREFIX = /\b(?:np|numpy|math)\.(?=[a-z0-9]+\()/g
const ENTRY_POINT = /^[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?$/
const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|\/\/|<<|>>|<=|>=|==|!=|[-+*/%()<>&|^~,]))/y

const truth = (/** @type {boolean} */ value) => (value ? 1 : 0)
/** Rounds half to even, as Python does. @param {number} value */
export function rint(value) {
  const down = Math.floor(value)
  const rest = value - down
  if (rest !== 0.5) return Math.round(value)
  return down % 2 === 0 ? down : down + 1
}
/** The remainder with the divisor's sign, as in Python. @param {number} a @param {number} b */
const modulo = (a, b) => a - b * Math.floor(a / b)
const whole = (/** @type {number} */ value) => BigInt(Number.isFinite(value) ? Math.trunc(value) : 0)

/** @type {Record<string, (a: number, b: number) => number>} */
const BINARY = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': modulo,
  '**': Math.pow,
  '&': (a, b) => Number(whole(a) & whole(b)),
  '|': (a, b) => Number(whole(a) | whole(b)),
  '^': (a, b) => Number(whole(a) ^ whole(b)),
  '<<': (a, b) => Number(BigInt.asIntN(64, whole(a) << BigInt.asUintN(6, whole(b)))),
  '>>': (a, b) => Number(whole(a) >> BigInt.asUintN(6, whole(b))),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  and: (a, b) => truth(a !== 0 && b !== 0),
  or: (a, b) => truth(a !== 0 || b !== 0),
}
const COMPARISONS = ['<', '<=', '>', '>=', '==', '!=']
/** Operators from the loosest to the tightest; powers bind tighter than signs. */
const LEVELS = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '//', '%']]

const least = (/** @type {number} */ a, /** @type {number} */ b) => (a < b || Number.isNaN(a) ? a : b)
const most = (/** @type {number} */ a, /** @type {number} */ b) => (a > b || Number.isNaN(a) ? a : b)
/** @type {Record<string, (...values: number[]) => number>} */
const FUNCTIONS = {
  abs: Math.abs,
  absolute: Math.abs,
  arctan: Math.atan,
  arctan2: (a, b) => Math.atan2(a, b),
  ceil: Math.ceil,
  clip: (a, low, high) => least(most(a, low), high),
  cos: Math.cos,
  exp: Math.exp,
  floor: Math.floor,
  log: Math.log,
  log10: Math.log10,
  log1p: Math.log1p,
  log2: Math.log2,
  logical_and: (a, b) => truth(a !== 0 && b !== 0),
  logical_not: (a) => truth(a === 0),
  logical_or: (a, b) => truth(a !== 0 || b !== 0),
  maximum: most,
  minimum: least,
  power: (a, b) => Math.pow(a, b),
  round: rint,
  sign: Math.sign,
  sin: Math.sin,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
  where: (a, b, c) => (a !== 0 ? b : c),
}
/** @type {Record<string, number>} */
const ARITY = { arctan2: 2, clip: 3, logical_and: 2, logical_or: 2, maximum: 2, minimum: 2, power: 2, where: 3 }

/** Whether a text names a function of Python rather than being arithmetic. @param {any} text */
export function isEntryPoint(text) {
  return typeof text === 'string' && ENTRY_POINT.test(text) && /[.:]/.test(text)
}

/**
 * Read an expression.
 * @param {any} given
 * @returns {Expression}
 */
export function parse(given) {
  const refused = new Fault('expression', { text: String(given).slice(0, 80) })
  if (typeof given !== 'string' || given.length > LONGEST) throw refused
  const tokens = tokensOf(given.replace(PREFIX, '').trim())
  if (!tokens) throw refused
  const reader = new Reader(tokens, refused)
  const compute = reader.ternary()
  if (reader.at < tokens.length) throw refused
  return { text: given, names: [...reader.names], compute }
}

/** @param {string} text */
function tokensOf(text) {
  const found = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (!match) return null
    found.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return found
}

/** Apply a function to numbers, pixel by pixel where any of them is an image. @type {(f: (...values: number[]) => number, parts: Value[]) => Value} */
function apply(f, parts) {
  const image = parts.find((one) => typeof one !== 'number')
  if (image === undefined) return f(.../** @type {number[]} */ (parts))
  const size = /** @type {Float32Array} */ (image).length
  const [a = 0, b = 0, c = 0] = parts
  const result = new Float32Array(size)
  for (let at = 0; at < size; at += 1) {
    result[at] = f(
      typeof a === 'number' ? a : (a[at] ?? 0),
      typeof b === 'number' ? b : (b[at] ?? 0),
      typeof c === 'number' ? c : (c[at] ?? 0),
    )
  }
  return result
}

/** Goes through the tokens and makes functions of them. */
class Reader {
  /** @param {string[]} tokens @param {Fault} refused */
  constructor(tokens, refused) {
    this.tokens = tokens
    this.refused = refused
    this.at = 0
    this.depth = 0
    /** @type {Set<string>} */
    this.names = new Set()
  }

  /** @param {...string} wanted */
  taken(...wanted) {
    const token = this.tokens[this.at]
    if (token === undefined || !wanted.includes(token)) return null
    this.at += 1
    return token
  }

  /** @param {string} wanted */
  expect(wanted) {
    if (this.taken(wanted) === null) throw this.refused
  }

  /** @returns {Node} */
  ternary() {
    this.depth += 1
    if (this.depth > DEEPEST) throw this.refused
    const value = this.either()
    let node = value
    if (this.taken('if') !== null) {
      const test = this.either()
      this.expect('else')
      const other = this.ternary()
      const choose = /** @type {(...values: number[]) => number} */ (FUNCTIONS['where'])
      node = (given) => apply(choose, [test(given), value(given), other(given)])
    }
    this.depth -= 1
    return node
  }

  /** @param {() => Node} inner @param {string[]} operators @returns {Node} */
  chain(inner, operators) {
    let node = inner()
    for (let sign = this.taken(...operators); sign !== null; sign = this.taken(...operators)) {
      const [left, right] = [node, inner()]
      const act = /** @type {(a: number, b: number) => number} */ (BINARY[sign])
      node = (given) => apply(act, [left(given), right(given)])
    }
    return node
  }

  either() {
    return this.chain(() => this.both(), ['or'])
  }

  both() {
    return this.chain(() => this.negated(), ['and'])
  }

  /** @returns {Node} */
  negated() {
    if (this.taken('not') === null) return this.compared()
    const inner = this.nested(() => this.negated())
    return (given) => apply((value) => truth(value === 0), [inner(given)])
  }

  /** @returns {Node} */
  compared() {
    let left = this.level(0)
    /** @type {Node[]} */
    const tests = []
    for (let sign = this.taken(...COMPARISONS); sign !== null; sign = this.taken(...COMPARISONS)) {
      const [one, other] = [left, this.level(0)]
      const act = /** @type {(a: number, b: number) => number} */ (BINARY[sign])
      tests.push((given) => apply(act, [one(given), other(given)]))
      left = other
    }
    const both = /** @type {(a: number, b: number) => number} */ (BINARY['and'])
    return tests.length
      ? tests.reduce((before, test) => (given) => apply(both, [before(given), test(given)]))
      : left
  }

  /** @param {number} index @returns {Node} */
  level(index) {
    const operators = LEVELS[index]
    return operators ? this.chain(() => this.level(index + 1), operators) : this.signed()
  }

  /** @returns {Node} */
  signed() {
    const sign = this.taken('-', '+', '~')
    if (sign === null) return this.power()
    const inner = this.nested(() => this.signed())
    if (sign === '+') return inner
    return (given) => apply(sign === '-' ? (value) => -value : (value) => truth(value === 0), [inner(given)])
  }

  /** @returns {Node} */
  power() {
    const base = this.atom()
    if (this.taken('**') === null) return base
    const exponent = this.nested(() => this.signed())
    return (given) => apply(Math.pow, [base(given), exponent(given)])
  }

  /** @param {() => Node} inner @returns {Node} */
  nested(inner) {
    this.depth += 1
    if (this.depth > DEEPEST) throw this.refused
    const node = inner()
    this.depth -= 1
    return node
  }

  /** @returns {Node} */
  atom() {
    const token = this.tokens[this.at]
    this.at += 1
    if (token === undefined) throw this.refused
    if (token === '(') {
      const inner = this.ternary()
      this.expect(')')
      return inner
    }
    if (/^[\d.]/.test(token)) {
      const value = Number(token)
      if (!(value <= 1e30)) throw this.refused
      return () => value
    }
    if (!/^[A-Za-z_]/.test(token) || ['and', 'or', 'not', 'if', 'else', 'lambda', 'None'].includes(token)) {
      throw this.refused
    }
    if (token === 'True' || token === 'False') return () => truth(token === 'True')
    if (this.taken('(') !== null) return this.call(token)
    this.names.add(token)
    return (given) => /** @type {Float32Array} */ (given[token])
  }

  /** @param {string} name @returns {Node} */
  call(name) {
    const parts = [this.ternary()]
    while (this.taken(',') !== null) parts.push(this.ternary())
    this.expect(')')
    const act = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (!act || parts.length !== (ARITY[name] ?? 1)) throw this.refused
    return (given) => apply(act, parts.map((part) => part(given)))
  }
}
