import { bytes, type Figure } from '../figures.js'
import type { ServerLab, ServerScenario } from './lab.js'

/** What the process is told. */
export interface MemoryOrder {
  /** So many of each kind. */
  readonly cookies: number
  /** So many requests by strangers, in fifties: a whole request each, with its answer. */
  readonly refreshes: number
}

/** What is left in the heap, in bytes. */
export interface HeapUse {
  /** After cookies that all were sessions, each another. */
  readonly distinct: number
  /** After junk that came then, in addition. */
  readonly junk: number
  /** After refresh tokens that strangers made up, in addition. */
  readonly refreshes: number
}

const isHeapUse = (value: unknown): value is HeapUse =>
  typeof value === 'object' &&
  value !== null &&
  'distinct' in value &&
  'junk' in value &&
  'refreshes' in value

const DISTINCT = 'after a million distinct cookies'
const JUNK = 'more, after a million pieces of junk'
const REFRESHES = 'more, after a million junk refresh tokens'

/** Nothing is remembered there. */
const NOTHING: Figure = { text: '', raw: null }

/** Bytes that do not matter may be less than none: the collector is not exact. */
const heap = (raw: number): Figure => ({ ...bytes([Math.max(0, raw)]), raw })

async function measure({ once, quick }: ServerLab) {
  const order: MemoryOrder = quick
    ? { cookies: 2_000, refreshes: 200 }
    : { cookies: 1_000_000, refreshes: 1_000_000 }
  const use = await once('memory-worker', JSON.stringify(order), ['--expose-gc'])
  if (!isHeapUse(use)) throw new Error('The process did not say what its heap holds.')
  return use
}

/** What a server that runs for months remembers. */
export const memory: ServerScenario = {
  name: 'Heap of a server',
  longest: 3_600_000,
  async run(lab) {
    const { distinct, junk, refreshes } = await measure(lab)
    return {
      holdfast: {
        [DISTINCT]: heap(distinct),
        [JUNK]: heap(junk),
        [REFRESHES]: heap(refreshes),
      },
      workos: { [DISTINCT]: NOTHING, [JUNK]: NOTHING, [REFRESHES]: NOTHING },
    }
  },
}
