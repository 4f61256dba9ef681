import type { Lock, Signal } from '../core/ports.js'

/** Calls `hold` when the lock is free and keeps it until that promise settles. */
type Request = (
  name: string,
  signal: Signal,
  hold: () => Promise<void> | undefined,
) => Promise<unknown>

const lockBy = (request: Request): Lock => ({
  acquire: (name, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason)
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort)
      request(name, signal, () => {
        signal.removeEventListener('abort', onAbort)
        return signal.aborted ? undefined : new Promise<void>(resolve)
        // Once granted, a rejection is the news that the lock was stolen: nobody waits for it.
      }).catch(reject)
    }),
})

/**
 * Web Locks: one holder per name among all contexts of an origin.
 * `acquire` rejects where they are missing (insecure origins) or refused (opaque origins).
 */
export const webLock = (): Lock =>
  lockBy((name, signal, hold) =>
    navigator.locks.request(name, signal instanceof AbortSignal ? { signal } : {}, hold),
  )

/** The last in line for each lock of this process. */
const lines = new Map<string, Promise<unknown>>()

/** One holder per name among the clients of this page or process, first come, first served. */
export const inProcessLock = (): Lock =>
  lockBy(async (name, _, hold) => {
    const turn = Promise.resolve(lines.get(name)).then(hold)
    lines.set(name, turn)
    await turn
    if (lines.get(name) === turn) lines.delete(name)
  })

/** One lock inside another. The inner one is done without where it fails. */
const nested = (outer: Lock, inner: Lock): Lock => ({
  async acquire(name, signal) {
    const releaseOuter = await outer.acquire(name, signal)
    const releaseInner = await inner.acquire(name, signal).catch(() => {
      if (!signal.aborted) return undefined
      releaseOuter()
      throw signal.reason
    })
    const release = (): void => {
      releaseInner?.()
      releaseOuter()
    }
    // Only the inner one can be lost: a page that sleeps keeps what lies in its own process.
    return Object.assign(release, { holds: releaseInner?.holds })
  },
})

/**
 * Web Locks where they work; else the lock of this page or process, and in it `shared`, which
 * excludes the others. Only the locks of secure contexts of browsers will do: those of Node end at
 * the process.
 */
export function platformLock(shared: Lock): Lock {
  const web = webLock()
  const other = nested(inProcessLock(), shared)
  return {
    async acquire(name, signal) {
      if (!globalThis.isSecureContext) return other.acquire(name, signal)
      return web.acquire(name, signal).catch(() => other.acquire(name, signal))
    },
  }
}
