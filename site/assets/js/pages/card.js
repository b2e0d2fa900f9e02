// Model cards in the browser, for hubs too large for a page each: parsed as Python's markdown-it-py
// does, by the library that it is a port of, and cleaned by the same list of what is allowed.

import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'

/** @typedef {import('./markdown.js').Options} Options */
/** @typedef {import('markdown-it').Token} Token */

const TAGS = [
  'a', 'abbr', 'b', 'blockquote', 'br', 'caption', 'cite', 'code', 'dd', 'del', 'details',
  'div', 'dl', 'dt', 'em', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'ins', 'kbd', 'li',
  'mark', 'ol', 'p', 'pre', 'q', 's', 'samp', 'small', 'span', 'strong', 'sub', 'summary',
  'sup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'u', 'ul', 'var',
]
/** @type {Record<string, string[]>} */
const ATTRIBUTES = {
  a: ['href', 'title'],
  abbr: ['title'],
  ol: ['start'],
  td: ['colspan', 'rowspan', 'class'],
  th: ['colspan', 'rowspan', 'scope', 'class'],
}
const CLASSES = ['end', 'center']
/** @type {Record<string, string>} */
const ALIGNMENT = { 'text-align:right': 'end', 'text-align:center': 'center' }
const LINK = /^(?:(?:https?|mailto):|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i
const ABSOLUTE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:|[/#?\\])/

const parser = new MarkdownIt('commonmark').enable(['table', 'strikethrough'])

DOMPurify.addHook('uponSanitizeAttribute', (node, attribute) => {
  const allowed = ATTRIBUTES[node.nodeName.toLowerCase()] ?? []
  attribute.keepAttr = allowed.includes(attribute.attrName)
  if (attribute.attrName === 'class') {
    attribute.attrValue = attribute.attrValue.split(/\s+/).filter((name) => CLASSES.includes(name)).join(' ')
    attribute.keepAttr &&= attribute.attrValue !== ''
  }
})

/**
 * @param {string} source
 * @param {Options} options
 */
export function rendered(source, { without = '', top = 3, folder = '' }) {
  const tokens = beginning(parser.parse(source, {}), without.trim())
  settle(tokens, top)
  const html = parser.renderer.render(tokens, parser.options, {})
  // In the document of a template nothing is loaded or run, nor does the page's policy complain.
  const box = document.createElement('template').content.ownerDocument.createElement('div')
  box.innerHTML = html
  DOMPurify.sanitize(box, {
    IN_PLACE: true,
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: [...new Set(Object.values(ATTRIBUTES).flat())],
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    ALLOWED_URI_REGEXP: LINK,
    FORBID_CONTENTS: ['script', 'style'],
  })
  finish(box, folder)
  return box.innerHTML
}

/**
 * Without a title, for the page has one, and without what the page says already.
 * @param {Token[]} tokens
 * @param {string} without
 */
function beginning(tokens, without) {
  const rest = tokens[0]?.type === 'heading_open' && tokens[0].tag === 'h1' ? tokens.slice(3) : tokens
  const said = rest.length > 2 && rest[0]?.type === 'paragraph_open' && rest[1]?.content.trim() === without
  return without && said ? rest.slice(3) : rest
}

/**
 * Fit headings below the page's, alignment into classes, and images into links.
 * @param {Token[]} tokens
 * @param {number} top
 */
function settle(tokens, top) {
  const levels = tokens.filter(({ type }) => type === 'heading_open').map(({ tag }) => Number(tag[1]))
  const shift = top - Math.min(...(levels.length ? levels : [top]))
  for (const token of tokens) {
    if (token.type === 'heading_open' || token.type === 'heading_close') {
      token.tag = `h${Math.max(2, Math.min(6, Number(token.tag[1]) + shift))}`
    } else if (token.type === 'th_open' || token.type === 'td_open') align(token)
    else if (token.children) token.children = token.children.flatMap(withoutImage)
  }
}

/** @param {Token} cell */
function align(cell) {
  const at = cell.attrIndex('style')
  if (at < 0) return
  const name = ALIGNMENT[cell.attrGet('style') ?? '']
  cell.attrs?.splice(at, 1)
  if (name) cell.attrSet('class', name)
}

/** @param {Token} token */
function withoutImage(token) {
  if (token.type !== 'image') return [token]
  const source = String(token.attrGet('src') ?? '')
  const Kind = /** @type {new (type: string, tag: string, nesting: -1 | 0 | 1) => Token} */ (token.constructor)
  const [opened, text, closed] = [new Kind('link_open', 'a', 1), new Kind('text', '', 0), new Kind('link_close', 'a', -1)]
  opened.attrSet('href', source)
  text.content = token.content || String(source)
  return [opened, text, closed]
}

/**
 * What every link, heading of a table and piece of code needs besides.
 * @param {HTMLElement} box
 * @param {string} folder
 */
function finish(box, folder) {
  for (const link of box.querySelectorAll('a[href]')) {
    const href = link.getAttribute('href') ?? ''
    if (href && !ABSOLUTE.test(href)) link.setAttribute('href', folder + href)
    link.setAttribute('rel', 'nofollow noopener')
  }
  for (const heading of box.querySelectorAll('th')) {
    if (heading.textContent?.trim() || heading.hasAttribute('scope') || heading.childElementCount) {
      if (!heading.hasAttribute('scope')) heading.setAttribute('scope', 'col')
      continue
    }
    const cell = box.ownerDocument.createElement('td')
    if (heading.className) cell.className = heading.className
    heading.replaceWith(cell)
  }
  for (const code of box.querySelectorAll('pre')) code.tabIndex = 0
}
