// Mirrors builder/geocairn/compile/pages/view/links.py.

import { known, objects, record, text } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/
// eslint-disable-next-line no-control-regex
const IGNORED = /[\x00-\x20\x7f]/g
const ALLOWED = ['http', 'https', 'mailto']
const PLACE = [
  'self', 'root', 'parent', 'collection', 'item', 'items', 'child', 'alternate',
  'predecessor-version', 'successor-version', 'latest-version',
]
/** @type {Record<string, string>} */
const LINEAGE = {
  derived_from: 'derived',
  'derived-from': 'derived',
  'base-model': 'derived',
  'pretrained-on': 'trained',
  'trained-on': 'trained',
  trained_on: 'trained',
  'training-data': 'trained',
  dataset: 'trained',
}
const DOI = /^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:)?(10\.\d{4,9}\/\S+)$/
const STAC_FILE = /^(\.\.\/(?:[^/?#]+\/)*)([^/?#]+)\/\2\.json$/

/** @param {any} href @returns {string | null} */
export function linkTarget(href) {
  const given = typeof href === 'string' ? href.replace(IGNORED, '') : ''
  if (given.toLowerCase().startsWith('doi:')) {
    return `https://doi.org/${quoted(given.slice(4), "/:;()._-")}`
  }
  const scheme = SCHEME.exec(given)
  if (scheme) return ALLOWED.includes(scheme[1]?.toLowerCase() ?? '') ? given : null
  return given && !given.startsWith('//') && !given.startsWith('\\') ? given : null
}

/** @param {string} value @param {string} safe As Python's urllib.parse.quote has it. */
export function quoted(value, safe) {
  const encoded = encodeURIComponent(value).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return encoded.replace(/%[0-9A-F]{2}/g, (code) => {
    const letter = decoded(code)
    return letter !== null && safe.includes(letter) ? letter : code
  })
}

/** @param {string} code */
function decoded(code) {
  const number = parseInt(code.slice(1), 16)
  return number < 128 ? String.fromCharCode(number) : null
}

/** @param {string} href @param {string | null} [hub] */
export function pageOf(href, hub = null) {
  const inside = hub !== null && href.startsWith(hub)
  const found = STAC_FILE.exec(inside ? `../../${href.slice(hub.length)}` : href)
  return found ? `${found[1]}${found[2]}/index.html` : href
}

/** @param {Json} item */
export function linksOf(item) {
  const found = []
  const card = cardHref(text(item.id) ?? '')
  for (const raw of objects(item.links)) {
    const [rel, href] = [text(raw.rel), linkTarget(raw.href)]
    if (rel === 'describedby' && href === card) continue // The page shows it.
    if (rel && href && !PLACE.includes(rel) && !Object.hasOwn(LINEAGE, rel)) {
      found.push({ rel, href, title: text(raw.title) ?? href })
    }
  }
  return known(found)
}

/** Address of a model card, from its item. @param {string} id */
export function cardHref(id) {
  return `./${quoted(id, "/-._~!$&'()*+,;=:@")}.md`
}

/** @param {Json} item @param {string | null} hub */
export function lineageOf(item, hub) {
  const found = []
  for (const raw of objects(item.links)) {
    const rel = text(raw.rel) ?? ''
    const [kind, href] = [Object.hasOwn(LINEAGE, rel) ? LINEAGE[rel] : null, linkTarget(raw.href)]
    if (kind && href) found.push({ kind, href: pageOf(href, hub), title: text(raw.title) ?? href })
  }
  const source = text(record(item.properties)['mlm:pretrained_source'])
  if (source) {
    const href = SCHEME.test(source) ? linkTarget(source) : null
    found.push({ kind: 'pretrained', href, title: source })
  }
  return known(found)
}

/** @param {Json} item @returns {Json | null} */
export function versionsOf(item) {
  /** @type {Json} */
  const found = { predecessor: null, successor: null, latest: null }
  for (const raw of objects(item.links)) {
    const [relation, href] = [text(raw.rel), text(raw.href)]
    const local = STAC_FILE.exec(href ?? '')
    const name = /^(predecessor|successor|latest)-version$/.exec(relation ?? '')?.[1]
    if (local && name) found[name] = { id: local[2], href: pageOf(href ?? '') }
  }
  return Object.values(found).some(Boolean) ? found : null
}

/** @param {Json} item @returns {string | null} */
export function doiOf(item) {
  const cited = objects(item.links).filter((raw) => raw.rel === 'cite-as')
  for (const value of [record(item.properties)['sci:doi'], ...cited.map((raw) => raw.href)]) {
    const found = DOI.exec(text(value) ?? '')
    if (found) return found[1] ?? null
  }
  return null
}
