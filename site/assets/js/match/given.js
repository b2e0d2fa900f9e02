// What a reader gives: a file, the text of an item, or its address. A file never leaves the
// browser; an address is fetched from the hub's own host, and from those that its settings name.

import { t } from '../i18n.js'
import { sceneOfFile } from './header.js'
import { SceneError, sceneOfItem } from './scene.js'

/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').Sensors} Sensors */

/** Bytes of an item at the most. */
const LARGEST = 16 * 2 ** 20
/** How TIFF and BigTIFF begin, in either order of bytes. */
const TIFF = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+']

/**
 * @param {File} file
 * @param {Sensors} sensors
 * @returns {Promise<Scene>}
 * @throws {SceneError}
 */
export async function fromFile(file, sensors) {
  const begin = await file.slice(0, 4).text()
  if (TIFF.includes(begin)) return sceneOfFile(file, sensors)
  if (!begin.trimStart().startsWith('{')) {
    throw new SceneError(t('{name} is neither a GeoTIFF nor a STAC Item in JSON. Other images can be converted, for example with gdal_translate.', { name: file.name }))
  }
  if (file.size > LARGEST) throw tooLarge()
  return fromText(await file.text(), sensors)
}

/** @param {string} text @param {Sensors} sensors @returns {Scene} */
export function fromText(text, sensors) {
  if (text.length > LARGEST) throw tooLarge()
  let item
  try {
    item = JSON.parse(text)
  } catch {
    throw new SceneError(t('This is no JSON, or only a part of it.'))
  }
  return sceneOfItem(item, sensors)
}

function tooLarge() {
  return new SceneError(t('This is larger than 16 MiB, and no single STAC Item.'))
}

/**
 * @param {string} address Absolute, or relative to the page.
 * @param {Sensors} sensors
 * @param {{allowed: string[], signal: AbortSignal}} options `allowed`: origins besides the page's.
 * @returns {Promise<Scene>}
 * @throws {SceneError}
 */
export async function fromAddress(address, sensors, { allowed, signal }) {
  const url = addressOf(address)
  if (url.origin !== location.origin && !allowed.includes(url.origin)) {
    const told = { host: url.host, command: `geocairn match ${url.href}` }
    throw new SceneError(t('This page may not ask {host}: it fetches from its own host and from those that the hub’s settings name. Save the item’s JSON and drop it here, or run: {command}', told))
  }
  return fromText(await textOf(url, signal), sensors)
}

/** @param {string} address */
function addressOf(address) {
  try {
    const url = new URL(address, document.baseURI)
    if (['http:', 'https:'].includes(url.protocol)) return url
  } catch {
    // Told below, as other kinds of addresses are.
  }
  throw new SceneError(t('This is neither JSON nor an address of the web.'))
}

/** @param {URL} url @param {AbortSignal} signal */
async function textOf(url, signal) {
  let response
  try {
    response = await fetch(url, { signal, credentials: 'omit', referrerPolicy: 'no-referrer' })
  } catch (error) {
    if (signal.aborted) throw error
    throw new SceneError(t('{url} cannot be fetched: its host is not there, or does not let pages of others read it (CORS). Save the item’s JSON and drop it here.', { url: url.href }))
  }
  if (!response.ok) throw new SceneError(t('{url} cannot be fetched: its host answers {status}.', { url: url.href, status: String(response.status) }))
  const parts = []
  let size = 0
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.length
    if (size > LARGEST) {
      await reader?.cancel()
      throw tooLarge()
    }
    parts.push(part.value)
  }
  return new Blob(/** @type {BlobPart[]} */ (parts)).text()
}
