// Making elements, without a framework.

const SVG = 'http://www.w3.org/2000/svg'

/** @typedef {Node | string | null | undefined | false} Child */
/** @typedef {Record<string, unknown>} Attributes Functions listen; true and false are flags. */

/**
 * An HTML element. Texts become text, never markup.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  fill(element, attributes, children)
  return element
}

/**
 * An SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name)
  fill(element, attributes, children)
  return element
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 * @param {(Child | Child[])[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue
    if (typeof value === 'function') {
      element.addEventListener(name, /** @type {EventListener} */ (value))
    } else element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children.flat()) if (child || child === '') element.append(child)
}

/**
 * The element with an id, which the page's template has.
 * @template {Element} [E=HTMLElement]
 * @param {string} id
 * @returns {E}
 */
export function byId(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return /** @type {any} */ (found)
}

/**
 * Call later, once, after the last of many calls.
 * @template {unknown[]} A
 * @param {(...values: A) => void} act
 * @param {number} wait In milliseconds.
 * @returns {((...values: A) => void) & {cancel: () => void}}
 */
export function debounced(act, wait) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const later = (/** @type {A} */ ...values) => {
    clearTimeout(timer)
    timer = setTimeout(() => act(...values), wait)
  }
  return Object.assign(later, { cancel: () => clearTimeout(timer) })
}

/**
 * An icon of the set in this file; decoration, so it has no name.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const attributes = { class: 'icon', viewBox: '0 0 20 20', 'aria-hidden': 'true' }
  return svg('svg', attributes, svg('path', { d: ICONS[name] }))
}

const ICONS = {
  close: 'M5 5l10 10M15 5L5 15',
  search: 'M13.5 13.5L18 18M8.5 15a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  box: 'M4 5h12v10H4z',
  polygon: 'M10 3l7 6-3 8H6L3 8z',
  edit: 'M4 16l1-4 8-8 3 3-8 8z',
  world: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M2.5 10h15M10 2.5c5 5 5 10 0 15M10 2.5c-5 5-5 10 0 15',
  download: 'M10 3v10M6 9.5l4 4 4-4M4 17h12',
  share: 'M7 6L3 10l4 4M13 6l4 4-4 4',
  compare: 'M4 4h5v12H4zM11 4h5v12h-5z',
  model: 'M10 2.5l6.5 3.7v7.6L10 17.5l-6.5-3.7V6.200zM10 10l6.500-3.800M10 10v7.500M10 10L3.500 6.200',
  folder: 'M3 5h5l2 2h7v9H3z',
  tag: 'M3 3h7l7 7-7 7-7-7zM6.500 6.500h.01',
  word: 'M4 6h12M4 10h12M4 14h7',
}
