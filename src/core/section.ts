import { type Bounds, bounded } from './bounded.js'
import { AuthError } from './errors.js'
import type { Abort, Environment, LockRelease, Signal } from './ports.js'

/** How one came to its work in a section. */
export interface Turn {
  /**
   * `held`: with the lock; `broken`: without it, as for the time of a whole turn nothing was seen to
   * happen in it; `busy`: without it, as others had it all the time, one after the other.
   */
  readonly lock: 'held' | 'broken' | 'busy'
  readonly holds?: LockRelease['holds']
}

/** The critical section of one client: what runs in it has the lock, or went without in the end. */
export interface Section {
  /**
   * Runs `work` inside the lock, or without it when it cannot be had in time, and tells which. An abort
   * of `wait` ends the waiting, and `work` does not run.
   */
  locked<T>(work: (turn: Turn) => Promise<T>, wait?: Abort): Promise<T>
  /** Lets `ms` pass, without the lock. @throws the reason of `wait`, or the error of the disposal. */
  pause(ms: number, wait: Abort): Promise<void>
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
  /** What one turn may take at the most, in ms. */
  readonly timeout: number
  /**
   * Begins to watch what is done in the section; what it returns looks, and tells whether anything was.
   * Left out where nothing can be seen of it: then nobody waits longer than for one turn.
   */
  watch?(): () => Promise<boolean>
  /** Milliseconds that a save may take to become readable in other contexts. */
  readonly lag: number
}

/** For so many turns of others one waits at the most; where the server is slow, each has two of them. */
const TURNS = 10

const late = (): AuthError => new AuthError('timeout', 'The lock was not granted in time.')

/** What `work` resolves to; `null` when the time is up. @throws the reason of `signal`. */
async function within<T>(
  { environment }: Pick<SectionOptions, 'environment'>,
  work: Promise<T>,
  { limit, signal }: Pick<Required<Bounds>, 'limit' | 'signal'>,
): Promise<T | null> {
  const error = late()
  try {
    return await bounded(environment, () => work, { limit, late: () => error, signal })
  } catch (cause) {
    if (cause !== error) throw cause
    return null
  }
}

/** Waits in the line for the lock. @throws timeout where nothing moves, or why there is no lock. */
async function wait(
  options: SectionOptions,
  asked: Promise<LockRelease>,
  { signal, failing }: { readonly signal: Signal; failing(): number },
): Promise<Exclude<Turn['lock'], 'broken'>> {
  const { timeout: limit, watch } = options
  //   this context               the holder              the next in line
  //   waits as long as one turn may take
  //                              saves, and gives the lock back
  //                                                      sends the token that was saved
  //   would send it too          so it looks first: something was done, and it keeps its place in the line
  for (let turns = 0; turns < TURNS; turns++) {
    const look = watch?.()
    const before = failing()
    if (await within(options, asked, { limit, signal })) return 'held'
    // What this client did without the lock meanwhile does not show that it works.
    const moved = failing() <= before && look && Promise.race([asked.then(() => true), look()])
    if (!moved || !(await within(options, moved, { limit, signal }))) throw late()
  }
  return 'busy'
}

/** Makes what asks for the lock; resolves without a release where it was done without. */
function createAcquire(options: SectionOptions) {
  const { environment, lockName } = options
  /** How often in a row it could not be had. */
  let failures = 0
  return async (signal: Signal): Promise<Pick<Turn, 'lock'> & { release?: LockRelease }> => {
    const shown = environment.page.activation?.()
    if (shown) await bounded(environment, () => shown, { signal })
    const own = environment.createAbort()
    const asked = new Promise<LockRelease>((begin) => {
      begin(environment.lock.acquire(lockName, own.signal))
    })
    let lock: Turn['lock'] = 'broken'
    try {
      lock = await wait(options, asked, { signal, failing: () => failures })
      failures = 0
      if (lock === 'held') return { lock, release: await asked }
    } catch (error) {
      if (signal.aborted) throw error
      // What fails again and again is told once.
      if (failures++ === 0) environment.report(error)
    } finally {
      if (lock !== 'held') {
        own.abort()
        // Granted in the very moment in which the wait was given up: nobody else would free it.
        asked.then((release) => release()).catch(() => {})
      }
    }
    return { lock }
  }
}

/** Makes the critical section of one client. */
export function createSection(options: SectionOptions): Section {
  const { environment, lag } = options
  const acquire = createAcquire(options)
  const waits = new Set<Abort>()
  let disposed: AuthError | null = null
  let fresh = false

  function throwIfDisposed(): void {
    if (disposed) throw disposed
  }

  /** Waits, until the disposal at the most. */
  async function waiting<T>(abort: Abort, work: (signal: Signal) => Promise<T>): Promise<T> {
    throwIfDisposed()
    waits.add(abort)
    try {
      return await work(abort.signal)
    } finally {
      waits.delete(abort)
    }
  }

  return {
    throwIfDisposed,
    async locked(work, abort = environment.createAbort()) {
      const { lock, release } = await waiting(abort, acquire)
      try {
        return await work({ lock, holds: release?.holds })
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
    async pause(limit, abort) {
      await waiting(abort, (signal) => within(options, new Promise(() => {}), { limit, signal }))
    },
    saved: () => {
      fresh = true
    },
    dispose(error) {
      disposed = error
      for (const abort of waits) abort.abort(error)
    },
  }
}
