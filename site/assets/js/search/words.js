/** Text to words, folded as `geocairn.text` folds them. */

const LONGEST = 64
const MARK = /\p{M}/gu
const WORD = /[\p{L}\p{N}]+/gu
// What upper and lower case do to these is no case folding: the dotless i would become an i, and
// folded Cherokee letters are upper case.
const AS_THEY_ARE = /[\u0131\u13a0-\u13ff\uab70-\uabbf]/u

/**
 * Turn each character alone to upper case and back: JavaScript has no case folding. One by one,
 * because a final sigma depends on its neighbours otherwise.
 *
 * @param {string} text
 */
function foldCase(text) {
  let folded = ''
  for (const character of text) {
    if (AS_THEY_ARE.test(character)) folded += cherokee(character)
    else for (const part of character.toUpperCase()) folded += part.toLowerCase()
  }
  return folded
}

/** @param {string} character */
function cherokee(character) {
  return character === '\u0131' ? character : character.toUpperCase()
}

/**
 * Split a text into case- and accent-folded words, in order.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function tokens(text) {
  let plain = text.normalize('NFKD').replace(MARK, '')
  plain = foldCase(plain).normalize('NFKD').replace(MARK, '')
  return (plain.match(WORD) ?? []).map(cut)
}

/** @param {string} word */
function cut(word) {
  return word.length <= LONGEST ? word : [...word].slice(0, LONGEST).join('')
}

/**
 * Words of a query without repetition; the last one is meant as a beginning.
 *
 * @param {string|null|undefined} q
 * @returns {string[]}
 */
export function queryTokens(q) {
  const words = tokens(q ?? '')
  const last = words.pop()
  if (last === undefined) return []
  return [...new Set(words.filter((word) => word !== last)), last]
}

/**
 * Weight of a word in whole 1024ths, so that every engine adds up to the same score.
 *
 * @param {number} matching Items with the word.
 * @param {number} items All items.
 */
export function wordWeight(matching, items) {
  const odds = (items - matching + 0.5) / (matching + 0.5)
  return Math.floor(1024 * Math.log(1 + odds) + 0.5)
}

/**
 * Order by code point, as the index's texts are sorted; JavaScript's own compares UTF-16 units.
 *
 * @param {string} a
 * @param {string} b
 */
export function compareText(a, b) {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) {
      // Surrogates stand for code points beyond all other units.
      const high = (/** @type {number} */ unit) => unit >= 0xd800 && unit <= 0xdfff
      if (high(x) !== high(y)) return high(x) ? 1 : -1
      return x - y
    }
  }
  return a.length - b.length
}
