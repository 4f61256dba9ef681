import { bounded } from './bounded.js'
import { AuthError } from './errors.js'
import type { Abort, Environment, LockRelease } from './ports.js'

/** The critical section of one client: what runs in it has the lock, or went without in the end. */
export interface Section {
  /**
   * Runs `work` inside the lock, or without it when it cannot be had in time, and tells which; `holds`
   * says whether it is still had, where it can be lost by sleeping. An abort of `wait` ends the
   * waiting, and `work` does not run.
   */
  locked<T>(
    work: (granted: boolean, holds: LockRelease['holds']) => Promise<T>,
    wait?: Abort,
  ): Promise<T>
  /** Something was saved: the next holder of the lock has to find it, so this turn's end keeps it longer. */
  saved(): void
  /** @throws the error of the disposal, once there was one. */
  throwIfDisposed(): void
  /** Ends the wait for the lock. Work in progress goes on, and keeps the lock as long as it has to. */
  dispose(error: AuthError): void
}

/** What a section is made of. */
export interface SectionOptions {
  readonly environment: Environment
  readonly lockName: string
  /** Bound of the wait, in ms. */
  readonly timeout: number
  /** Milliseconds that a save may take to become readable in other contexts. */
  readonly lag: number
}

/** Makes the critical section of one client. */
export function createSection({ environment, lockName, timeout, lag }: SectionOptions): Section {
  const late = (): AuthError => new AuthError('timeout', 'The lock was not granted in time.')
  const waits = new Set<Abort>()
  let disposed: AuthError | null = null
  let fresh = false
  let failing = false

  async function acquire(wait: Abort): Promise<LockRelease | undefined> {
    waits.add(wait)
    try {
      const shown = environment.page.activation?.()
      if (shown) await bounded(environment, () => shown, { signal: wait.signal })
      const granted = await bounded(
        environment,
        async (signal) => {
          const release = await environment.lock.acquire(lockName, signal)
          // Granted in the very moment in which the wait was given up: nobody else would free it.
          if (signal.aborted) release()
          return release
        },
        { limit: timeout, late, signal: wait.signal },
      )
      failing = false
      return granted
    } catch (error) {
      if (wait.signal.aborted) throw error
      // What fails again and again is told once.
      if (!failing) environment.report(error)
      failing = true
      return undefined
    } finally {
      waits.delete(wait)
    }
  }

  function throwIfDisposed(): void {
    if (disposed) throw disposed
  }

  return {
    throwIfDisposed,
    async locked(work, wait = environment.createAbort()) {
      throwIfDisposed()
      const release = await acquire(wait)
      try {
        return await work(release !== undefined, release?.holds)
      } finally {
        if (release && fresh && lag > 0) {
          // The caller has its answer by now: only siblings wait for that, and a lease runs out. Also
          // after `dispose()`: a sibling that is let in earlier sends the token that is spent.
          environment.clock.schedule(lag, release, { background: true })
        } else {
          release?.()
        }
        fresh = false
      }
    },
    saved: () => {
      fresh = true
    },
    dispose(error) {
      disposed = error
      for (const wait of waits) wait.abort(error)
    },
  }
}
