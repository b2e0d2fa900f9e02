// The image with the result over it, the classes with their areas, and files to take away.

import { number, t } from '../i18n.js'
import { h, svg } from '../ui/dom.js'
import { share } from '../ui/format.js'
import { areas } from './words.js'

/** @typedef {import('./overlay.js').Drawn} Drawn */
/** @typedef {import('./predict.js').Row} Row */
/** @typedef {{value: number, name: string, color: [number, number, number], count: number, share: number, area: number | null}} Shown */
/** @typedef {{kind: string, height: number, width: number, rows: Row[], background: number | null, classes: Shown[], files: Record<string, boolean>, unplaced: string, picture: (Drawn & {low: number, high: number}) | null}} Found */

const MOST_ROWS = 100
const MOST_CLASSES = 10

export class Results {
  /**
   * @param {(what: 'classes' | 'scores' | 'features') => Promise<Blob>} save
   * @param {(error: unknown) => void} failed
   */
  constructor(save, failed) {
    this.save = save
    this.failed = failed
    this.image = h('canvas', { class: 'try__image', role: 'img', 'aria-label': t('The image') })
    this.over = h('canvas', { class: 'try__over', role: 'img', 'aria-label': t('The result') })
    this.opacity = h('input', { type: 'range', id: 'try-opacity', min: 0, max: 100, value: 60 })
    this.opacity.addEventListener('input', () => this.shine())
    this.slider = h('p', { class: 'try__slider', hidden: true }, h('label', { for: 'try-opacity' }, t('Opacity of the result')), this.opacity)
    this.figure = h('figure', { class: 'try__figure', hidden: true }, h('div', { class: 'try__stage' }, this.image, this.over), this.slider)
    this.text = h('div', { class: 'try__results' })
    this.element = h('div', { class: 'try__shown' }, this.figure, this.text)
    this.size = { height: 1, width: 1 }
  }

  clear() {
    this.figure.hidden = true
    this.slider.hidden = true
    this.over.hidden = true
    this.text.replaceChildren()
  }

  /** @param {{picture: Drawn, height: number, width: number}} found */
  picture({ picture, height, width }) {
    this.clear()
    this.size = { height, width }
    paint(this.image, picture)
    this.figure.hidden = false
  }

  shine() {
    this.over.style.opacity = String(Number(this.opacity.value) / 100)
  }

  /** @param {Found} found */
  show(found) {
    if (found.picture) paint(this.over, found.picture)
    else this.boxes(found)
    this.over.hidden = false
    this.slider.hidden = false
    this.shine()
    this.text.replaceChildren(
      ...[found.picture && !found.classes.length ? scale(found.picture) : legend(found), table(found), this.downloads(found)].filter((one) => one !== null),
    )
  }

  /** Outlines of windows or objects. @param {Found} found */
  boxes({ rows, classes }) {
    const colors = new Map(classes.map(({ value, color }) => [value, color]))
    Object.assign(this.over, { width: this.image.width, height: this.image.height })
    const context = this.over.getContext('2d')
    if (!context) return
    const times = this.image.width / this.size.width
    context.lineWidth = 2
    for (const { box: [left, top, right, bottom], value } of rows) {
      context.strokeStyle = `rgb(${(colors.get(value ?? -1) ?? [228, 26, 28]).join()})`
      context.strokeRect(left * times + 1, top * times + 1, (right - left) * times - 2, (bottom - top) * times - 2)
    }
  }

  /** @param {Found} found */
  downloads({ kind, files, unplaced, classes }) {
    const button = (/** @type {'classes' | 'scores' | 'features'} */ what, /** @type {string} */ label, /** @type {string} */ name) =>
      files[what] ? h('button', { class: 'button', type: 'button', click: () => void this.download(what, name) }, label) : null
    const dense = kind === 'values' || kind === 'segmentation'
    const note = dense && !classes.length ? '' : unplaced
    return h(
      'div',
      { class: 'try__files' },
      h(
        'p',
        { class: 'cluster' },
        button('classes', t('Classes (GeoTIFF)'), 'classes.tif'),
        button('scores', kind === 'values' ? t('Values (GeoTIFF)') : t('Scores (GeoTIFF)'), 'scores.tif'),
        button('features', dense ? t('Polygons (GeoJSON)') : t('Results (GeoJSON)'), 'result.geojson'),
      ),
      note === 'place' && h('p', { class: 'muted small' }, t('The image does not say where it lies, so there is no GeoJSON, and areas are counted in pixels.')),
      note === 'crs' && h('p', { class: 'muted small' }, t('GeoJSON is in longitude and latitude, and the image’s reference system cannot be converted here; the GeoTIFF keeps it.')),
    )
  }

