// What models have alike and where they differ: rows of a table, from their STAC items.

/** @typedef {Record<string, any>} Item */
/** @typedef {{name: string, values: unknown[], differs: boolean}} Row */

/** @type {[string, (item: Item) => unknown][]} */
const ROWS = [
  ['tasks', (item) => property(item, 'mlm:tasks')],
  ['framework', (item) => words(property(item, 'mlm:framework'), property(item, 'mlm:framework_version'))],
  ['architecture', (item) => property(item, 'mlm:architecture')],
  ['platforms', (item) => unique([property(item, 'platform'), property(item, 'constellation'), ...listOf(property(item, 'instruments'))])],
  ['bands', bands],
  ['input', (item) => inputs(item).map((input) => shape(input.input))],
  ['output', (item) => listOf(property(item, 'mlm:output')).map((output) => shape(output?.result))],
  ['classes', (item) => listOf(property(item, 'mlm:output')).flatMap(classes)],
  ['gsd', (item) => property(item, 'gsd')],
  ['parameters', (item) => property(item, 'mlm:total_parameters')],
  ['memory', (item) => property(item, 'mlm:memory_size')],
  ['pretrained', (item) => property(item, 'mlm:pretrained')],
  ['pretrained_source', (item) => property(item, 'mlm:pretrained_source')],
  ['accelerator', (item) => property(item, 'mlm:accelerator')],
  ['formats', (item) => unique(Object.values(item.assets ?? {}).map((asset) => asset?.['mlm:artifact_type']))],
  ['license', (item) => property(item, 'license')],
  ['providers', (item) => unique(listOf(property(item, 'providers')).map((provider) => provider?.name))],
  ['period', (item) => [property(item, 'start_datetime') ?? property(item, 'datetime'), property(item, 'end_datetime')]],
  ['extent', (item) => item.bbox],
  ['version', (item) => property(item, 'version')],
  ['hyperparameters', (item) => hyperparameters(item)],
]

/**
 * Rows that at least one of the items has a value in.
 * @param {Item[]} items
 * @returns {Row[]}
 */
export function compare(items) {
  return ROWS.map(([name, read]) => {
    const values = items.map((item) => plain(read(item)))
    const texts = new Set(values.map((value) => JSON.stringify(value ?? null)))
    return { name, values, differs: texts.size > 1 }
  }).filter(({ values }) => values.some((value) => value !== undefined))
}

/**
 * @param {Item} item
 * @param {string} name
 */
function property(item, name) {
  return item?.properties?.[name]
}

/**
 * @param {unknown} value
 * @returns {any[]}
 */
function listOf(value) {
  return Array.isArray(value) ? value : []
}

/** @param {unknown[]} values */
function unique(values) {
  return [...new Set(values.filter((value) => typeof value === 'string' && value))]
}

/** @param {...unknown} values */
function words(...values) {
  return unique(values).join(' ')
}

/** @param {Item} item */
function inputs(item) {
  return listOf(property(item, 'mlm:input')).filter((input) => input && typeof input === 'object')
}

/** @param {Item} item */
function bands(item) {
  const named = inputs(item).flatMap((input) => listOf(input.bands))
  return unique(named.map((band) => (typeof band === 'string' ? band : band?.name)))
}

/** @param {any} tensor */
function shape(tensor) {
  if (!tensor || typeof tensor !== 'object') return ''
  const names = listOf(tensor.dim_order)
  const sizes = listOf(tensor.shape).map((size, place) => {
    const count = size === -1 ? '?' : String(size)
    return names[place] ? `${names[place]} ${count}` : count
  })
  return words(sizes.join(' × '), tensor.data_type)
}

/** @param {any} output */
function classes(output) {
  return listOf(output?.['classification:classes']).map((one) =>
    String(one?.title ?? one?.name ?? one?.value ?? ''),
  )
}

/** @param {Item} item */
function hyperparameters(item) {
  const given = property(item, 'mlm:hyperparameters')
  if (!given || typeof given !== 'object') return []
  return Object.entries(given).map(([name, value]) => `${name}: ${written(value)}`)
}

/** @param {unknown} value */
function written(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/**
 * A value without what is none: empty texts and lists.
 * @param {any} value
 */
function plain(value) {
  if (value === null || value === undefined || value === '') return undefined
  if (!Array.isArray(value)) return value
  const kept = value.filter((part) => part !== null && part !== undefined && part !== '')
  return kept.length ? kept : undefined
}
