// A model's view as another page than its own shows it: addresses in it start from the item's folder.

/** @typedef {import('./view/values.js').Json} Json */

const ELSEWHERE = /^(?:[A-Za-z][A-Za-z0-9+.-]*:|[/#?\\])/
const PAGE = /^\.\.\/(?:.*\/)?index\.html$/

/**
 * @param {Json} view
 * @param {string} folder Relative address of the item's folder, ending with a slash.
 * @returns {Json}
 */
export function moved(view, folder) {
  const { versions } = view
  const own = `${encodeURIComponent(view.collection)}/${encodeURIComponent(view.id)}/`
  /** @param {string | null} href */
  const place = (href) => (href && !ELSEWHERE.test(href) ? folder + href : href)
  /** @param {string} href The page of another model. */
  const page = (href) => modelPage(new URL(href, `https://hub.invalid/${own}`).pathname)
  /** @param {Json} one */
  const leads = (one) => ({ ...one, href: PAGE.test(one.href ?? '') ? page(one.href) : place(one.href) })
  const placed = (/** @type {Json[] | null} */ list) => list?.map((one) => ({ ...one, href: place(one.href) })) ?? null
  return {
    ...view,
    versions: versions && {
      predecessor: versions.predecessor && leads(versions.predecessor),
      successor: versions.successor && leads(versions.successor),
      latest: versions.latest && leads(versions.latest),
    },
    lineage: view.lineage?.map(leads) ?? null,
    links: placed(view.links),
    assets: placed(view.assets),
    providers: placed(view.providers),
    license: view.license && { ...view.license, href: place(view.license.href) },
    thumbnail: place(view.thumbnail),
    bibtex: view.bibtex.replace(`${own}index.html`, `models/${modelPage(`/${own}`)}`),
  }
}

/** Where the page is that shows a model. @param {string} path Its page's, were there one. */
function modelPage(path) {
  const [collection = '', id = ''] = path.split('/').slice(1)
  return `model.html?id=${collection}/${id}`
}
