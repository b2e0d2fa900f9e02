// Prints what the match page makes of scenes and models. A test of the Python package compares it
// with what `geocairn match` says of them.
//
//     node site/tests/match-mirror.js < cases.json

import { readFileSync } from 'node:fs'

import { fromArrayBuffer } from 'geotiff'

import { assess } from '../assets/js/match/assess.js'
import { sceneOfTiff } from '../assets/js/match/header.js'
import { SceneError, sceneOfItem } from '../assets/js/match/scene.js'

/** @typedef {{name: string, item?: any, tiff?: string}} Given A scene: its item, or the path of its file. */

const { sensors, scenes, models } = JSON.parse(readFileSync(0, 'utf8'))

/** @param {Given} given */
function opened({ name, item, tiff }) {
  if (tiff === undefined) return sceneOfItem(item, sensors)
  const data = new Uint8Array(readFileSync(tiff))
  return sceneOfTiff(() => fromArrayBuffer(data.buffer), { name, sensors })
}

/** @param {Given} given */
async function judged(given) {
  try {
    const scene = await opened(given)
    return { scene, found: models.map((/** @type {any} */ model) => assess(model, scene)) }
  } catch (error) {
    if (error instanceof SceneError) return { refused: error.message }
    throw error
  }
}

process.stdout.write(JSON.stringify(await Promise.all(scenes.map(judged))))
