import { fingerprint } from './coordinator.js'
import type { Command } from './redis-link.js'
import { ADMIT, CLAIM, END, ENDED, KEEP, RESUME, SETTLE } from './redis-scripts.js'

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
  /** `ttl` in ms. */
  end(sessionId: string, ttl: number): Promise<Command>
  ended(sessionId: string): Promise<Command>
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
    end: async (id, ttl) => ({ script: END, keys: [await tombstoneName(id)], args: [ttl] }),
    ended: async (id) => ({ script: ENDED, keys: [await tombstoneName(id)], args: [] }),
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
