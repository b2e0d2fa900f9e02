/** The index of a large hub, read by range: no more of it than a query needs. */

import { Part, unpackJson } from './directory.js'
import { decodeFrame, kindOf } from './frames.js'
import { queryable } from './facets.js'
import { readRanges } from './ranges.js'
import { spread } from './sample.js'
import { Skipper } from './skipping.js'
import { firstFrom } from './text.js'

/** @typedef {import('./directory.js').Directory} Directory */
/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('./small.js').Chunk} Chunk */
/** @typedef {Chunk & {part: Part, number: number, kinds: Set<string>}} Frame */
/** @typedef {{part: Part, block: number, sure: boolean}} Candidate */
/** @typedef {import('./ranges.js').Wanted} Wanted */

const PATH = 'search/blocks.bin'
const MOST_FRAMES = 8192
const FIRST_BLOCKS = 4
const MOST_BLOCKS = 64
const RANKED_BLOCKS = 6
/** Columns of whose values the ends are known. */
const RANKED = new Set(['start', 'end', 'moment', 'created', 'updated', 'gsd', 'parameters', 'memory'])

/** Rows by frames of a few, each of which lies in the file by kinds of columns. */
export class BlockIndex {
  /** @param {import('./files.js').Files} files @param {Directory} directory @param {number} size */
  constructor(files, directory, size) {
    this.files = files
    this.directory = directory
    this.size = size
    this.countColumns = directory.coded
    /** @type {Map<number, Frame>} */
    this.frames = new Map()
    let [first, offset] = [0, 0]
    this.parts = directory.parts.rows.map((rows, number) => {
      const part = new Part(directory, number, first, offset)
      first += rows
      offset += directory.parts.size[number] ?? 0
      return part
    })
  }

  /**
   * Blocks that may have matches, part by part in the hub's order.
   *
   * @param {Plan} plan
   * @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<Candidate[]>}
   */
  async *candidates(plan, signal) {
    const skipper = new Skipper(plan, this.directory.coded)
    const open = this.#openTo(plan, skipper)
    let ahead = 1
    for (let at = 0; at < open.length; at += ahead, ahead = Math.min(2 * ahead, 16)) {
      const some = open.slice(at, at + ahead)
      await this.openParts(some, { contents: skipper.tests.length > 0, stats: true }, signal)
      for (const part of some) yield this.blocksOf(part, skipper, plan)
    }
  }

