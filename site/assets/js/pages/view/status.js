// Mirrors builder/geocairn/compile/pages/view/status.py.

import { objects, record, text } from './values.js'

/** @typedef {import('./values.js').Json} Json */

const STATES = ['fine', 'unsure', 'rots', 'changed', 'vanished']
const MOST = 10

/** @param {Json} properties */
export function statusOf(properties) {
  const raw = record(properties['geocairn:status'])
  const [state, since] = [text(raw.state), text(raw.since)]
  if (!state || !since || !STATES.includes(state)) return null
  const history = objects(raw.history)
    .map((event) => ({ at: text(event.at), state: text(event.state), told: text(event.told) }))
    .filter((event) => event.at && event.state && STATES.includes(event.state))
  return { state, since, history: history.slice(0, MOST) }
}
