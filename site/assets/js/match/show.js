// What the match page shows: the scene, and models with their reasons.

import { number, t, tn } from '../i18n.js'
import { h } from '../ui/dom.js'
import { date, metres, share } from '../ui/format.js'
import { miniMap } from '../ui/minimap.js'
import { card } from '../ui/results.js'
import { label } from './bands.js'
import { resolutionOf } from './assess.js'
import { boxOf } from './narrow.js'

/**
 * @typedef {import('./assess.js').Assessment} Assessment
 * @typedef {import('./assess.js').Reason} Reason
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('../ui/client.js').Hit} Hit
 * @typedef {Assessment & {hit: Hit}} Judged
 * @typedef {(card: Element, hit: Hit) => void} Picture
 */

/** Results that show at once. */
const SHOWN = 12
/** Bands that are told one by one, where all were found. */
const FEW = 2

/** @param {Scene} scene */
export function sceneFacts(scene) {
  const { bands, properties, notes } = scene
  const gsd = resolutionOf(scene)
  const types = [...new Set(bands.map(({ dtype }) => dtype).filter(Boolean))].join(', ')
  const taken = properties['datetime'] || properties['start_datetime']
  /** @type {[string, string][]} */
  const facts = [
    [t('Scene'), scene.name],
    [tn('{n} band', '{n} bands', bands.length), bands.map(label).join(', ')],
    [t('Resolution'), gsd && gsd > 0 ? metres(gsd) : ''],
    [t('Values'), types],
    [t('Taken'), typeof taken === 'string' ? date(taken) : ''],
  ]
  const list = facts.filter(([, told]) => told).flatMap(([name, told]) => [h('dt', {}, name), h('dd', { dir: 'auto' }, told)])
  return [
    h('div', { class: 'match__place' }, miniMap(boxOf(scene.geometry ?? scene.place?.footprint))),
    h('div', { class: 'match__facts' }, h('dl', { class: 'facts' }, ...list), ...notes.map((note) => h('p', { class: 'muted' }, note))),
  ]
}

/**
 * @param {Judged[]} judged Those that run, best first.
 * @param {Picture} picture
 */
export function fitting(judged, picture) {
  const items = judged.map((one) => resultCard(one, picture))
  const list = h('ul', { class: 'results list-plain' }, ...items.slice(0, SHOWN))
  if (items.length <= SHOWN) return [list]
  const rest = items.slice(SHOWN)
  const more = h('button', { type: 'button', class: 'button', click: () => {
    list.append(...rest)
    more.remove()
    rest[0]?.querySelector('a')?.focus()
  } }, tn('Show {n} more', 'Show {n} more', rest.length))
  return [list, more]
}

/**
 * @param {Judged[]} judged Those that nearly run.
 * @param {Picture} picture
 */
export function nearly(judged, picture) {
  return h('ul', { class: 'results list-plain' }, ...judged.map((one) => resultCard(one, picture)))
}

/** @param {Judged} judged @param {Picture} picture */
function resultCard(judged, picture) {
  const { hit, runs, score, reasons } = judged
  const element = card(hit, null)
  const told = runs
    ? h('p', { class: 'badge badge--ok' }, t('suits to {share}', { share: share(100 * score) }))
    : h('p', { class: 'badge badge--warn' }, t('does not run'))
  element.querySelector('.result__foot')?.replaceWith(told, reasonList(reasons, runs))
  picture(element, hit)
  return element
}

/** @param {Reason[]} reasons @param {boolean} runs */
function reasonList(reasons, runs) {
  const bands = reasons.filter(({ about }) => about === 'band')
  const others = runs ? reasons.filter(({ about }) => about !== 'band') : []
  const found = bands.filter(({ good }) => good)
  const folded = found.length > FEW || !runs
  const one = found.length && folded ? [folding(found)] : found.map(line)
  return h('ul', { class: 'match__reasons list-plain' }, ...bands.filter(({ good }) => !good).map(line), ...one, ...others.map(line))
}

/** @param {Reason[]} found */
function folding(found) {
  const summary = h('summary', {}, ...signed(true, tn('{n} band found', '{n} bands found', found.length)))
  return h('li', {}, h('details', {}, summary, h('ul', { class: 'list-plain' }, ...found.map(line))))
}

/** @param {Reason} reason */
function line({ good, text }) {
  return h('li', { dir: 'auto' }, ...signed(good, text))
}

/** @param {boolean | null} good @param {string} text */
function signed(good, text) {
  const [sign, kind, word] = good ? ['✓', 'good', t('fits')] : good === null ? ['?', 'unknown', t('not known')] : ['✗', 'bad', t('does not fit')]
  return [
    h('span', { class: `match__sign match__sign--${kind}`, 'aria-hidden': 'true' }, sign),
    h('span', { class: 'visually-hidden' }, `${word}: `),
    h('span', {}, text),
  ]
}

/**
 * How many models were looked at.
 * @param {number} looked
 * @param {number} all
 */
export function lookedAt(looked, all) {
  if (looked >= all) return tn('All of the hub was looked at: {n} model.', 'All of the hub was looked at: {n} models.', all)
  return t('{looked} of {all} models were looked at closely: those that suit best by what the search index knows of bands, resolution, area and sensor. The command geocairn match looks at all.', { looked: number(looked), all: number(all) })
}
