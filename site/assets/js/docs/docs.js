// What the documentation's pages run: theme, copying, and a search over the index that mkdocs makes.

import { startCopying } from '../pages/copy.js'
import { startScrolling } from '../pages/scroll.js'
import { startTheme } from '../pages/theme.js'
import { rank } from './rank.js'

const SHOWN = 8

/** @typedef {import('./rank.js').Section} Section */

/** @type {Promise<Section[]> | null} */
let sections = null

/** The index, fetched when it is first asked for. @param {string} docs */
function index(docs) {
  sections ??= fetch(`${docs}search/search_index.json`)
    .then((answer) => answer.json())
    .then((found) => found.docs)
  return sections
}

/** @param {HTMLFormElement} form */
function startSearch(form) {
  const docs = document.documentElement.dataset.docs ?? './'
  const input = form.querySelector('input')
  /** @type {HTMLElement | null} */
  const box = form.querySelector('[data-found]')
  if (!input || !box) return
  form.hidden = false
  input.addEventListener('focus', () => void index(docs), { once: true })
  input.addEventListener('input', async () => {
    const asked = input.value
    const all = await index(docs)
    if (asked === input.value) show(box, asked, rank(all, asked).slice(0, SHOWN), docs)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    box.querySelector('a')?.click()
  })
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') box.hidden = true
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event, input, box)
  })
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !form.contains(event.target)) box.hidden = true
  })
}

/**
 * Go from one link to the next, and back to the field.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLInputElement} input
 * @param {HTMLElement} box
 */
function move(event, input, box) {
  const stops = [input, ...box.querySelectorAll('a')]
  const at = stops.findIndex((stop) => stop === document.activeElement)
  const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)]
  if (!next) return
  event.preventDefault()
  next.focus()
}

/**
 * @param {HTMLElement} box
 * @param {string} asked
 * @param {Section[]} found
 * @param {string} docs
 */
function show(box, asked, found, docs) {
  box.hidden = !asked.trim()
  const links = found.map(({ location, title, text }) => {
    const link = document.createElement('a')
    link.href = docs + location
    link.textContent = title
    const about = document.createElement('span')
    about.textContent = text.slice(0, 110)
    link.append(about)
    return link
  })
  if (links.length) box.replaceChildren(...links)
  else {
    const nothing = document.createElement('p')
    nothing.textContent = 'Nothing has all of these words.'
    box.replaceChildren(nothing)
  }
}

// What a program prints is not for copying.
for (const block of document.querySelectorAll('.highlight:not(.language-text)')) {
  block.classList.add('snippet')
}
startTheme()
startCopying()
startScrolling()
const form = document.querySelector('[data-search]')
if (form instanceof HTMLFormElement) startSearch(form)
