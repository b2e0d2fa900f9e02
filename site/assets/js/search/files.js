/** Files of a hub over HTTP: whole, by range, and with messages that say what is wrong. */

import { HubError } from './errors.js'

/** @typedef {(input: string, init?: RequestInit) => Promise<Response>} Fetch */

const PLAIN = /[^A-Za-z0-9/_.~!$&'()*+,;=:@-]/g
const TRIES = 3

/** Reads files below a hub's root. */
export class Files {
  /**
   * @param {string} root
   * @param {Fetch} fetch
   */
  constructor(root, fetch) {
    this.root = root
    this.fetch = fetch
    /** What the manifest says of sizes. @type {Record<string, {size: number, footer?: number}>} */
    this.known = {}
  }

  /** URL of a path. @param {string} path */
  url(path) {
    return this.root + path.replace(PLAIN, (character) => encodeURIComponent(character))
  }

  /**
   * @param {string} path
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async json(path, signal) {
    const response = await this.request(path, {}, signal)
    const text = await this.body(path, () => response.text(), signal)
    try {
      return JSON.parse(text)
    } catch {
      throw new HubError(`${path} is damaged: it is no JSON`, 'damaged')
    }
  }

  /**
   * @param {string} path
   * @param {AbortSignal} [signal]
   * @returns {Promise<ArrayBuffer>}
   */
  async whole(path, signal) {
    const response = await this.request(path, {}, signal)
    const data = await this.body(path, () => response.arrayBuffer(), signal)
    this.check(path, data.byteLength)
    return data
  }

  /**
   * Bytes `start` up to, not including, `end`.
   *
   * @param {string} path
   * @param {number} start
   * @param {number} end
   * @param {AbortSignal} [signal]
   * @returns {Promise<Uint8Array>}
   */
  async range(path, start, end, signal) {
    if (start >= end) return new Uint8Array()
    const response = await this.request(path, { headers: { Range: `bytes=${start}-${end - 1}` } }, signal)
    if (response.status !== 206) {
      await response.body?.cancel()
      throw new HubError(`the server does not send parts of files: it answered a request for bytes of ${path} with all of them`, 'no-range')
    }
    const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')
    if (total) this.check(path, Number(total[1]))
    const data = await this.body(path, () => response.arrayBuffer(), signal)
    if (data.byteLength !== end - start) {
      throw new HubError(`${path} is cut short: ${data.byteLength} bytes came where ${end - start} were asked for`, 'truncated')
    }
    return new Uint8Array(data)
  }

  /**
   * @param {string} path
   * @param {number} size
   */
  check(path, size) {
    const known = this.known[path]?.size
    if (known !== undefined && known !== size) {
      throw new HubError(`${path} has ${size} bytes where ${known} are told: it belongs to another build, or is cut short`, 'truncated')
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   * @param {AbortSignal} [signal]
   * @returns {Promise<Response>}
   */
  async request(path, init, signal) {
    for (let attempt = 1; ; attempt++) {
      const response = await this.attempt(path, init, signal)
      if (response?.ok) return response
      await response?.body?.cancel()
      if (response && response.status < 500 && response.status !== 429) throw refused(path, response.status)
      if (attempt === TRIES) {
        throw response
          ? new HubError(`${path} cannot be read: the server answered ${response.status}`, 'network')
          : new HubError(`${path} cannot be read: the server cannot be reached`, 'network')
      }
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt))
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   * @param {AbortSignal} [signal]
   * @returns {Promise<Response|null>}
   */
  async attempt(path, init, signal) {
    try {
      return await this.fetch(this.url(path), signal ? { ...init, signal } : init)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof TypeError) return null
      throw error
    }
  }

  /**
   * @template T
   * @param {string} path
   * @param {() => Promise<T>} read
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>}
   */
  async body(path, read, signal) {
    try {
      return await read()
    } catch {
      signal?.throwIfAborted()
      throw new HubError(`${path} is cut short: the connection ended early`, 'truncated')
    }
  }
}

/** @param {string} path @param {number} status */
function refused(path, status) {
  if (status === 416) return new HubError(`${path} is shorter than the manifest says`, 'truncated')
  if (status === 404 || status === 410) return new HubError(`there is no ${path}`, 'missing')
  return new HubError(`${path} cannot be read: the server answered ${status}`, 'missing')
}
