// Which band of the image is which of the model's.

import { t } from '../i18n.js'
import { h } from '../ui/dom.js'

/** @typedef {{wanted: string[], offered: {index: number, label: string}[], mapping: (number | null)[]}} Found */

/**
 * Fill a place with a choice for each band.
 * @param {HTMLElement} place
 * @param {Found} found
 * @param {() => void} changed
 */
export function bandFields(place, { wanted, offered, mapping }, changed) {
  const chosen = wanted.map((name, at) => {
    const select = h('select', { class: 'field', id: `try-band-${at}` }, h('option', { value: '' }, t('Choose …')))
    for (const { index, label } of offered) {
      const text = t('Band {n}', { n: index + 1 })
      select.append(h('option', { value: index, selected: mapping[at] === index }, label ? `${text}: ${label}` : text))
    }
    select.addEventListener('change', changed)
    return { name, select }
  })
  const missing = mapping.includes(null)
  place.replaceChildren(
    h(
      'details',
      { class: 'details', open: missing },
      h('summary', {}, missing ? t('Say which band is which') : t('Bands: {bands}', { bands: wanted.join(', ') })),
      h('div', { class: 'try__fields' }, ...chosen.map(({ name, select }) => h('p', {}, h('label', { for: select.id }, name), select))),
    ),
  )
  place.hidden = false
  return {
    /** The image's band for each of the model's; null while one is missing. */
    mapping() {
      const values = chosen.map(({ select }) => select.value)
      return values.includes('') ? null : values.map(Number)
    },
  }
}
