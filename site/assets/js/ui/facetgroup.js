// One facet of words: check boxes with counts, the commonest first.

import { number, t, tn } from '../i18n.js'
import { h } from './dom.js'

/** Shown before "show all". */
const FEW = 7
/** From this many on there is a field to narrow them. */
const MANY = 15
const MOST = 400

/**
 * @typedef {Object} Choice
 * @property {string} value
 * @property {string} label
 * @property {number} count
 * @property {string} [section] Heading above the first choice of it.
 */

/** A list of choices that is updated in place, so that the focus stays where it is. */
export class FacetGroup {
  #list = h('ul', { class: 'facet__list list-plain' })
  #more = h('button', { type: 'button', class: 'facet__more' })
  #narrow
  #chosenCount = h('span', { class: 'facet__chosen', hidden: true })
  #all = false
  /** @type {Choice[]} */
  #choices = []
  /** @type {Set<string>} */
  #chosen = new Set()

  /**
   * @param {string} title
   * @param {{open: boolean, change: (values: string[]) => void, single?: boolean, before?: Node}} options
   *   `single`: at most one choice; `before`: what stands above the list.
   */
  constructor(title, { open, change, single = false, before }) {
    this.change = change
    this.single = single
    const label = t('Narrow {facet}', { facet: title })
    this.#narrow = h('input', {
      type: 'search', class: 'field facet__narrow', 'aria-label': label, placeholder: label,
      hidden: true, autocomplete: 'off',
    })
    this.#narrow.addEventListener('input', () => this.#draw())
    this.#more.addEventListener('click', () => {
      this.#all = !this.#all
      this.#draw()
    })
    this.#list.addEventListener('change', (event) => this.#toggled(event))
    const heading = h('summary', { class: 'facet__title' }, title, this.#chosenCount)
    const body = h('div', { class: 'facet__body' }, before, this.#narrow, this.#list, this.#more)
    this.element = h('details', { class: 'facet', open }, heading, body)
  }

  /** @param {Event} event */
  #toggled(event) {
    const { value, checked } = /** @type {HTMLInputElement} */ (event.target)
    const others = this.single ? [] : [...this.#chosen].filter((other) => other !== value)
    this.change(checked ? [...others, value] : others)
  }

  /**
   * @param {Choice[]} choices In order, those chosen among them.
   * @param {string[]} chosen
   */
  update(choices, chosen) {
    this.#chosen = new Set(chosen)
    this.#choices = choices
    this.element.hidden = this.#choices.length === 0
    this.#chosenCount.hidden = chosen.length === 0
    this.#chosenCount.textContent = number(chosen.length)
    this.#draw()
  }

  #draw() {
    const focused = /** @type {HTMLInputElement | null} */ (
      this.#list.contains(document.activeElement) ? document.activeElement : null
    )?.value
    const wanted = this.#narrow.value.trim().toLowerCase()
    const fitting = this.#choices.filter(
      ({ label, value }) => !wanted || `${label} ${value}`.toLowerCase().includes(wanted),
    )
    const shown = this.#all || wanted ? fitting.slice(0, MOST) : this.#first(fitting)
    this.#narrow.hidden = this.#choices.length < MANY || (!this.#all && !wanted)
    this.#more.hidden = Boolean(wanted) || fitting.length <= FEW + 1
    const rest = fitting.length
    this.#more.textContent = this.#all ? t('Show fewer') : tn('Show {n}', 'Show all {n}', rest)
    const most = Math.max(1, ...this.#choices.map(({ count }) => count))
    /** @type {Node[]} */
    const rows = []
    let section = ''
    for (const choice of shown) {
      if (choice.section && choice.section !== section) {
        section = choice.section
        rows.push(h('li', { class: 'facet__section' }, section))
      }
      rows.push(this.#row(choice, most))
    }
    this.#list.replaceChildren(...rows)
    if (focused !== undefined) this.#focus(focused)
  }

  /**
   * Those chosen always show, then the first ones.
   * @param {Choice[]} choices
   */
  #first(choices) {
    if (choices.length <= FEW + 1) return choices
    return choices.filter(({ value }, at) => at < FEW || this.#chosen.has(value))
  }

  /**
   * @param {Choice} choice
   * @param {number} most
   */
  #row({ value, label, count }, most) {
    const checked = this.#chosen.has(value)
    const box = h('input', { type: 'checkbox', value, checked })
    const row = h(
      'label',
      { class: count || checked ? 'choice' : 'choice choice--none' },
      box,
      h('span', { class: 'choice__label', dir: 'auto' }, label),
      h('span', { class: 'choice__count' }, number(count)),
    )
    row.style.setProperty('--share', String(count / most))
    return h('li', {}, row)
  }

  /** @param {string} value */
  #focus(value) {
    for (const box of this.#list.querySelectorAll('input')) if (box.value === value) box.focus()
  }
}
