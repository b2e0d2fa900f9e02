// The JSON behind a page, pretty-printed with links, once somebody wants to see it.

import { t } from '../i18n.js'
import { addButton } from './copy.js'

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LARGEST = 400_000

/** Show what is folded away, and fill it when it is opened. */
export function startRaw() {
  for (const raw of document.querySelectorAll('details[data-json]')) {
    if (!(raw instanceof HTMLDetailsElement)) continue
    raw.hidden = false
    raw.addEventListener('toggle', () => void fill(raw), { once: true })
  }
}

/** @param {HTMLDetailsElement} raw */
async function fill(raw) {
  const box = document.createElement('div')
  box.className = 'snippet'
  try {
    const response = await fetch(new URL(raw.dataset.json ?? '', location.href))
    if (!response.ok) throw new Error(String(response.status))
    const text = JSON.stringify(await response.json(), null, 2)
    const pre = document.createElement('pre')
    pre.tabIndex = 0
    pre.append(text.length > LARGEST ? text : coloured(text, response.url))
    box.append(pre)
    addButton(box)
  } catch {
    box.textContent = t('The description could not be loaded.')
  }
  raw.append(box)
}

/**
 * JSON with its tokens marked, and addresses as links.
 * @param {string} text
 * @param {string} base What relative addresses start from.
 */
export function coloured(text, base) {
  const found = document.createDocumentFragment()
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match
    found.append(text.slice(end, match.index))
    end = match.index + whole.length
    if (string === undefined) found.append(marked('number', whole))
    else if (colon !== undefined) found.append(marked('key', string), colon)
    else found.append(marked('string', linked(string, base) ?? string))
  }
  found.append(text.slice(end))
  return found
}

/**
 * @param {string} kind
 * @param {string | Node} content
 */
function marked(kind, content) {
  const span = document.createElement('span')
  span.className = `json__${kind}`
  span.append(content)
  return span
}

/**
 * @param {string} string
 * @param {string} base
 */
function linked(string, base) {
  const value = JSON.parse(string)
  if (!/^(https?:\/\/|\.{1,2}\/)\S+$/.test(value)) return null
  const link = document.createElement('a')
  try {
    link.href = new URL(value, base).href
  } catch {
    return null
  }
  link.rel = 'nofollow noopener'
  link.textContent = string
  return link
}