  /** Parts that may have matches. @param {Plan} plan @param {Skipper} skipper */
  #openTo(plan, skipper) {
    const { parts } = this.directory
    return this.parts.filter(
      ({ number, first, rows }) =>
        skipper.may(parts, number) && skipper.mayValues(parts.values, number) && (!plan.only || anyWithin(plan.only, first, first + rows)),
    )
  }

  /** Rows of the parts that may have matches. @param {Plan} plan */
  reach(plan) {
    const open = this.#openTo(plan, new Skipper(plan, this.directory.coded))
    return open.reduce((sum, { rows }) => sum + rows, 0)
  }

  /**
   * See `Ranked`: by what the blocks' statistics tell of a column.
   *
   * @type {import('./small.js').Ranked}
   */
  async ranked(plan, { field, direction }, signal) {
    const span = field === 'datetime' ? 'moment' : (queryable(field).column ?? '')
    if (!RANKED.has(span)) return null
    const end = direction === 'desc' ? 1 : 0
    /** @type {Array<{candidate: Candidate, bound: number|null}>} */
    const found = []
    for await (const some of this.candidates(plan, signal)) {
      for (const candidate of some) {
        found.push({ candidate, bound: candidate.part.stats?.spans[span]?.[end]?.[candidate.block] ?? null })
      }
    }
    const sign = direction === 'desc' ? -1 : 1
    const value = (/** @type {number|null} */ bound) => (bound === null ? Infinity : sign * bound)
    found.sort((a, b) => (value(a.bound) < value(b.bound) ? -1 : value(a.bound) > value(b.bound) ? 1 : 0))
    const batches = []
    for (let at = 0; at < found.length; at += RANKED_BLOCKS) {
      const some = found.slice(at, at + RANKED_BLOCKS)
      const blocks = some.map(({ candidate }) => candidate)
      batches.push({ bound: some[0]?.bound ?? null, read: () => this.read(blocks, plan, signal) })
    }
    return batches
  }

  /** @param {Part} part @param {Skipper} skipper @param {Plan} plan @returns {Candidate[]} */
  blocksOf(part, skipper, plan) {
    const { contents, stats } = part
    if (!stats) throw new Error('a part is not open')
    const masks = skipper.masks(contents?.values ?? {})
    if (masks.some(({ mask }) => !mask)) return []
    const { block: size } = this.directory
    /** @type {Candidate[]} */
    const found = []
    for (let block = 0; block * size < part.rows; block++) {
      const first = part.first + block * size
      const has = masks.every(({ column, mask }) => {
        const own = stats.values[column]?.[block]
        return own === undefined || (BigInt(`0x${own}`) & mask) !== 0n
      })
      if (!has || !skipper.may(stats, block)) continue
      if (plan.only && !anyWithin(plan.only, first, first + size)) continue
      found.push({ part, block, sure: skipper.sure(stats, block) })
    }
    return found
  }

  /**
   * @param {Plan} plan
   * @param {AbortSignal} [signal]
   * @returns {AsyncGenerator<Chunk & {sure?: boolean}>}
   */
  async *scan(plan, signal) {
    if (this.frames.size > MOST_FRAMES) this.frames.clear()
    let many = FIRST_BLOCKS
    /** @type {Candidate[]} */
    let waiting = []
    for await (const found of this.candidates(plan, signal)) {
      waiting.push(...found)
      while (waiting.length >= many) {
        yield* this.read(waiting.splice(0, many), plan, signal)
        many = Math.min(2 * many, MOST_BLOCKS)
      }
      // What a part has may be all that is wanted: the next part's head is read only after it.
      if (many === FIRST_BLOCKS && waiting.length) yield* this.read(waiting.splice(0), plan, signal)
    }
    yield* this.read(waiting, plan, signal)
  }

  /**
   * Frames of some blocks, with what the plan's conditions need.
   *
   * @param {Candidate[]} blocks
   * @param {Plan} plan
   * @param {AbortSignal} [signal]
   */
  async *read(blocks, plan, signal) {
    const frames = blocks.map((candidate) => ({ own: this.framesOf(candidate, plan.only), sure: candidate.sure }))
    const [sure, open] = [true, false].map((is) => frames.filter((block) => block.sure === is).flatMap(({ own }) => own))
    await Promise.all([
      this.load(/** @type {Frame[]} */ (open), plan.columns, signal),
      this.load(/** @type {Frame[]} */ (sure), plan.columns.filter((name) => kindOf(name) !== 'where'), signal),
    ])
    for (const block of frames) {
      for (const frame of block.own) {
        frame.sure = block.sure
        yield frame
      }
    }
  }

  /** @param {Candidate} candidate @param {ArrayLike<number>|null} only @returns {Array<Frame & {sure?: boolean}>} */
  framesOf({ part, block }, only) {
    const { block: size, frame } = this.directory
    const found = []
    for (let row = block * size; row < Math.min((block + 1) * size, part.rows); row += frame) {
      const own = this.frameAt(part, row / frame)
      if (!only || anyWithin(only, own.first, own.first + own.count)) found.push(own)
    }
    return found
  }

  /** @param {Part} part @param {number} number @returns {Frame} */
  frameAt(part, number) {
    const offset = number * this.directory.frame
    const first = part.first + offset
    let frame = this.frames.get(first)
    if (!frame) {
      frame = { first, count: Math.min(this.directory.frame, part.rows - offset), columns: {}, part, number, kinds: new Set() }
      this.frames.set(first, frame)
    }
    return frame
  }

  /** See `Source`. @param {ArrayLike<number>} rows Ascending. */
  sample(rows) {
    return spread(rows, this.parts, this.directory.frame)
  }

  /** @param {number[]} rows @returns {Promise<Array<{chunk: Chunk, place: number}>>} */
  async at(rows) {
    return rows.map((row) => {
      let low = 0
      for (let high = this.parts.length; high - low > 1; ) {
        const middle = (low + high) >> 1
        if (/** @type {Part} */ (this.parts[middle]).first <= row) low = middle
        else high = middle
      }
      const part = /** @type {Part} */ (this.parts[low])
      const chunk = this.frameAt(part, Math.floor((row - part.first) / this.directory.frame))
      return { chunk, place: row - chunk.first }
    })
  }

  /**
   * Read columns of some frames.
   *
   * @param {Chunk[]} chunks
   * @param {Iterable<string>} columns
   * @param {AbortSignal} [signal]
   */
  async load(chunks, columns, signal) {
    const kinds = new Set([...columns].map(kindOf))
    const frames = /** @type {Frame[]} */ (chunks).filter((frame) => [...kinds].some((kind) => !frame.kinds.has(kind)))
    if (!frames.length) return
    await this.openParts([...new Set(frames.map(({ part }) => part))], { contents: true, stats: false }, signal)
    /** @type {Wanted[]} */
    const wanted = []
    for (const frame of frames) {
      for (const kind of kinds) if (!frame.kinds.has(kind)) wanted.push(this.wantedFrame(frame, kind))
    }
    await readRanges(this.files, PATH, wanted, signal)
  }

  /** @param {Frame} frame @param {string} kind @returns {Wanted} */
  wantedFrame(frame, kind) {
    const contents = /** @type {import('./directory.js').Contents} */ (frame.part.contents)
    const start = frame.part.offsets[kind]?.[frame.number] ?? 0
    const size = contents.sizes[kind]?.[frame.number] ?? 0
    const take = (/** @type {Uint8Array} */ bytes) => {
      Object.assign(frame.columns, decodeFrame(kind, bytes, frame.count, this.directory.coded, contents))
      frame.kinds.add(kind)
    }
    return { start, end: start + size, take }
  }

  /**
   * Read heads of parts, or one half of them.
   *
   * @param {Part[]} parts
   * @param {{contents: boolean, stats: boolean}} halves
   * @param {AbortSignal} [signal]
   */
  async openParts(parts, { contents, stats }, signal) {
    /** @type {Wanted[]} */
    const wanted = []
    for (const part of parts) {
      const { offset, middle, body } = part
      if (contents && !part.contents) {
        wanted.push({ start: offset, end: middle, take: (bytes) => part.open(unpackJson(bytes, PATH), this.directory.kinds) })
      }
      if (stats && !part.stats) {
        wanted.push({ start: middle, end: body, take: (bytes) => (part.stats = unpackJson(bytes, PATH)) })
      }
    }
    await readRanges(this.files, PATH, wanted, signal)
  }
}

/** Whether some of ascending numbers lie from one up to another. @param {ArrayLike<number>} sorted @param {number} from @param {number} to */
function anyWithin(sorted, from, to) {
  const next = sorted[firstFrom(sorted, from)]
  return next !== undefined && next < to
}
