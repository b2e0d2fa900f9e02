/** What people filter by, and where the search index keeps it; as `geocairn.facets` has it. */

/** @typedef {'string'|'strings'|'number'|'boolean'|'instant'|'geometry'|'json'} Kind */
/** @typedef {{name: string, type: Kind, column: string|null}} Queryable */

/** @type {ReadonlyArray<{name: string, type: Kind, source: string|null}>} */
export const FACETS = [
  { name: 'tasks', type: 'strings', source: 'mlm:tasks' },
  { name: 'framework', type: 'string', source: 'mlm:framework' },
  { name: 'architecture', type: 'string', source: 'mlm:architecture' },
  { name: 'bands', type: 'strings', source: null },
  { name: 'platforms', type: 'strings', source: null },
  { name: 'gsd', type: 'number', source: 'gsd' },
  { name: 'license', type: 'string', source: 'license' },
  { name: 'parameters', type: 'number', source: 'mlm:total_parameters' },
  { name: 'memory', type: 'number', source: 'mlm:memory_size' },
  { name: 'pretrained', type: 'boolean', source: 'mlm:pretrained' },
  { name: 'accelerator', type: 'string', source: 'mlm:accelerator' },
  { name: 'accelerator_constrained', type: 'boolean', source: 'mlm:accelerator_constrained' },
  { name: 'formats', type: 'strings', source: null },
  { name: 'dtypes', type: 'strings', source: null },
  { name: 'keywords', type: 'strings', source: 'keywords' },
  { name: 'providers', type: 'strings', source: null },
  { name: 'version', type: 'string', source: 'version' },
  { name: 'deprecated', type: 'boolean', source: 'deprecated' },
]

export const FACET_NAMES = FACETS.map((facet) => facet.name)
export const SIDES = ['xmin', 'ymin', 'xmax', 'ymax']

/** @type {Map<string, Queryable>} */
const KNOWN = new Map()

for (const [name, type, column] of /** @type {Array<[string, Kind, string|null]>} */ ([
  ['id', 'string', 'id'],
  ['collection', 'string', 'collection'],
  ['title', 'string', 'title'],
  ['geometry', 'geometry', null],
  ['datetime', 'instant', 'datetime'],
  ['start_datetime', 'instant', 'start'],
  ['end_datetime', 'instant', 'end'],
  ['created', 'instant', 'created'],
  ['updated', 'instant', 'updated'],
])) {
  KNOWN.set(name, { name, type, column })
}
for (const { name, type, source } of FACETS) {
  KNOWN.set(name, { name, type, column: name })
  if (source) KNOWN.set(source, { name: source, type, column: name })
}

/**
 * Find what a name means; `properties.` before it changes nothing. A name that is not known is
 * an item property of any type.
 *
 * @param {string} name
 * @returns {Queryable}
 */
export function queryable(name) {
  const bare = bareName(name)
  return KNOWN.get(bare) ?? { name: bare, type: 'json', column: null }
}

/** @param {string} name */
export function bareName(name) {
  return name.startsWith('properties.') ? name.slice('properties.'.length) : name
}
