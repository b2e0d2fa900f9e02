// "Copy this search as ..." and the downloads: one dialog.

import { t, tn } from '../i18n.js'
import { toCsv } from './csv.js'
import { h } from './dom.js'
import { openDialog } from './dialog.js'
import { toQuery } from './query.js'
import { LANGUAGES, snippet } from './snippets.js'
import { NotInSql } from './sqlfilter.js'
import { hubRoot } from './links.js'

/**
 * @typedef {import('./client.js').SearchHub} SearchHub
 * @typedef {import('./snippets.js').Language} Language
 * @typedef {import('./state.js').State} State
 */

const SHOWN_FOR = 2000
/** Items are read one by one: more would be a burden on the host. */
export const MOST_ITEMS = 2000

/**
 * @param {State} state
 * @param {SearchHub} hub
 */
export function openShare(state, hub) {
  const query = toQuery(state)
  const code = h('pre', { class: 'share__code', tabindex: 0, dir: 'ltr' })
  const copy = h('button', { type: 'button', class: 'button button--primary' }, t('Copy'))
  const tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': t('Copy this search as') })
  const panel = h('div', { role: 'tabpanel', id: 'share-panel', 'aria-labelledby': 'share-python' }, code, copy)
  const choose = (/** @type {Language} */ language, focus = false) => {
    code.textContent = written(language, query, hub, state)
    code.setAttribute('aria-label', language)
    for (const tab of tabs.children) {
      const on = tab.id === `share-${language}`
      tab.setAttribute('aria-selected', String(on))
      tab.setAttribute('tabindex', on ? '0' : '-1')
      if (on && focus) /** @type {HTMLElement} */ (tab).focus()
    }
    panel.setAttribute('aria-labelledby', `share-${language}`)
  }
  for (const language of LANGUAGES) {
    const attributes = { type: 'button', role: 'tab', class: 'tabs__tab', id: `share-${language}`, 'aria-controls': 'share-panel' }
    tabs.append(h('button', { ...attributes, click: () => choose(language) }, NAMES[language]()))
  }
  tabs.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!by) return
    const at = [...tabs.children].findIndex((tab) => tab.getAttribute('aria-selected') === 'true')
    choose(/** @type {Language} */ (LANGUAGES[(at + by + LANGUAGES.length) % LANGUAGES.length]), true)
  })
  copy.addEventListener('click', () => void copyText(code, copy))
  choose('python')
  openDialog(t('Copy this search as'), [tabs, panel], 'share')
}

/** @type {Record<Language, () => string>} */
const NAMES = {
  python: () => 'Python',
  r: () => 'R',
  sql: () => 'SQL',
  shell: () => t('Shell'),
  url: () => 'URL',
}

/**
 * @param {Language} language
 * @param {import('./query.js').SearchQuery} query
 * @param {SearchHub} hub
 * @param {State} state
 */
function written(language, query, hub, state) {
  void state
  try {
    return snippet(language, query, { root: hubRoot(), items: hub.manifest.items, page: location.href })
  } catch (error) {
    if (error instanceof NotInSql) return `-- ${t('The filter asks for what the index file does not hold. Take Python or the shell.')}`
    return `-- ${error instanceof Error ? error.message : String(error)}`
  }
}

/**
 * @param {HTMLElement} code
 * @param {HTMLElement} button
 */
async function copyText(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent ?? '')
    button.textContent = t('Copied')
  } catch {
    getSelection()?.selectAllChildren(code) // Not allowed: mark it, so that one keystroke does it.
    button.textContent = t('Press Ctrl+C')
  }
  setTimeout(() => (button.textContent = t('Copy')), SHOWN_FOR)
}

/**
 * @param {State} state
 * @param {SearchHub} hub
 * @param {'json' | 'csv'} format
 * @param {(text: string) => void} tell
 * @param {AbortSignal} signal
 */
export async function download(state, hub, format, tell, signal) {
  const query = toQuery(state)
  /** @type {import('./client.js').Hit[]} */
  const hits = []
  const most = format === 'csv' ? Infinity : MOST_ITEMS
  for await (const hit of hub.each(query, { signal })) {
    hits.push(hit)
    if (hits.length >= most) break
  }
  if (format === 'csv') return save('models.csv', 'text/csv', toCsv(hits, hubRoot()))
  const features = []
  for (let at = 0; at < hits.length; at += 8) {
    const batch = hits.slice(at, at + 8).map(({ collection, id }) => hub.item(collection, id, { signal }))
    features.push(...(await Promise.all(batch)))
    tell(tn('{n} model read', '{n} models read', features.length))
  }
  save('models.json', 'application/geo+json', itemCollection(features, hits))
  if (hits.length >= most) tell(t('The first {n} models were saved. Take Python or the shell for all.', { n: most }))
}

/**
 * Items with addresses that hold wherever the file is moved to.
 * @param {any[]} features
 * @param {import('./client.js').Hit[]} hits
 */
function itemCollection(features, hits) {
  const whole = features.map((item, at) => {
    const { collection = '', id = '' } = hits[at] ?? {}
    const base = new URL(`${encodeURIComponent(collection)}/${encodeURIComponent(id)}/${encodeURIComponent(id)}.json`, hubRoot()).href
    return absolute(item, base)
  })
  return JSON.stringify({ type: 'FeatureCollection', features: whole, links: [], numberMatched: whole.length, numberReturned: whole.length })
}

/**
 * @param {any} item
 * @param {string} base
 */
export function absolute(item, base) {
  const fixed = (/** @type {any} */ part) =>
    typeof part?.href === 'string' && URL.canParse(part.href, base) ? { ...part, href: new URL(part.href, base).href } : part
  const links = (item.links ?? []).filter((/** @type {any} */ link) => link?.rel !== 'self').map(fixed)
  const assets = Object.fromEntries(Object.entries(item.assets ?? {}).map(([key, asset]) => [key, fixed(asset)]))
  return { ...item, links: [...links, { rel: 'self', href: base, type: 'application/geo+json' }], assets }
}

/**
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = h('a', { href: address, download: name })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(address), SHOWN_FOR)
}
