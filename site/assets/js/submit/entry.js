// The files of an entry, and how they get to the hub's repository: nothing is sent from here.

import { strToU8, zipSync } from 'fflate'

/**
 * @typedef {Object} Entry
 * @property {string} folder `<collection>/<model>/<version>`
 * @property {Record<string, any>} item
 * @property {string} card
 * @property {[string, number] | undefined} owner
 * @property {{ name: string, data: Uint8Array } | null} file
 * @property {boolean} first Whether the hub has no such collection yet.
 */

// Servers refuse addresses much longer than this.
const LONGEST_ADDRESS = 8000

/**
 * The files by their paths in the repository.
 * @param {Entry} entry
 * @returns {Record<string, string | Uint8Array>}
 */
export function files({ folder, item, card, owner, file, first }) {
  const model = `catalog/${folder.split('/').slice(0, 2).join('/')}`
  const collection = `catalog/${folder.split('/')[0]}`
  const place = `catalog/${folder}`
  return {
    [`${place}/item.json`]: `${JSON.stringify(item, null, 2)}\n`,
    [`${model}/owners.toml`]: owners(owner),
    [`${model}/README.md`]: card.endsWith('\n') ? card : `${card}\n`,
    ...(first
      ? {
          [`${collection}/collection.json`]: `${JSON.stringify(collectionOf(item), null, 2)}\n`,
          [`${collection}/owners.toml`]: owners(owner),
        }
      : {}),
    ...(file ? { [`${place}/${file.name}`]: file.data } : {}),
  }
}

/**
 * A collection that begins with a model: a build works out its extent from its items.
 * @param {Record<string, any>} item
 */
function collectionOf(item) {
  const { collection: id, bbox, properties } = item
  const open = (/** @type {string} */ moment) => (/^(1900|9999)-/.test(moment) ? null : moment)
  return {
    type: 'Collection',
    stac_version: '1.1.0',
    id,
    description: `Models of the collection ${id}.`,
    license: properties.license ?? 'other',
    extent: {
      spatial: { bbox: [bbox ?? [-180, -90, 180, 90]] },
      temporal: { interval: [[open(properties.start_datetime), open(properties.end_datetime)]] },
    },
    links: [],
  }
}

/** @param {[string, number] | undefined} owner */
function owners(owner) {
  if (!owner) return 'owners = []\n'
  return `owners = [\n  { login = "${owner[0]}", id = ${owner[1]} },\n]\n`
}

/** @param {Entry} entry */
export function zip(entry) {
  const packed = Object.entries(files(entry)).map(([path, data]) => [
    path,
    typeof data === 'string' ? strToU8(data) : data,
  ])
  return zipSync(Object.fromEntries(packed), { level: 6 })
}

/**
 * The addresses at GitHub that begin a pull request with an entry's files, one after the other; null
 * where the entry has a file that is no text, or one that an address cannot hold.
 *
 * GitHub makes a fork and, in it, a branch of its own for the first file of someone who may not
 * write to the repository; the other files go onto that branch.
 * @param {Entry} entry
 * @param {string} repository Address of the hub's repository.
 * @param {string} branch The branch that GitHub made.
 * @returns {{ path: string, href: string }[] | null}
 */
export function pullRequest(entry, repository, branch) {
  if (entry.file || !entry.owner) return null
  const [login] = entry.owner
  const name = repository.replace(/\/+$/, '').split('/').pop() ?? ''
  const fork = `https://github.com/${encodeURIComponent(login)}/${name}`
  const steps = Object.entries(files(entry)).map(([path, data], place) => {
    const target = place === 0 ? `${repository.replace(/\/+$/, '')}/new/main` : `${fork}/new/${encodeURIComponent(branch)}`
    const query = new URLSearchParams({ filename: path, value: String(data) })
    return { path, href: `${target}?${query}` }
  })
  return steps.every((step) => step.href.length <= LONGEST_ADDRESS) ? steps : null
}
