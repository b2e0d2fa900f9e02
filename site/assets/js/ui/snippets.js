// "Copy this search as": the same search for Python, R, SQL, the shell, and as an address.

import { SPATIAL, sqlSearch } from './sql.js'

/** @typedef {import('./query.js').SearchQuery} SearchQuery */
/** @typedef {'python' | 'r' | 'sql' | 'shell' | 'url'} Language */

/** Languages in the order in which they are offered. */
export const LANGUAGES = /** @type {Language[]} */ (['python', 'r', 'sql', 'shell', 'url'])

/**
 * @param {Language} language
 * @param {SearchQuery} query
 * @param {{root: string, items: number, page: string}} hub Its address, size, and this page's.
 * @returns {string}
 */
export function snippet(language, query, hub) {
  if (language === 'url') return hub.page
  if (language === 'python') return python(query, hub.root)
  if (language === 'shell') return shell(query, hub.root)
  const sql = sqlSearch(query, hub)
  return language === 'sql' ? sql : r(sql)
}

/**
 * @param {SearchQuery} query
 * @param {string} root
 */
function python(query, root) {
  const given = Object.entries(query).map(([name, value]) => `\n    ${name}=${literal(value)},`)
  return `import geocairn

hub = geocairn.open(${literal(root)})
found = hub.search(${given.join('')}${given.length ? '\n' : ''})
print(found.matched(), "models")
for item in found.items():
    print(item.id, item.properties.get("title"))
`
}

/**
 * A value as Python writes it.
 * @param {unknown} value
 * @returns {string}
 */
function literal(value) {
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null || value === undefined) return 'None'
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(([key, part]) => `${literal(key)}: ${literal(part)}`)
    return `{${parts.join(', ')}}`
  }
  // JSON's escapes of strings are Python's too, but for characters beyond the basic plane, which
  // JSON leaves as they are.
  return JSON.stringify(value)
}

/**
 * @param {SearchQuery} query
 * @param {string} root
 */
function shell(query, root) {
  /** @type {string[]} */
  const words = [`geocairn search ${quoted(root)}`]
  /** @type {string[]} */
  const filters = []
  for (const [name, value] of Object.entries(query)) {
    if (name === 'filter') filters.push(value)
    else if (hasComma(name, value)) filters.push(anyOf(name, value))
    else words.push(option(name, value))
  }
  if (filters.length === 1) words.push(`--filter ${quoted(filters[0] ?? '')}`)
  if (filters.length > 1) {
    words.push(`--filter ${quoted(filters.map((part) => `(${part})`).join(' AND '))}`)
  }
  return `${words.join(' \\\n  ')} \\\n  --all\n`
}

/**
 * Whether a list cannot be given with commas between its values.
 * @param {string} name
 * @param {unknown} value
 */
function hasComma(name, value) {
  return Array.isArray(value) && name !== 'bbox' && value.some((part) => String(part).includes(','))
}

/**
 * A list of words as a filter that finds any of them, whatever their case.
 * @param {string} name
 * @param {string[]} values
 */
function anyOf(name, values) {
  const property = { ids: 'id', collections: 'collection' }[name] ?? name
  const each = values.map((value) => `CASEI('${value.replaceAll("'", "''")}')`)
  const lists = ['tasks', 'bands', 'platforms', 'formats', 'dtypes', 'keywords', 'providers']
  if (lists.includes(name)) return `A_OVERLAPS(CASEI(${property}), (${each.join(', ')}))`
  return `CASEI(${property}) IN (${each.join(', ')})`
}

/**
 * @param {string} name
 * @param {any} value
 */
function option(name, value) {
  const flag = name === 'q' ? '-q' : `--${name.replaceAll('_', '-')}`
  const text = Array.isArray(value)
    ? value.join(',')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
  // A value that begins with a dash would be taken for an option.
  const glue = flag === '-q' ? (text.startsWith('-') ? '' : ' ') : '='
  return `${flag}${glue}${quoted(text)}`
}

/**
 * A word for the shell.
 * @param {string} text
 */
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** @param {string} sql */
function r(sql) {
  const [ready, body] = sql.startsWith(SPATIAL) ? [SPATIAL, sql.slice(SPATIAL.length)] : ['', sql]
  // A raw string ends at a bracket, its dashes and a quote: take dashes that the text has not.
  let dashes = ''
  while (body.includes(`)${dashes}"`)) dashes += '-'
  const load = ready && `invisible(dbExecute(connection, "${ready.trim().replace('\n', ' ')}"))\n`
  return `library(duckdb)

connection <- dbConnect(duckdb())
${load}found <- dbGetQuery(connection, r"${dashes}(
${body.trimEnd().replace(/;$/, '')}
)${dashes}")
print(found)
dbDisconnect(connection, shutdown = TRUE)
`
}