  /** @param {'classes' | 'scores' | 'features'} what @param {string} name */
  async download(what, name) {
    try {
      const link = h('a', { href: URL.createObjectURL(await this.save(what)), download: name })
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    } catch (error) {
      this.failed(error)
    }
  }
}

/** @param {HTMLCanvasElement} canvas @param {Drawn} drawn */
function paint(canvas, { data, height, width }) {
  Object.assign(canvas, { height, width })
  canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0)
}

/** @param {[number, number, number]} color */
function swatch(color) {
  const fill = `rgb(${color.map(Math.round).join()})`
  return svg('svg', { class: 'swatch', viewBox: '0 0 10 10', 'aria-hidden': 'true' }, svg('rect', { width: 10, height: 10, rx: 2, fill }))
}

/** Classes with their colours, shares and areas. @param {Found} found */
function legend({ classes, kind, rows }) {
  if (!classes.length || (kind === 'classification' && rows.length === 1)) return null
  const placed = classes.some(({ area }) => area !== null)
  const dense = kind === 'segmentation'
  const head = [t('Class'), t('Share'), placed ? t('Ground area') : dense ? t('Pixels') : t('Number')]
  const shown = dense ? classes : classes.filter(({ count }) => count)
  return h(
    'table',
    { class: 'table try__legend' },
    h('thead', {}, h('tr', {}, ...head.map((text, at) => h('th', { scope: 'col', class: at ? 'num' : '' }, text)))),
    h(
      'tbody',
      {},
      ...shown.map((one) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', dir: 'auto' }, swatch(one.color), ` ${one.name}`),
          h('td', { class: 'num' }, share(100 * one.share)),
          h('td', { class: 'num' }, one.area === null ? number(one.count) : areas(one.area)),
        ),
      ),
    ),
  )
}

/** Values from the lowest to the highest. @param {{low: number, high: number}} picture */
function scale({ low, high }) {
  const short = (/** @type {number} */ value) => number(Number(value.toPrecision(4)))
  return h('p', { class: 'cluster' }, short(low), swatch([68, 1, 84]), swatch([33, 145, 140]), swatch([253, 231, 37]), short(high))
}

/** Rows: what each window is, or the scores of the one there is. @param {Found} found */
function table({ kind, rows, classes }) {
  if (kind === 'segmentation' || kind === 'values') return null
  const [only] = rows
  if (!only) return h('p', {}, t('Nothing was found in this image.'))
  const lines =
    kind === 'classification' && rows.length === 1
      ? classes.map(({ name }, at) => ({ name, score: only.scores[only.scores.length === 1 ? 0 : at] ?? null })).filter((_, at) => only.scores.length > 1 || at === classes.length - 1)
      : rows.map(({ name, score, scores }, at) => ({ name: name || t('Window {n}', { n: number(at + 1) }), score: score ?? scores[0] ?? null }))
  const ranked = kind === 'regression' ? lines : lines.sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
  const most = kind === 'classification' && rows.length === 1 ? MOST_CLASSES : MOST_ROWS
  const shown = ranked.slice(0, most).map(({ name, score }) => h('tr', {}, h('th', { scope: 'row', dir: 'auto' }, name), h('td', { class: 'num' }, score === null ? '' : number(Number(score.toPrecision(4))))))
  return h(
    'div',
    { class: 'try__rows', tabindex: 0, role: 'group', 'aria-label': t('Results') },
    h(
      'table',
      { class: 'table' },
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, kind === 'regression' ? t('Window') : t('Class')), h('th', { scope: 'col', class: 'num' }, kind === 'regression' ? t('Value') : t('Score')))),
      h('tbody', {}, ...shown),
    ),
  )
}
