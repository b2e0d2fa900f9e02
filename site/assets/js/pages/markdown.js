// Markdown that others wrote, as HTML that is safe: paragraphs, headings, lists, code, emphasis and
// links. Everything is escaped first, and HTML in it stays text.

import { linkTarget } from './view/links.js'

/** @type {Record<string, string>} */
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => ESCAPES[letter] ?? letter)
}

/** @param {string} source */
export function markdown(source) {
  const blocks = source.replace(/\r\n?/g, '\n').split(/\n{2,}(?=\S|```)/)
  const html = []
  let fence = /** @type {string[] | null} */ (null)
  for (const block of blocks) {
    if (fence) fence.push(block)
    else if (/^```/.test(block)) fence = [block]
    else if (block.trim()) html.push(blockOf(block))
    if (fence && /\n```\s*$/.test(block)) {
      html.push(codeOf(fence.join('\n\n')))
      fence = null
    }
  }
  if (fence) html.push(codeOf(fence.join('\n\n')))
  return html.join('\n')
}

/** @param {string} block */
function codeOf(block) {
  const lines = block.trimEnd().split('\n').slice(1)
  if (/^```/.test(lines.at(-1) ?? '')) lines.pop()
  return `<pre><code>${escaped(lines.join('\n'))}</code></pre>`
}

/** @param {string} block */
function blockOf(block) {
  const heading = /^(#{1,6}) +(.*)$/.exec(block.trim())
  if (heading) {
    const level = Math.max(3, Math.min(6, (heading[1]?.length ?? 1) + 1))
    return `<h${level}>${inline(heading[2] ?? '')}</h${level}>`
  }
  const lines = block.trim().split('\n')
  for (const [pattern, tag] of /** @type {[RegExp, string][]} */ ([
    [/^[-*+] +/, 'ul'],
    [/^\d+[.)] +/, 'ol'],
  ])) {
    if (lines.every((line) => pattern.test(line))) {
      return `<${tag}>${lines.map((line) => `<li>${inline(line.replace(pattern, ''))}</li>`).join('')}</${tag}>`
    }
  }
  if (lines.length > 1 && /^\|?[\s:|-]+$/.test(lines[1] ?? '') && lines[0]?.includes('|')) return tableOf(lines)
  return `<p>${inline(lines.join('\n'))}</p>`
}

/** @param {string[]} lines */
function tableOf(lines) {
  /** @param {string} line @param {string} tag */
  const row = (line, tag) =>
    `<tr>${line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`)
      .join('')}</tr>`
  const [head = '', , ...body] = lines
  return `<table><thead>${row(head, 'th')}</thead><tbody>${body.map((line) => row(line, 'td')).join('')}</tbody></table>`
}

/** @param {string} source */
function inline(source) {
  return source
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? `<code>${escaped(part.slice(1, -1))}</code>` : marked(part)))
    .join('')
}

/** @param {string} source */
function marked(source) {
  return escaped(source)
    .replace(/\[([^\]]*)\]\(([^()\s]+)\)|&lt;(https?:\/\/[^\s&]+)&gt;/g, linked)
    .replace(/\*\*(?=\S)([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(?<![\w*])[*](?=\S)([^*]+)\*(?![\w*])/g, '<em>$1</em>')
}

/** @param {string} whole @param {string} label @param {string} address @param {string} bare */
function linked(whole, label, address, bare) {
  const href = linkTarget(bare ?? address.replaceAll('&amp;', '&'))
  if (!href) return label ?? whole
  return `<a href="${escaped(href)}" rel="nofollow noopener">${label || escaped(href)}</a>`
}
