import { checkPositive } from '../coordination/coordinator.js'
import { createExpiring } from '../coordination/expiring.js'
import { checkObject } from '../shared/arguments.js'

/**
 * Holds which sessions people have, so that each can see theirs. What it holds is sealed by the cookie's password, and
 * its names are fingerprints.
 */
export interface SessionList {
  /**
   * Keeps an entry of one session of a person for `ttl` ms, in place of one that was there.
   * @throws AuthError `storage` when it could not; an error of another kind counts as that.
   */
  put(person: string, session: string, entry: ListEntry): Promise<void>
  /** The entries of a person, in any order. @throws AuthError `storage` when that cannot be told now */
  all(person: string): Promise<readonly string[]>
}

/** An entry of a list, and for how long it is kept, in ms. */
export interface ListEntry {
  readonly sealed: string
  readonly ttl: number
}

/** The most sessions of one person that a list holds: whoever has more sees those that were seen last. */
export const LISTED = 100

/** Options of {@link memorySessionList}. */
export interface MemorySessionListOptions {
  /** The most people. Those who were seen longest ago go first. @default 10_000 */
  readonly limit?: number | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/**
 * A list of sessions for one process, which is empty when that starts.
 * @throws AuthError `invalid_argument` for a `limit` that is no positive number.
 */
export function memorySessionList(options: MemorySessionListOptions = {}): SessionList {
  checkObject('options', options)
  const { now = () => Date.now() } = options
  const limit = checkPositive('limit', options.limit ?? 10_000)
  type Entries = ReadonlyMap<string, { readonly sealed: string; readonly until: number }>
  const people = createExpiring<Entries>({ limit, now })
  const alive = (person: string): [string, { sealed: string; until: number }][] =>
    [...(people.get(person) ?? [])].filter(([, { until }]) => now() < until)
  return {
    async put(person, session, { sealed, ttl }) {
      const others = alive(person).filter(([name]) => name !== session)
      const entries = [...others, [session, { sealed, until: now() + ttl }] as const]
      const kept = new Map(entries.slice(-LISTED))
      people.set(person, kept, Math.max(...[...kept.values()].map(({ until }) => until)))
    },
    all: async (person) => alive(person).map(([, { sealed }]) => sealed),
  }
}
