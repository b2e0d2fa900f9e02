// Code to copy names the hub by the address that it was built for, or by a stand-in. What works for
// the reader is the address that this page came from.

/** Replace it in all code of the page, except where it is cited. */
export function nameTheHub() {
  const { hub, root } = document.documentElement.dataset
  if (!hub || root === undefined || !location.protocol.startsWith('http')) return
  const here = new URL(root || './', location.href).href
  if (here === hub) return
  for (const code of document.querySelectorAll('pre[data-snippet]:not([data-snippet=bibtex]) code')) {
    code.textContent = (code.textContent ?? '').replaceAll(hub, here)
  }
}
