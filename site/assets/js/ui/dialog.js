// Dialogs on the browser's own <dialog>, which keeps the focus within and gives it back.

import { t } from '../i18n.js'
import { h, icon } from './dom.js'

/**
 * @param {string} title
 * @param {(Node | null)[]} content
 * @param {string} kind Part of its class name.
 * @param {() => void} [closed]
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, content, kind, closed) {
  const close = h('button', { type: 'button', class: 'dialog__close', 'aria-label': t('Close') }, icon('close'))
  const heading = h('h2', { class: 'dialog__title', id: `${kind}-title` }, title)
  const dialog = h(
    'dialog',
    { class: `dialog dialog--${kind}`, 'aria-labelledby': `${kind}-title` },
    h('div', { class: 'dialog__head' }, heading, close),
    h('div', { class: 'dialog__body' }, ...content),
  )
  close.addEventListener('click', () => dialog.close())
  // A press beside the dialog is one on its backdrop, which belongs to the dialog itself.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })
  dialog.addEventListener('close', () => {
    dialog.remove()
    closed?.()
  })
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}
