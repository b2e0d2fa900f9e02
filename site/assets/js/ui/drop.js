// A place to drop a file on, with a chooser for those who drop nothing.

/**
 * @param {HTMLElement} zone Has the chooser in it.
 * @param {(file: File) => unknown} take Is given every file that is dropped or chosen.
 */
export function dropZone(zone, take) {
  const chooser = zone.querySelector('input')
  const taken = (/** @type {FileList | null | undefined} */ files) => {
    const file = files?.[0]
    if (file) take(file)
  }
  chooser?.addEventListener('change', () => {
    taken(chooser.files)
  })
  const over = (/** @type {boolean} */ is) => zone.classList.toggle('drop--over', is)
  zone.addEventListener('dragover', (event) => {
    event.preventDefault()
    over(true)
  })
  zone.addEventListener('dragleave', () => over(false))
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    over(false)
    taken(event.dataTransfer?.files)
  })
}
