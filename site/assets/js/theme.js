// Applies the theme and notes that scripts run, before anything is drawn; so it is not a module.

try {
  const theme = localStorage.getItem('geocairn-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden; the system's preference holds then.
}
document.documentElement.classList.add('js')
