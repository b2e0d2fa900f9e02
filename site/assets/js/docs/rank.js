// Which sections of the documentation have all words of a question, the best first.

/** @typedef {{ location: string, title: string, text: string }} Section */

const TITLE = 20
const BEGINS = 3
const MOST = 5

/**
 * @param {Section[]} sections
 * @param {string} asked
 * @returns {Section[]}
 */
export function rank(sections, asked) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return []
  return sections
    .map((section) => ({ section, score: score(section, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ section }) => section)
}

/**
 * How well a section fits; 0 if a word is missing.
 *
 * @param {Section} section
 * @param {string[]} words
 */
function score({ title, text }, words) {
  const heading = title.toLowerCase()
  const body = text.toLowerCase()
  let sum = 0
  for (const word of words) {
    const times = Math.min(MOST, body.split(word).length - 1)
    const within = heading.includes(word) ? TITLE : 0
    if (!times && !within) return 0
    sum += times + within + (heading.startsWith(word) ? BEGINS : 0)
  }
  return sum
}
