/** Small things to do with filters. */

/** @typedef {any} Node */

/** Whether a node is the name of a property. @param {Node} node */
export function isName(node) {
  return typeof node === 'object' && node !== null && typeof node.property === 'string'
}

/** @param {unknown} node */
export function show(node) {
  const text = JSON.stringify(node) ?? String(node)
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}

/**
 * Join filters with `and`; null stands for no filter.
 *
 * @param {...(Node|null|undefined)} parts
 * @returns {Node|null}
 */
export function allOf(...parts) {
  const wanted = parts.filter((part) => part !== null && part !== undefined)
  return wanted.length < 2 ? (wanted[0] ?? null) : { op: 'and', args: wanted }
}

/**
 * Names of all properties in a filter in normal form.
 *
 * @param {Node} node
 * @param {Set<string>} [found]
 * @returns {Set<string>}
 */
export function propertiesOf(node, found = new Set()) {
  if (Array.isArray(node)) for (const part of node) propertiesOf(part, found)
  else if (isName(node)) found.add(node.property)
  else if (node?.op) propertiesOf(node.args, found)
  return found
}

/**
 * The conditions that must all hold.
 *
 * @param {Node} node
 * @returns {Node[]}
 */
export function conjuncts(node) {
  if (node === null || node === undefined || node === true) return []
  if (node.op === 'and') return node.args.flatMap(conjuncts)
  return [node]
}
