// Where a hub's pages and files lie, seen from the page.

const root = typeof document === 'undefined' ? '' : (document.documentElement.dataset.root ?? './')

/** The hub's own address, which ends with a slash. */
export function hubRoot() {
  return new URL(root || './', document.baseURI).href
}

/** The folders of pages that list models lie right below that of their language's pages. */
const HOME = '../'

/**
 * A model's page in the page's language.
 * @param {{collection: string, id: string}} model
 */
export function modelHref({ collection, id }) {
  const { pages } = document.documentElement.dataset
  if (pages === 'client') return `${HOME}models/model.html?id=${encodeURIComponent(`${collection}/${id}`)}`
  return `${HOME}${encodeURIComponent(collection)}/${encodeURIComponent(id)}/index.html`
}

/** @param {string} collection */
export function collectionHref(collection) {
  return `${HOME}${encodeURIComponent(collection)}/index.html`
}
