import type { Lock } from '../../core/ports.js'
import type { Life } from './life.js'

/** The locks that all tabs share, and the ways in which they can fail. */
export interface FakeBrowserLocks {
  /** Whether requests wait for ever. Switched off, those that waited are served. */
  neverGrant(on: boolean): void
  /** Takes a lock away from its holder, who is not told; the next in line gets it. */
  steal(name: string): void
  /** Whether there are no Web Locks, so that each tab has only locks of its own. */
  absent(on: boolean): void
  /** The names of the tabs that hold or want a lock, the holder first. */
  queue(name: string): readonly string[]
}

interface Claim {
  readonly life: Life
  readonly grant: () => void
  held: boolean
}

/** The controls, and the lock manager behind them. */
export interface LockManager {
  readonly controls: FakeBrowserLocks
  /** Queues for a lock; returns how to leave, whether as holder or as waiter. */
  request(name: string, life: Life, grant: () => void): () => void
}

/** Makes a lock manager without any locks held. */
export function createLockManager(): LockManager {
  const queues = new Map<string, Claim[]>()
  let closed = false
  let absent = false

  function serve(name: string): void {
    const first = queues.get(name)?.[0]
    if (closed || !first || first.held) return
    first.held = true
    first.grant()
  }

  function leave(name: string, claim: Claim): void {
    const queue = queues.get(name) ?? []
    const rest = queue.filter((other) => other !== claim)
    if (rest.length) queues.set(name, rest)
    else queues.delete(name)
    serve(name)
  }

  return {
    request(shared, life, grant) {
      const name = absent ? `${life.name} ${shared}` : shared
      const claim: Claim = { life, grant, held: false }
      const forget = life.onCrash(() => leave(name, claim))
      queues.set(name, [...(queues.get(name) ?? []), claim])
      serve(name)
      return () => {
        forget()
        leave(name, claim)
      }
    },
    controls: {
      neverGrant(on) {
        closed = on
        for (const name of [...queues.keys()]) serve(name)
      },
      steal(name) {
        const first = queues.get(name)?.[0]
        if (first?.held) leave(name, first)
      },
      absent(on) {
        absent = on
      },
      queue: (name) => (queues.get(name) ?? []).map(({ life }) => life.name),
    },
  }
}

/** The locks as one tab sees them. */
export function tabLock(life: Life, manager: LockManager): Lock {
  return {
    acquire: (name, signal) =>
      new Promise((resolve, reject) => {
        let leave = (): void => {}
        let waits = true
        const stop = (): void => {
          waits = false
          signal.removeEventListener('abort', onAbort)
        }
        const onAbort = (): void => {
          if (!life.alive()) return
          stop()
          // A grant may be on its way: the browser hears that it is not wanted any more.
          life.depart('lock.release', name, () => leave())
          reject(signal.reason)
        }
        const grant = (): void =>
          life.arrive('lock.request:answer', name, () => {
            stop()
            resolve(() => life.depart('lock.release', name, leave))
          })
        if (signal.aborted) return onAbort()
        signal.addEventListener('abort', onAbort)
        life.depart('lock.request', name, () => {
          if (waits) leave = manager.request(name, life, grant)
        })
      }),
  }
}
