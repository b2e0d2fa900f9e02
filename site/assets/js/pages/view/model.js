// Mirrors builder/geocairn/compile/pages/view/model.py.

import { assetsOf, formatsOf, thumbnail } from './assets.js'
import { bandsOf, spectrum } from './bands.js'
import { changes, shownValue } from './changes.js'
import { footprint, period } from './extent.js'
import { doiOf, lineageOf, linkTarget, linksOf, versionsOf } from './links.js'
import { statusOf } from './status.js'
import { inputsOf, outputsOf } from './tensors.js'
import { trialOf } from './trial.js'
import { bibtex, snippets } from './usage.js'
import { flag, known, list, number, objects, plain, record, rounded, text, texts } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const NO_LICENSE = ['proprietary', 'other', 'various', 'unknown']
const MOST = 200

/**
 * What the page of an item shows, but for its description and card.
 * @param {Json} item
 * @param {{previous?: Json | null, hub?: string | null}} [options]
 * @returns {Json}
 */
export function modelView(item, { previous = null, hub = null } = {}) {
  const properties = record(item.properties)
  const [id, collection] = [text(item.id) ?? '', text(item.collection) ?? '']
  const title = text(properties.title) ?? text(properties['mlm:name']) ?? id
  const [bands, assets] = [bandsOf(item), assetsOf(item)]
  const inputs = inputsOf(properties, bands)
  return {
    id,
    collection,
    title,
    version: text(properties.version),
    deprecated: properties.deprecated === true,
    license: license(item, properties),
    keywords: texts(properties.keywords),
    tasks: texts(properties['mlm:tasks']),
    providers: known(providers(properties)),
    facts: facts(properties),
    platforms: texts([
      properties.constellation,
      properties.platform,
      ...list(properties.instruments),
    ]),
    inputs,
    outputs: outputsOf(properties),
    bands: known(bands),
    spectrum: spectrum(bands),
    hyperparameters: known(pairs(properties['mlm:hyperparameters'])),
    metrics: known(metrics(properties)),
    footprint: footprint(item),
    period: period(properties),
    assets,
    trial: trialOf(item, assets ?? []),
    reproduced: (assets ?? []).some((asset) => asset.reproduced !== null),
    formats: formatsOf(assets),
    thumbnail: thumbnail(item),
    versions: versionsOf(item),
    status: statusOf(properties),
    changes: changes(item, previous),
    lineage: lineageOf(item, hub),
    links: linksOf(item),
    doi: doiOf(item),
    bibtex: bibtex(item, { title, hub }),
    snippets: snippets(collection, id, { assets: assets ?? [], inputs: inputs ?? [], hub }),
  }
}

/** @param {Json} properties */
function facts(properties) {
  return {
    name: text(properties['mlm:name']),
    architecture: text(properties['mlm:architecture']),
    framework: text(properties['mlm:framework']),
    framework_version: text(properties['mlm:framework_version']),
    parameters: number(properties['mlm:total_parameters']),
    memory: number(properties['mlm:memory_size']),
    batch: number(properties['mlm:batch_size_suggestion']),
    gsd: number(properties.gsd),
    pretrained: flag(properties['mlm:pretrained']),
    accelerator: text(properties['mlm:accelerator']),
    accelerator_needed: flag(properties['mlm:accelerator_constrained']),
    accelerator_summary: text(properties['mlm:accelerator_summary']),
    accelerators: number(properties['mlm:accelerator_count']),
    created: text(properties.created),
    updated: text(properties.updated),
    extent_basis: text(properties['geocairn:extent_basis']),
  }
}

/** @param {Json} item @param {Json} properties */
function license(item, properties) {
  const name = text(properties.license)
  const linked = objects(item.links).filter((raw) => raw.rel === 'license')
  const href = linked.map((raw) => linkTarget(raw.href)).find(Boolean) ?? null
  if (name === null && href === null) return null
  return { name, href: href ?? licenseLink(name) }
}

/** @param {string | null} name */
function licenseLink(name) {
  if (!name || NO_LICENSE.includes(name.toLowerCase()) || !/^[A-Za-z0-9.-]*$/.test(name)) return null
  return /[A-Za-z0-9]/.test(name) ? `https://spdx.org/licenses/${name}.html` : null
}

/**
 * Who made the model; others, such as the licensors of its data, where nobody else is named.
 *
 * @param {Json} properties
 */
function providers(properties) {
  const found = objects(properties.providers)
    .filter((raw) => text(raw.name))
    .map((raw) => ({
      name: raw.name,
      roles: texts(raw.roles),
      href: linkTarget(raw.url),
      description: text(raw.description),
    }))
  const makers = found.filter(
    ({ roles }) => !roles || roles.includes('producer') || roles.includes('processor'),
  )
  return makers.length ? makers : found
}

/** @param {any} value */
function pairs(value) {
  return Object.entries(record(value))
    .slice(0, MOST)
    .map(([key, part]) => ({ key, value: shownValue(part) }))
}

/**
 * Metrics that stand by split as one list, what was held out of training first.
 *
 * @param {Json} raw
 * @returns {[any, any][]}
 */
function bySplit(raw) {
  const place = (/** @type {string} */ name) => {
    const found = ['test', 'validation'].indexOf(name)
    return found < 0 ? 2 : found
  }
  return Object.keys(raw)
    .sort((one, other) => place(one) - place(other))
    .flatMap((name) => {
      const inner = raw[name]
      /** @type {[any, any][]} */
      const parts =
        inner && typeof inner === 'object' && !Array.isArray(inner)
          ? Object.entries(inner).map(([part, value]) => [`${name}: ${part}`, value])
          : [[name, inner]]
      return parts
    })
}

/** @param {Json} properties */
function metrics(properties) {
  const raw = ['mlm:metrics', 'geocairn:metrics', 'metrics']
    .map((key) => properties[key])
    .find((value) => (value && typeof value === 'object' ? Object.keys(value).length : value))
  /** @type {[any, any][]} */
  const given = Array.isArray(raw)
    ? objects(raw).map((part) => [part.name, part.value ?? null])
    : bySplit(record(raw))
  return given
    .slice(0, MOST)
    .filter(([name]) => text(name))
    .map(([name, value]) => {
      const figure = number(value)
      const share = figure === null || figure < 0 || figure > 1 ? null : rounded(figure * 100)
      return { name, value: figure === null ? shownValue(value) : plain(figure), share }
    })
}
