// Pictures on cards, from the models that have one; read when a card comes into view.

import { h } from './dom.js'

/**
 * @typedef {import('./client.js').Hit} Hit
 * @typedef {import('./client.js').SearchHub} SearchHub
 */

const ROLES = ['thumbnail', 'overview']
const TYPES = /^image\/(png|jpeg|webp|gif|svg\+xml|avif)$/

/**
 * @param {Promise<SearchHub>} hub
 * @param {string} root The hub's address: a picture elsewhere is not loaded.
 */
export function pictures(hub, root) {
  /** @type {WeakMap<Element, Hit>} */
  const waiting = new WeakMap()
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const hit = waiting.get(target)
      if (!isIntersecting || !hit) continue
      observer.unobserve(target)
      void load(target, hit)
    }
  })

  /**
   * @param {Element} card
   * @param {Hit} hit
   */
  async function load(card, hit) {
    try {
      const item = await (await hub).item(hit.collection, hit.id)
      const path = `${encodeURIComponent(hit.collection)}/${encodeURIComponent(hit.id)}/`
      const address = pictureOf(item, new URL(path, root).href, root)
      if (!address || !card.isConnected) return
      // Not lazy: what is not on the page yet would never be loaded.
      const image = h('img', { src: address, alt: '', decoding: 'async' })
      image.addEventListener('load', () => card.querySelector('.result__picture')?.replaceChildren(image))
    } catch {
      // The small map stays.
    }
  }

  return (/** @type {Element} */ card, /** @type {Hit} */ hit) => {
    waiting.set(card, hit)
    observer.observe(card)
  }
}

/**
 * Address of an item's picture that the hub itself holds; null without one.
 * @param {any} item
 * @param {string} folder
 * @param {string} root
 */
export function pictureOf(item, folder, root) {
  for (const asset of Object.values(item?.assets ?? {})) {
    const roles = Array.isArray(asset?.roles) ? asset.roles : []
    if (!ROLES.some((role) => roles.includes(role)) || typeof asset.href !== 'string') continue
    const address = new URL(asset.href, folder).href
    if (address.startsWith(root) && TYPES.test(asset.type ?? '')) return address
  }
  return null
}
