// A button beside each piece of code that copies it.

import { t } from '../i18n.js'

const SHOWN_FOR = 2000

/** Put the buttons in. */
export function startCopying() {
  for (const snippet of document.querySelectorAll('.snippet')) addButton(snippet)
}

/** @param {Element} snippet */
export function addButton(snippet) {
  const code = snippet.querySelector('pre')
  if (!code || snippet.querySelector('.copy')) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button button--small copy'
  button.textContent = t('Copy')
  button.addEventListener('click', () => void copy(code, button))
  snippet.append(button)
}

/**
 * @param {HTMLElement} code
 * @param {HTMLElement} button
 */
async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent ?? '')
    button.textContent = t('Copied')
  } catch {
    // Not allowed, as without https: mark it, so that one keystroke does it.
    getSelection()?.selectAllChildren(code)
    button.textContent = t('Press Ctrl+C')
  }
  setTimeout(() => (button.textContent = t('Copy')), SHOWN_FOR)
}
