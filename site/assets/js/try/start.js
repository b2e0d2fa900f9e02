// The button that begins a trial; nothing else is loaded before it is pressed.

import { t } from '../i18n.js'

/** Make the page's button work, if it has one. */
export function startTrying() {
  const section = document.getElementById('try')
  const button = document.getElementById('try-start')
  if (!section || !(button instanceof HTMLButtonElement)) return
  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      const { Panel } = await import('./panel.js')
      await new Panel(section, button.closest('p') ?? button).begin()
    } catch (error) {
      button.disabled = false
      section.querySelector('.try__failed')?.remove()
      const notice = document.createElement('p')
      notice.className = 'notice notice--error try__failed'
      notice.setAttribute('role', 'alert')
      notice.textContent = t('This could not be loaded. Try again in a moment.')
      section.append(notice)
      console.warn(error)
    }
  })
}
