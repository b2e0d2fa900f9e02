// Reloads the page after a build, and says when a build failed. Only a preview has this.

/** What the preview told when the page was opened. @type {number | null} */
let opened = null
/** @type {EventSource | null} */
let line = null

/** Listen, but only while the page is seen: a browser has few connections to one host. */
function listen() {
  line?.close()
  line = null
  if (document.hidden) return
  line = new EventSource('/.preview/events')
  line.addEventListener('message', (event) => {
    const { build, error } = JSON.parse(event.data)
    if (opened !== null && build !== opened) location.reload()
    opened = build
    tell(error)
  })
}

/** Show why the last build failed, or nothing. @param {string | null} error */
function tell(error) {
  document.getElementById('preview-error')?.remove()
  if (!error) return
  const box = document.createElement('pre')
  box.id = 'preview-error'
  box.setAttribute('role', 'alert')
  box.textContent = error
  Object.assign(box.style, {
    position: 'fixed',
    inset: 'auto 0 0',
    zIndex: '2147483647',
    maxHeight: '50vh',
    overflow: 'auto',
    margin: '0',
    padding: '1rem',
    background: '#5c1a14',
    color: '#fff',
    font: '0.875rem/1.5 ui-monospace, monospace',
    whiteSpace: 'pre-wrap',
  })
  document.body.append(box)
}

document.addEventListener('visibilitychange', listen)
window.addEventListener('pagehide', () => line?.close())
listen()
