// Mirrors builder/geocairn/compile/pages/markdown.py: Markdown that others wrote, as safe HTML.

/**
 * @typedef {Object} Options
 * @property {string} [without] Text of a first paragraph to leave out.
 * @property {number} [top] Level of the highest headings.
 * @property {string} [folder] Address that relative links start from, ending with a slash.
 */

/** @type {Record<string, string>} */
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;' }
// Text without any of these is a paragraph as it stands, and needs nothing that must be loaded.
const MARKED = /[*_`[\]<>#|~\\&!\n]|^\s*([-+]|\d+[.)])\s|^\s{4}/

/**
 * @param {string} source CommonMark, with tables and strikethrough.
 * @param {Options} [options]
 */
export async function markdown(source, options = {}) {
  if (MARKED.test(source)) return (await import('./card.js')).rendered(source, options)
  return source.trim() ? `<p>${source.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)}</p>` : ''
}
