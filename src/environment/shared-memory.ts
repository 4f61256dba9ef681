import type { Storage } from '../core/ports.js'

declare const process:
  | {
      readonly env?: { readonly NODE_ENV?: string | undefined }
      getActiveResourcesInfo?(): readonly string[]
    }
  | undefined
declare const EdgeRuntime: string | undefined

/**
 * A client that is as old, in ms, was made for more than one request: a sign-in by one that was made for
 * it has ended by then, for that is how long a request of it lasts at most (`requestTimeout`).
 */
const AGE = 10_000

/** What a developer is told. */
const WARNING: string =
  'Somebody signed in with an AuthClient that keeps its session in the memory of a process that answers ' +
  'requests: all of them are this person now. On a server keep sessions in the cookies of each request ' +
  '(`holdfast/server`), or make a client for each. Where one person is meant, such as a service of yours, ' +
  'pass `storage: memoryStorage()`.'

/** Whether nothing runs here but what answers requests, as in the edge runtime of Next.js and in workers of Cloudflare. */
const isForRequests = (): boolean =>
  typeof EdgeRuntime === 'string' || globalThis.navigator?.userAgent === 'Cloudflare-Workers'

/** Whether this process listens for connections. Node says so, and Deno of `node:http`; Bun and `Deno.serve` do not. */
const isListening = (): boolean =>
  typeof process !== 'undefined' &&
  (process.getActiveResourcesInfo?.() ?? []).some((name) => /^(TCP|Pipe)ServerWrap$/.test(name))

const isServer = (): boolean =>
  (isForRequests() || isListening()) &&
  !(typeof process !== 'undefined' && process.env?.NODE_ENV === 'test')

/**
 * Says once, while an app is developed, that the requests of a server share a memory that nobody chose:
 * whoever signs in is everybody.
 */
export function watchMemory(memory: Storage, warn: (text: string) => void): Storage {
  const made = performance.now()
  let isTold = false
  return {
    ...memory,
    set(key, value) {
      // A sign-in has a slot of its own; a refresh writes to one that is there.
      const isNew = !isTold && memory.get(key) === null
      if (isNew && performance.now() - made > AGE && isServer()) {
        isTold = true
        warn(WARNING)
      }
      return memory.set(key, value)
    },
  }
}
