// Language: the first visit to the home page follows the browser, from then on the choice holds.

const KEY = 'geocairn-language'

/** Remember which language is chosen, and lead visitors of the home page to theirs. */
export function startLanguage() {
  const links = /** @type {HTMLAnchorElement[]} */ ([
    ...document.querySelectorAll('a[data-language]'),
  ])
  for (const link of links) {
    // What the page's address says besides, such as a search, goes along.
    link.addEventListener('click', () => {
      write(link.dataset.language ?? '')
      const target = new URL(link.href)
      target.search = location.search
      target.hash = location.hash
      link.href = target.href
    })
  }
  if (document.body.classList.contains('page--home')) lead(links)
}

/** @param {HTMLAnchorElement[]} links */
function lead(links) {
  const here = document.documentElement.dataset.lang
  const known = links.map((link) => link.dataset.language ?? '')
  // Whoever comes from another page of the hub, or shared a translated address, meant this one.
  if (here !== known[0] || document.referrer.startsWith(location.origin)) return
  const wanted = read() ?? navigator.languages.map(primary).find((name) => known.includes(name))
  const link = links.find((one) => one.dataset.language === wanted)
  if (link && wanted !== here) location.replace(link.href)
}

/** @param {string} tag */
function primary(tag) {
  return tag.split('-')[0] ?? tag
}

function read() {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** @param {string} language */
function write(language) {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Storage may be forbidden; links keep the language anyway.
  }
}
