// What is wider than its place scrolls, and so must be within reach of the keyboard.

const WIDE = 'pre, .prose table, .scroll, .table'

/** Put such elements into the order of the Tab key, now and when the window's size changes. */
export function startScrolling() {
  let waiting = 0
  reachAll()
  window.addEventListener('resize', () => {
    cancelAnimationFrame(waiting)
    waiting = requestAnimationFrame(reachAll)
  })
}

/** Put what is too wide just now into the order of the Tab key. */
export function reachAll() {
  for (const one of document.querySelectorAll(WIDE)) {
    if (one instanceof HTMLElement) reach(one)
  }
}

/** @param {HTMLElement} one */
function reach(one) {
  if (one.scrollWidth > one.clientWidth) one.tabIndex = 0
}
