// "Bands I have": whether the chosen bands must occur in a model, or are all that it may need.

import { t } from '../i18n.js'
import { SENSORS } from './bands.js'
import { h } from './dom.js'

/**
 * @typedef {import('./state.js').State} State
 * @typedef {import('./store.js').Store} Store
 */

/** @param {Store} store */
export function bandChooser(store) {
  let having = store.state.facets.bands === undefined
  const uses = mode(t('Uses any of these'))
  const has = mode(t('I have only these'))
  const presets = h('div', { class: 'presets' })
  const choose = (/** @type {string[]} */ values) => {
    const facets = { ...store.state.facets }
    delete facets.bands
    if (!having && values.length) facets.bands = values
    store.set({ facets, have: having ? values : [] })
  }
  const switchTo = (/** @type {boolean} */ next) => {
    const values = having ? store.state.have : (store.state.facets.bands ?? [])
    having = next
    choose(values)
    show()
  }
  uses.input.addEventListener('change', () => switchTo(false))
  has.input.addEventListener('change', () => switchTo(true))
  const show = () => {
    uses.input.checked = !having
    has.input.checked = having
    presets.hidden = !having
  }
  for (const { name, bands } of SENSORS) {
    presets.append(preset(name, () => choose(same(store.state.have, bands) ? [] : bands)))
  }
  const element = h(
    'div',
    { class: 'modes' },
    h('fieldset', { class: 'modes__set' }, h('legend', { class: 'visually-hidden' }, t('How to match')), has.element, uses.element),
    presets,
  )
  /**
   * @param {State} state
   * @param {Map<string, number>} known Bands that models have.
   */
  const update = (state, known) => {
    if (state.have.length) having = true
    else if (state.facets.bands?.length) having = false
    show()
    SENSORS.forEach(({ bands }, at) => {
      const button = /** @type {HTMLElement} */ (presets.children[at])
      button.hidden = !bands.some((band) => known.has(band))
      button.setAttribute('aria-pressed', String(same(state.have, bands)))
    })
  }
  return { element, change: choose, update }
}

/** @param {string} label */
function mode(label) {
  const input = h('input', { type: 'radio', name: 'band-mode' })
  return { input, element: h('label', { class: 'modes__one' }, input, label) }
}

/**
 * @param {string} name
 * @param {() => void} act
 */
function preset(name, act) {
  return h('button', { type: 'button', class: 'chip preset', 'aria-pressed': 'false', click: act }, name)
}

/**
 * @param {string[]} a
 * @param {string[]} b
 */
function same(a, b) {
  return a.length === b.length && a.every((value) => b.includes(value))
}
