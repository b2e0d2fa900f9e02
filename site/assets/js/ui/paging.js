// Pages of results.

import { number, t } from '../i18n.js'
import { h } from './dom.js'
import { PAGE_SIZE, toSearch } from './state.js'

/**
 * The numbers to offer: the first, the last, and those around the current one; 0 is a gap.
 * @param {number} page
 * @param {number} last
 * @returns {number[]}
 */
export function pageNumbers(page, last) {
  const wanted = [1, page - 1, page, page + 1, last].filter((one) => one >= 1 && one <= last)
  const sorted = [...new Set(wanted)].sort((a, b) => a - b)
  return sorted.flatMap((one, at) => {
    const gap = at > 0 ? one - (sorted[at - 1] ?? 0) : 1
    if (gap === 2) return [one - 1, one]
    return gap > 2 ? [0, one] : [one]
  })
}

/**
 * @param {import('./store.js').Store} store
 * @param {{more: boolean, matched: number | null}} found
 * @param {() => void} turned Called after going to another page.
 */
export function paging(store, { more, matched }, turned) {
  const { state } = store
  const last = matched === null ? state.page + (more ? 1 : 0) : Math.max(1, Math.ceil(matched / PAGE_SIZE))
  if (last <= 1 && state.page === 1) return null
  const link = (/** @type {number} */ page, /** @type {string} */ text, /** @type {Record<string, string>} */ attributes = {}) =>
    h('a', {
      class: 'paging__page', href: toSearch({ ...state, page }) || location.pathname, ...attributes,
      click: (/** @type {MouseEvent} */ event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        store.set({ page })
        turned()
      },
    }, text)
  const numbers = pageNumbers(state.page, last).map((page) => {
    if (!page) return h('span', { class: 'paging__gap' }, '…')
    const current = page === state.page
    return link(page, number(page), current ? { 'aria-current': 'page' } : { 'aria-label': t('Page {n}', { n: page }) })
  })
  return h('nav', { class: 'paging', 'aria-label': t('Pages of results') },
    state.page > 1 && link(state.page - 1, t('Previous'), { rel: 'prev' }),
    ...numbers,
    state.page < last && link(state.page + 1, t('Next'), { rel: 'next' }))
}
