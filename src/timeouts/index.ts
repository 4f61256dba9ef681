import { invalid } from '../core/check-options.js'
import type { Timeouts } from '../core/timeouts.js'
import { platformActivity } from '../environment/activity.js'
import { createWatch } from './watch.js'

/** When sessions end by themselves (ASVS 5.0, 7.3.1 and 7.3.2). All in ms. */
export interface SessionTimeoutsOptions {
  /** How long a session goes on while nobody uses any of its tabs. @default no limit */
  readonly idleTimeout?: number | undefined
  /** How long a session lasts from the sign-in on, whatever is done in it. @default no limit */
  readonly absoluteTimeout?: number | undefined
  /** How long before the end `SESSION_ENDING` is told; half of the timeout at most. @default 60_000 */
  readonly notice?: number | undefined
  /**
   * Calls back whenever somebody uses this context; returns the way to stop. What comes while the page is
   * hidden does not count. @default presses, keys, wheels and touches in the page
   */
  readonly activity?: ((onActivity: () => void) => () => void) | undefined
}

/** A time that may be left out. @throws AuthError `invalid_argument` for what is none. */
function timeOf(name: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise
  if (typeof value === 'number' && value > 0) return value
  throw invalid(`\`${name}\` is a time in ms.`)
}

/**
 * For the client's option `timeouts`: signs people out who have left, and sessions that have lasted
 * long enough. Use of any tab counts for all; refreshes and hidden tabs do not. Time in which the device
 * slept counts, and so does a clock that is set forward; one that is set back wins nothing, and costs nothing,
 * while a tab lives that saw it. The page can do no more than this: what must end for an attacker ends at the server.
 * A backend says what limits its sessions have: those count as well, so that `sessionTimeouts()` alone will do.
 * @example
 * ```ts
 * import { AuthClient, sessionTimeouts } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const minute = 60_000
 * const auth = new AuthClient({
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   timeouts: sessionTimeouts({ idleTimeout: 15 * minute, absoluteTimeout: 8 * 60 * minute }),
 * })
 * ```
 * @throws AuthError `invalid_argument` for what is no time, and for unknown options.
 */
export function sessionTimeouts(options?: SessionTimeoutsOptions): Timeouts {
  const given = { ...options }
  const { activity = platformActivity, idleTimeout, absoluteTimeout, notice, ...rest } = given
  // A name that is misspelt would end nothing, ever.
  for (const name in rest) throw invalid(`sessionTimeouts() has no option "${name}".`)
  const limits = {
    idle: timeOf('idleTimeout', idleTimeout, Infinity),
    absolute: timeOf('absoluteTimeout', absoluteTimeout, Infinity),
    notice: timeOf('notice', notice, 60_000),
  }
  if (typeof activity !== 'function') throw invalid('`activity` is a function.')
  return { limits, watch: (desk) => createWatch(desk, { limits, activity }) }
}
