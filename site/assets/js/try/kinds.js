// What becomes of an output. Mirrors builder/geocairn/tensors.py.

/** @typedef {'segmentation' | 'values' | 'classification' | 'embedding' | 'regression' | 'detection'} Kind */

/** @type {Record<string, string[]>} */
const NAMES = {
  batch: ['batch', 'n', 'samples'],
  bands: ['bands', 'band', 'channel', 'channels', 'variables', 'variable'],
  time: ['time', 'temporal', 'date', 'dates', 'frame', 'frames'],
  height: ['height', 'y', 'row', 'rows'],
  width: ['width', 'x', 'column', 'columns'],
}
const DIMENSIONS = new Map(
  Object.entries(NAMES).flatMap(([name, others]) => others.map((other) => [other, name])),
)
const SEGMENTING = ['segmentation', 'semantic-segmentation', 'instance-segmentation', 'panoptic-segmentation']
const CLASSIFYING = ['classification', 'scene-classification']
const DETECTING = ['detection', 'object-detection']

/** A dimension by the one name that is used here. @param {string} name */
export function dimension(name) {
  const lower = name.toLowerCase()
  return DIMENSIONS.get(lower) ?? lower
}

/**
 * @param {string[]} order Dimensions, by their names here.
 * @param {string[]} tasks
 * @param {boolean} classes Whether the output lists any.
 * @returns {Kind}
 */
export function kindOf(order, tasks, classes) {
  const some = (/** @type {string[]} */ names) => names.some((name) => tasks.includes(name))
  if (order.includes('height') && order.includes('width')) {
    return some(SEGMENTING) || some(CLASSIFYING) || classes ? 'segmentation' : 'values'
  }
  if (some(DETECTING)) return 'detection'
  if (some(CLASSIFYING) || classes) return 'classification'
  return tasks.includes('regression') ? 'regression' : 'embedding'
}
