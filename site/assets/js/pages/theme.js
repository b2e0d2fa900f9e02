// The switch between light and dark. assets/js/theme.js applies the choice on the next page.

const KEY = 'geocairn-theme'

/** The theme that shows now, by choice or by the system's preference. */
function current() {
  const chosen = document.documentElement.dataset.theme
  if (chosen) return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** Show the switch, and let it work. */
export function startTheme() {
  for (const button of document.querySelectorAll('[data-theme-switch]')) {
    if (!(button instanceof HTMLElement)) continue
    button.hidden = false
    button.addEventListener('click', () => {
      const theme = current() === 'dark' ? 'light' : 'dark'
      document.documentElement.dataset.theme = theme
      remember(theme)
    })
  }
}

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Storage may be forbidden; the choice holds for this page then.
  }
}
