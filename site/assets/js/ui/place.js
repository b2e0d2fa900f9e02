// Where: the map with its tools, and fields for the sides of a box.

import { t } from '../i18n.js'
import { byId, h, icon } from './dom.js'
import { loadLand } from './map/land.js'
import { WorldMap } from './map/map.js'
import { editableRing } from './map/shapes.js'
import { BoxTool, EditTool, PolygonTool } from './map/tool.js'
import { bounds } from './sql.js'
import { readBox } from './state.js'

/**
 * @typedef {import('./map/view.js').Position} Position
 * @typedef {import('./state.js').State} State
 * @typedef {import('./state.js').Box} Box
 * @typedef {import('./store.js').Store} Store
 */

/**
 * @param {Store} store
 * @param {HTMLElement} page The element with the map's settings.
 */
export function placePanel(store, page) {
  const frame = byId('map')
  const map = new WorldMap(frame, {
    tiles: page.dataset.tiles ?? '',
    attribution: page.dataset.attribution ?? '',
  })
  const bar = toolbar(store, map)
  const fields = sideFields(store)
  bar.element.append(fields.element)
  byId('map-tools').replaceChildren(bar.element)
  let shown = ''
  const update = (/** @type {State} */ state) => {
    map.setArea(state.bbox, state.intersects)
    bar.update(state)
    fields.update(state)
    const area = JSON.stringify([state.bbox, state.intersects])
    if (area !== shown && !bar.drawn) {
      const box = state.intersects ? bounds(state.intersects.coordinates) : state.bbox
      if (box || shown) map.show(box)
    }
    bar.drawn = false
    shown = area
  }
  const ready = loadLand(page.dataset.land ?? '').then((rings) => {
    map.setLand(rings)
    return rings
  })
  return { map, update, ready }
}

/**
 * @param {Store} store
 * @param {WorldMap} map
 */
function toolbar(store, map) {
  const box = toolButton('box', t('Box'), t('Draw a box'))
  const polygon = toolButton('polygon', t('Polygon'), t('Draw a polygon'))
  const clear = h('button', { type: 'button', class: 'map__tool-button' }, icon('close'), t('Clear'))
  const hint = h('p', { class: 'map__hint', 'aria-live': 'polite' })
  map.frame.append(hint) // Over the map, which stays where it is.
  const self = {
    element: h('div', { class: 'map__bar' }, box, polygon, clear),
    /** Whether the region comes from the map itself, which then stays where it is. */
    drawn: false,
    update,
  }
  const use = (/** @type {import('./map/tool.js').Tool | null} */ tool, /** @type {Element | null} */ button, text = '') => {
    map.tool = tool
    map.layer.replaceChildren()
    map.frame.classList.toggle('map--drawing', button !== null)
    for (const one of [box, polygon]) one.setAttribute('aria-pressed', String(one === button))
    hint.textContent = text
    tool?.draw()
  }
  const stop = () => {
    use(null, null)
    update(store.state)
  }
  const found = (/** @type {Partial<State>} */ patch) => {
    use(null, null)
    self.drawn = true
    store.set(patch)
  }
  box.addEventListener('click', () => {
    if (map.tool instanceof BoxTool) return stop()
    const done = (/** @type {Box} */ bbox) => found({ bbox, intersects: null })
    use(new BoxTool(map, { done, cancel: stop }), box, t('Drag from corner to corner. By keys: arrows move the cross, Enter sets a corner, Escape ends.'))
    map.frame.focus({ preventScroll: true })
  })
  polygon.addEventListener('click', () => {
    if (map.tool instanceof PolygonTool) return stop()
    const done = (/** @type {Position[]} */ ring) => found({ bbox: null, intersects: closed(ring) })
    use(new PolygonTool(map, { done, cancel: stop }), polygon, t('Press for each corner, the last one twice. By keys: arrows move the cross, Enter sets a corner, Escape takes one back.'))
    map.frame.focus({ preventScroll: true })
  })
  clear.addEventListener('click', () => {
    found({ bbox: null, intersects: null })
    box.focus()
  })

  /** @param {State} state What is there can be edited, unless something is being drawn. */
  function update(state) {
    clear.hidden = !state.bbox && !state.intersects
    if (map.tool && !(map.tool instanceof EditTool)) return
    use(editor(map, state, found), null)
  }
  return self
}

/**
 * @param {WorldMap} map
 * @param {State} state
 * @param {(patch: Partial<State>) => void} found
 */
function editor(map, { bbox, intersects }, found) {
  if (bbox && bbox[0] <= bbox[2]) {
    const done = (/** @type {Position[]} */ ring) =>
      found({ bbox: bounds(ring), intersects: null })
    return new EditTool(map, { corners: corners(bbox), moved: squared, done })
  }
  const ring = editableRing(intersects)
  if (!ring) return null
  const done = (/** @type {Position[]} */ next) => found({ bbox: null, intersects: closed(next) })
  return new EditTool(map, { corners: ring, moved: (next) => next, done })
}

/** @param {Box} box @returns {Position[]} */
function corners([w, s, e, n]) {
  return [[w, s], [e, s], [e, n], [w, n]]
}

/**
 * A box stays one: the corner opposite to the moved one holds.
 * @param {Position[]} ring
 * @param {number} at
 */
function squared(ring, at) {
  const held = /** @type {Position} */ (ring[at])
  const opposite = /** @type {Position} */ (ring[(at + 2) % 4])
  const next = [...ring]
  next[(at + 1) % 4] = at % 2 ? [held[0], opposite[1]] : [opposite[0], held[1]]
  next[(at + 3) % 4] = at % 2 ? [opposite[0], held[1]] : [held[0], opposite[1]]
  return next
}

/** @param {Position[]} ring */
function closed(ring) {
  return { type: 'Polygon', coordinates: [[...ring, /** @type {Position} */ (ring[0])]] }
}

/**
 * @param {'box' | 'polygon'} sign
 * @param {string} text
 * @param {string} name
 */
function toolButton(sign, text, name) {
  const attributes = { 'aria-label': name, title: name, 'aria-pressed': 'false' }
  return h('button', { type: 'button', class: 'map__tool-button', ...attributes }, icon(sign), text)
}

/** Fields for the sides of a box: exact, and without a pointer. @param {Store} store */
function sideFields(store) {
  const names = [t('West'), t('South'), t('East'), t('North')]
  const inputs = names.map((name, at) => {
    const most = at % 2 ? 90 : 180
    const input = h('input', { class: 'field', type: 'number', step: 'any', min: -most, max: most, inputmode: 'decimal' })
    return { input, label: h('label', { class: 'sides__one' }, name, input) }
  })
  const form = h(
    'form',
    { class: 'sides' },
    ...inputs.map(({ label }) => label),
    h('button', { class: 'button button--small', type: 'submit' }, t('Set the box')),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const bbox = readBox(inputs.map(({ input }) => input.value || 'none').join(','))
    if (bbox) store.set({ bbox, intersects: null })
    else inputs.find(({ input }) => !input.value || !input.checkValidity())?.input.reportValidity()
  })
  const element = h('details', { class: 'sides__fold' }, h('summary', {}, t('Coordinates')), form)
  /** @param {State} state */
  const update = ({ bbox }) =>
    inputs.forEach(({ input }, at) => {
      if (document.activeElement !== input) input.value = bbox ? String(bbox[at]) : ''
    })
  return { element, update }
}
