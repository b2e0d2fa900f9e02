// What the worker does for the page: open an image, run the model, hand out results.

import { choose } from '../match/bands.js'
import { Fault } from './faults.js'
import { geoJson } from './geojson.js'
import { finer, pixelArea, toDegrees } from './geo.js'
import { drawn, overlaid, shownBands } from './overlay.js'
import { openPicture } from './picture.js'
import { implausible } from './plausible.js'
import { predict } from './predict.js'
import { fetched, openNetwork, verify } from './runtime.js'
import { compileScaling } from './scaling.js'
import { readSpec } from './spec.js'
import { geoTiff } from './tiffwriter.js'
import { Windowed } from './windowed.js'

/** @typedef {import('../pages/view/values.js').Json} Json */
/** @typedef {import('./picture.js').Picture} Picture */
/** @typedef {import('./predict.js').Result} Result */
/** @typedef {(part: 'model' | 'runtime' | 'windows', done: number, all: number) => void} Told */

const SHOWN = 1536
const SAMPLED = 512

export class Session {
  /** @param {{item: Json, model: string, asset: Json, suspends: boolean}} given @param {Told} tell */
  constructor({ item, model, asset, suspends }, tell) {
    this.spec = readSpec(item)
    this.tell = tell
    /** @type {Picture | null} */
    this.picture = null
    /** @type {{result: Result, picture: Picture} | null} */
    this.done = null
    this.turn = 0
    this.network = this.load(model, asset, suspends)
    // Whoever runs the model is told; until then nobody waits for it.
    this.network.catch(() => {})
  }

  /** @param {string} href @param {Json} asset @param {boolean} suspends */
  async load(href, asset, suspends) {
    const data = await fetched(href, (share) => this.tell('model', share, 1))
    await verify(data, asset)
    this.tell('runtime', 0, 1)
    const network = await openNetwork(data, this.spec, { suspends })
    this.tell('runtime', 1, 1)
    return network
  }

  /** The bands that the model needs, each once. */
  get wanted() {
    const needs = this.spec.input.bands.flatMap((band) => band.needs)
    return [...new Map(needs.map((band) => [band.name, band])).values()]
  }

  /** @param {{file?: Blob, href?: string}} source */
  async open({ file, href }) {
    this.turn += 1
    const own = this.turn
    this.picture = null
    this.done = null
    const data = file ?? new Blob([await fetched(href ?? '')])
    if (!data.size) throw new Fault('empty')
    const picture = await openPicture(data)
    const wanted = this.wanted
    const offered = picture.bands.map((band) => ({ ...band, index: band.index + 1, width: null, dtype: picture.dtype }))
    const mapping = choose(wanted, offered).map(({ found }) => (found ? found.index - 1 : null))
    const distinct = new Set(wanted.map(({ name }) => name)).size
    if (picture.bands.length < distinct) throw new Fault('bands', { have: picture.bands.length, need: distinct })
    // Another image was asked for meanwhile: this one is no longer wanted.
    if (own === this.turn) this.picture = picture
    const shown = shownBands(picture.bands, mapping.filter((index) => index !== null))
    const { place, height, width, dtype } = picture
    return {
      height,
      width,
      dtype,
      wanted: wanted.map(({ name }) => name),
      offered: picture.bands.map(({ index, name, common }) => ({ index, label: name || common })),
      mapping,
      epsg: place?.epsg ?? null,
      placed: place !== null,
      picture: drawn(await picture.thinned(shown, SHOWN), dtype),
    }
  }

  /** @param {number[]} mapping */
  async run(mapping) {
    const picture = this.opened()
    const begun = performance.now()
    const network = await this.network
    const ready = performance.now()
    const windowed = new Windowed(this.spec, network, picture, mapping)
    const result = await predict(windowed, (done, all) => this.tell('windows', done, all))
    this.done = { result, picture }
    const times = { loading: ready - begun, running: performance.now() - ready, network: windowed.spent }
    return { ...summary(result, picture), times, provider: network.provider, picture: overlaid(result, SHOWN) }
  }

  /** What of the image's values cannot be right for the model. @param {number[]} mapping */
  async doubts(mapping) {
    const picture = this.opened()
    const { bands, scaling } = this.spec.input
    const { subtract, factor, steps } = compileScaling(scaling, bands.map(({ name }) => name))
    const wanted = this.wanted
    const sample = await picture.thinned(mapping, SAMPLED)
    for (const [index, { name, needs, expression }] of bands.entries()) {
      const place = wanted.findIndex((one) => one.name === needs[0]?.name)
      if (expression || steps.has(index) || place < 0) continue
      const values = Float64Array.from(sample.bands[place] ?? [])
      const seen = values.filter((value, at) => Number.isFinite(value) && value !== this.spec.nodata && (!sample.valid || sample.valid[at]))
      const found = implausible(seen, { dtype: picture.dtype, subtract: subtract[index] ?? 0, factor: factor[index] ?? 1 })
      if (found) return { ...found, name }
    }
    return null
  }

  /** @param {'classes' | 'scores' | 'features'} what */
  async save(what) {
    if (!this.done) throw new Fault('none')
    const { result, picture } = this.done
    return what === 'features' ? geoJson(result, picture) : raster(result, picture, what, this.spec.id)
  }

  opened() {
    if (!this.picture) throw new Fault('none')
    return this.picture
  }
}

/** @param {Result} result @param {Picture} picture */
function summary({ kind, classes, scores, valid, rows, decision, finer: times, height, width }, picture) {
  const { place } = picture
  const area = place ? pixelArea(place, picture.width, picture.height) : null
  /** @type {Map<number, number>} */
  const counts = new Map()
  if (classes) classes.forEach((value, at) => valid[at] && counts.set(value, (counts.get(value) ?? 0) + 1))
  else for (const { value } of rows) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1)
  const all = [...counts.values()].reduce((sum, one) => sum + one, 0)
  return {
    kind,
    height,
    width,
    rows,
    background: decision?.background ?? null,
    classes: (decision?.classes ?? []).map((one) => ({
      ...one,
      count: counts.get(one.value) ?? 0,
      share: all ? (counts.get(one.value) ?? 0) / all : 0,
      area: classes && area !== null ? (area * (counts.get(one.value) ?? 0)) / times ** 2 : null,
    })),
    files: {
      classes: classes !== null,
      scores: scores !== null,
      features: kind !== 'values' && place !== null && toDegrees(place.epsg) !== null,
    },
    unplaced: place === null ? 'place' : toDegrees(place.epsg) ? '' : 'crs',
  }
}

/** @param {Result} result @param {Picture} picture @param {'classes' | 'scores'} what @param {string} model */
function raster({ height, width, classes, scores, decision, finer: times, kind }, { place, tags }, what, model) {
  const transform = place ? finer(place.transform, times) : null
  const about = { GEOCAIRN_MODEL: model }
  if (what === 'classes' && classes && decision) {
    const small = decision.unclassified <= 255
    const bands = [small ? Uint8Array.from(classes) : classes]
    const colors = decision.classes.map(({ value, color }) => ({ value, color }))
    return geoTiff({ height, width, bands, nodata: String(decision.unclassified), names: ['class'], transform, tags, colors, about })
  }
  if (!scores) throw new Fault('room')
  const named = decision?.classes ?? []
  const names = scores.map((_, at) => (kind === 'values' ? 'value' : (named.at(scores.length === 1 ? -1 : at)?.name ?? 'score')))
  return geoTiff({ height, width, bands: scores, nodata: 'nan', names, transform, tags, about })
}
