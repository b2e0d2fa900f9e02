// Results as a table for other programs.

/** @typedef {import('../search/index.js').Hit} Hit */

const FACETS = [
  'tasks', 'framework', 'architecture', 'bands', 'platforms', 'gsd', 'license', 'parameters',
  'memory', 'pretrained', 'accelerator', 'formats', 'keywords', 'providers', 'version',
]
const COLUMNS = [
  'id', 'collection', 'title', 'west', 'south', 'east', 'north', 'start', 'end', ...FACETS,
  'overlap_percentage', 'page', 'item',
]

/**
 * CSV as RFC 4180 has it, with a header; several values of one cell have `; ` between them.
 * @param {Hit[]} hits
 * @param {string} root The hub's address.
 */
export function toCsv(hits, root) {
  const rows = hits.map((hit) => cells(hit, root).map(cell).join(','))
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`
}

/**
 * @param {Hit} hit
 * @param {string} root
 * @returns {unknown[]}
 */
function cells(hit, root) {
  const folder = `${root}${encodeURIComponent(hit.collection)}/${encodeURIComponent(hit.id)}/`
  /** @type {Record<string, any>} */
  const facets = hit.facets
  return [
    hit.id, hit.collection, hit.title, ...(hit.bbox ?? ['', '', '', '']), hit.start, hit.end,
    ...FACETS.map((name) => facets[name]),
    hit.overlap_percentage, folder, `${folder}${encodeURIComponent(hit.id)}.json`,
  ]
}

/** @param {unknown} value */
function cell(value) {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  const written = Array.isArray(value) ? value.join('; ') : String(value)
  // Spreadsheets run what looks like a formula; a quote before it keeps it text.
  const text = /^[=+\-@\t\r]/.test(written) ? `'${written}` : written
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
