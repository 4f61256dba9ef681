import { fingerprint } from './coordinator.js'
import type { Command } from './redis-link.js'
import { ADMIT, CLAIM, END, ENDED, HEAR, KEEP, RESUME, SETTLE, TELL } from './redis-scripts.js'

/** One who wants the turn on a key. */
export interface Contender {
  readonly key: string
  readonly owner: string
}

/** What a contender knows of the others. */
export interface Sight {
  /** The owner whose turn it waits for, if any. */
  readonly other: string
  /** A result that could not be read, if any. */
  readonly unreadable: string
}

/** What is left for the others: a result, a failure, or nothing. */
export interface Legacy {
  readonly name: string
  readonly sealed: string | null
  /** Milliseconds. */
  readonly life: number
}

/** The commands under one prefix, and the names of the keys they use. */
export interface RedisCommands {
  resultName(key: string): string
  failureName(key: string, owner: string): string
  claim(contender: Contender, sight: Sight): Command
  settle(contender: Contender, legacy: Legacy): Command
  /** Gives a turn back with nothing left. */
  release(contender: Contender): Command
  tombstoneName(name: string): Promise<string>
  /** Times in ms. */
  end(
    name: string,
    stone: { readonly ttl: number; readonly at: number; readonly keepsFirst?: boolean | undefined },
  ): Promise<Command>
  ended(name: string): Promise<Command>
  /** Tells all processes that a tombstone was set. */
  tell(tombstone: string): Command
  /** What was told after this id of the feed, so many at once. */
  hear(after: string, most: number): Command
  pauseName(server: string): Promise<string>
  /** Times in ms. */
  admit(
    server: string,
    times: { readonly span: number; readonly remembered: number },
  ): Promise<Command>
  /** `life` in ms. */
  pause(server: string, sealed: string, life: number): Promise<Command>
  resume(server: string): Promise<Command>
}

/** The most ends that the feed keeps, and for how long after the last one, in ms: far longer than a look takes. */
const FEED = { limit: 10_000, life: 60_000 }

/** Makes the commands. `term` in ms. */
export function redisCommands(prefix: string, term: number): RedisCommands {
  // The braces keep the keys of a script on one node of a cluster.
  const resultName = (key: string): string => `${prefix}r:{${key}}`
  const lockName = (key: string): string => `${prefix}l:{${key}}`
  const failureName = (key: string, owner: string): string => `${prefix}f:{${key}}:${owner}`
  const pauseName = async (server: string): Promise<string> =>
    `${prefix}p:${await fingerprint(server)}`
  const tombstoneName = async (id: string): Promise<string> => `${prefix}e:${await fingerprint(id)}`

  const settle = ({ key, owner }: Contender, { name, sealed, life }: Legacy): Command => ({
    script: SETTLE,
    keys: [name, lockName(key)],
    args: [owner, sealed ?? '', life],
  })

  return {
    resultName,
    failureName,
    settle,
    claim: ({ key, owner }, { other, unreadable }) => ({
      script: CLAIM,
      keys: [resultName(key), lockName(key), failureName(key, other)],
      args: [owner, term, unreadable],
    }),
    release: (contender) =>
      settle(contender, { name: resultName(contender.key), sealed: null, life: 0 }),
    tombstoneName,
    end: async (name, { ttl, at, keepsFirst }) => ({
      script: END,
      keys: [await tombstoneName(name)],
      args: [ttl, Math.floor(at), keepsFirst ? 1 : 0],
    }),
    ended: async (name) => ({ script: ENDED, keys: [await tombstoneName(name)], args: [] }),
    tell: (tombstone) => ({
      script: TELL,
      keys: [`${prefix}ends`],
      args: [tombstone, FEED.limit, FEED.life],
    }),
    hear: (after, most) => ({ script: HEAR, keys: [`${prefix}ends`], args: [after, most] }),
    pauseName,
    admit: async (server, { span, remembered }) => ({
      script: ADMIT,
      keys: [await pauseName(server)],
      args: [Math.ceil(span), remembered],
    }),
    pause: async (server, sealed, life) => ({
      script: KEEP,
      keys: [await pauseName(server)],
      args: [sealed, Math.ceil(life)],
    }),
    resume: async (server) => ({ script: RESUME, keys: [await pauseName(server)], args: [] }),
  }
}
