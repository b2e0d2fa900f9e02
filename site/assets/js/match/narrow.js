// Which of a hub's models are worth a closer look: the search index says enough to choose them.
//
// `geocairn match` reads every item; a page cannot, of a million. So searches from narrow to wide
// gather rows of the index until there are enough, what the rows tell is judged as items are later,
// and the best are read. A hub with no more models than that is looked at as a whole.

import { withOtherNames } from '../ui/bands.js'
import { areaScore, resolutionOf, resolutionScore, sensorsOf, WEIGHTS } from './assess.js'
import { commonName, plain } from './bands.js'

/**
 * @typedef {import('../ui/client.js').Hit} Hit
 * @typedef {import('../ui/client.js').SearchHub} SearchHub
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {[number, number, number, number]} Box
 */

/** Items that are read at the most. */
export const LOOKED_AT = 48
/** Rows of the index that are compared at the most, and of each search. */
const GATHERED = 400
const PORTION = 150
/** Resolutions that suit, as parts of the scene's. */
const FINER = 0.67
const COARSER = 1.5

/**
 * The models that may suit a scene best, best first.
 * @param {SearchHub} hub
 * @param {Scene} scene
 * @param {AbortSignal} signal
 * @returns {Promise<Hit[]>} At most `LOOKED_AT`.
 */
export async function candidates(hub, scene, signal) {
  const rows = await gathered(hub, scene, signal)
  const names = namesOf(scene)
  const judged = rows.map((hit) => ({ hit, worth: worth(hit, scene, names) }))
  judged.sort((a, b) => b.worth - a.worth || (a.hit.id < b.hit.id ? -1 : 1))
  return judged.slice(0, LOOKED_AT).map(({ hit }) => hit)
}

/** @param {SearchHub} hub @param {Scene} scene @param {AbortSignal} signal */
async function gathered(hub, scene, signal) {
  /** @type {Map<number, Hit>} */
  const found = new Map()
  const small = hub.manifest.items <= GATHERED
  for (const query of small ? [{}] : queries(scene)) {
    const { hits } = await hub.search(query, { offset: 0, limit: small ? GATHERED : PORTION, signal })
    for (const hit of hits) found.set(hit.row, hit)
    if (found.size >= GATHERED) break
  }
  return [...found.values()]
}

/** Searches from narrow to wide; what is not known of the scene narrows nothing. @param {Scene} scene */
function queries(scene) {
  const names = [...namesOf(scene)]
  const words = names.map((name) => ({ op: 'casei', args: [name] }))
  const bands = (/** @type {string} */ op) => ({ op, args: [{ op: 'casei', args: [{ property: 'bands' }] }, words] })
  const gsd = resolutionOf(scene)
  const box = boxOf(scene.geometry ?? scene.place?.footprint)
  const sensors = sensorsOf(scene.properties)
  const all = names.length ? { filter: bands('a_containedBy') } : null
  const some = names.length ? { filter: bands('a_overlaps') } : null
  const size = gsd ? { gsd: [gsd * FINER, gsd * COARSER] } : null
  const place = box ? { bbox: box } : null
  const sensor = sensors.length ? { platforms: sensors } : null
  const combined = [
    [all, size, place, sensor], [all, size, place], [all, place, sensor], [all, size], [all, place], [all],
    [some, size, place], [some, size], [size, place], [some], [place], [],
  ].map((parts) => Object.assign({}, ...parts))
  return [...new Map(combined.map((query) => [JSON.stringify(query), query])).values()]
}

/** Every name, in small letters, that the scene's bands may have in a model. @param {Scene} scene */
function namesOf({ bands }) {
  const found = bands.flatMap(({ name, common }) => {
    const colour = commonName(common, name)
    const counted = /^b(\d+)([a-z]?)$/.exec(plain(name))
    const written = counted ? ['b', 'b0', 'sr_b'].map((head) => head + counted[1] + counted[2]) : []
    return [name, ...written, ...(colour ? withOtherNames([colour]) : [])]
  })
  return new Set(found.filter(Boolean).map((name) => name.toLowerCase()))
}

/**
 * How well a row of the index suits, by the weights of the score; whether its bands are known
 * counts for more than all else.
 * @param {Hit} hit
 * @param {Scene} scene
 * @param {Set<string>} names
 */
function worth(hit, scene, names) {
  const { facets } = hit
  const wanted = strings(facets['bands'])
  const known = wanted.filter((name) => names.has(name.toLowerCase())).length
  const share = wanted.length && names.size ? known / wanted.length : 0.5
  const own = strings(facets['platforms']).map((one) => one.toLowerCase())
  const here = sensorsOf(scene.properties)
  const sensor = !own.length || !here.length ? 0.5 : here.some((one) => own.some((other) => one.startsWith(other) || other.startsWith(one))) ? 1 : 0.2
  const resolution = resolutionScore(resolutionOf(scene), facets['gsd'])
  const box = boxOf(scene.geometry ?? scene.place?.footprint)
  const area = box && hit.bbox ? areaScore(covered(box, hit.bbox), 0) : 0.5
  const runs = share === 1 ? 2 : share
  return runs + WEIGHTS.sensor * sensor + WEIGHTS.resolution * resolution + WEIGHTS.area * area
}

/** @param {unknown} value @returns {string[]} */
function strings(value) {
  return Array.isArray(value) ? value : []
}

/**
 * The box around a footprint; west is greater than east where that crosses the antimeridian.
 * @param {any} geometry
 * @returns {Box | null}
 */
export function boxOf(geometry) {
  /** @type {[number, number][]} */
  const points = []
  const gather = (/** @type {any} */ value) => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'number') points.push([value[0], value[1]])
    else value.forEach(gather)
  }
  gather(geometry?.coordinates)
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  if (!points.length || ![...xs, ...ys].every((one) => typeof one === 'number' && Math.abs(one) <= 180)) return null
  const least = (/** @type {number[]} */ values) => values.reduce((a, b) => Math.min(a, b))
  const most = (/** @type {number[]} */ values) => values.reduce((a, b) => Math.max(a, b))
  const [south, north] = [Math.max(-90, least(ys)), Math.min(90, most(ys))]
  const split = least(xs) === -180 && most(xs) === 180
  const [east, west] = [xs.filter((x) => x > 0), xs.filter((x) => x <= 0)]
  if (split && least(east) - most(west) > 180) return [least(east), south, most(west), north]
  return [least(xs), south, most(xs), north]
}

/** Part of a box that another covers, where neither crosses the antimeridian. @param {Box} own @param {Box} other */
function covered([w, s, e, n], [west, south, east, north]) {
  if (w > e || west > east || !(e > w && n > s)) return 0.5
  const width = Math.min(e, east) - Math.max(w, west)
  const height = Math.min(n, north) - Math.max(s, south)
  return width > 0 && height > 0 ? (width * height) / ((e - w) * (n - s)) : 0
}
