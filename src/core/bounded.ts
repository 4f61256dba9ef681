import { AuthError } from './errors.js'
import type { Awaitable, Environment, Signal } from './ports.js'

/** What ends a wait before its work does. */
export interface Bounds {
  /** Milliseconds. If the context slept past the end, the wait begins anew, once. */
  readonly limit?: number | undefined
  /** The error when the time is up. */
  readonly late?: () => AuthError
  readonly signal?: Signal | undefined
}

/** A timer that is so many ms late was late because the context slept, or is hidden and seldom has its turn. */
const SLEPT = 1_000

const aborted = (signal: Signal): AuthError =>
  signal.reason instanceof AuthError
    ? signal.reason
    : new AuthError('aborted', 'The caller aborted the call.', { cause: signal.reason })

/**
 * Settles as `work` does, or earlier: when its time is up or the signal aborts. `work` gets a
 * signal of its own that aborts with it. @throws AuthError `aborted` or what `late` returns;
 * `invalid_argument` for what is no signal.
 *
 * Until it settles it keeps its process alive, also where nobody awaits it: a token that is being
 * rotated or saved is lost with the process. What a client reads when it is made thus delays an exit
 * until storage answers, or its limit is over.
 */
export function bounded<T>(
  environment: Pick<Environment, 'clock' | 'createAbort'>,
  work: (signal: Signal) => Awaitable<T>,
  { limit, late, signal }: Bounds,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal && !signal.addEventListener) {
      return reject(new AuthError('invalid_argument', '`signal` is no AbortSignal.'))
    }
    if (signal?.aborted) return reject(aborted(signal))
    const own = environment.createAbort()
    const stop = (error: AuthError): void => {
      settle()
      reject(error)
      own.abort(error)
    }
    const onAbort = (): void => signal && stop(aborted(signal))
    let cancel = (): void => {}
    const settle = (): void => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
    }
    const { clock } = environment
    const arm = (ms: number, error: () => AuthError, slept = false): void => {
      const due = clock.monotonic() + ms
      cancel = clock.schedule(ms, () => {
        // All contexts wake together: whoever gave up the lock then would send the same token. Once, as
        // a hidden tab of Chromium has its timers run once a minute, each of them late.
        if (!slept && clock.monotonic() - due > SLEPT) arm(ms, error, true)
        //   this page                     the server
        //   sends a refresh
        //   is frozen                     answers: the token is rotated
        //   wakes, and its time is up     so what has come meanwhile has its turn first
        else cancel = clock.schedule(0, () => stop(error()))
      })
    }
    if (limit !== undefined && late) arm(limit, late)
    signal?.addEventListener('abort', onAbort)
    new Promise<T>((begin) => begin(work(own.signal))).then(resolve, reject).then(settle)
  })
}
