import type { EngineContext } from './context.js'
import { reasonOfUnknown } from './decision.js'
import { type AuthError, AuthSessionMissingError } from './errors.js'
import type { CallOptions } from './provider.js'
import type { Refreshes } from './refreshes.js'
import type { SessionUser } from './session.js'
import type { Start } from './start.js'
import type { TimeoutsWatch } from './timeouts.js'

/** What tells whose session there is. */
export interface KnownParts<User extends SessionUser> {
  readonly context: EngineContext<User>
  readonly refreshes: Refreshes<User>
  readonly timeouts: TimeoutsWatch | undefined
  readonly start: Start
}

/** Makes what waits until it is known whose session there is, whatever the age of its tokens. `force`: see `Start`. */
export function createKnown<User extends SessionUser>(
  { context: { store, settle }, refreshes, timeouts, start }: KnownParts<User>,
  wait: <T>(promise: Promise<T>, options?: CallOptions) => Promise<T>,
): (options?: CallOptions, force?: boolean) => Promise<void> {
  return async (options, force) => {
    await wait(start.loaded(force), options)
    if (!store.held()) {
      await refreshes.observe()
      // Told before the request is sent, whose answer may take minutes.
      settle()
    }
    const timedOut = timeouts?.timedOut()
    if (timedOut) await wait(timedOut, options)
  }
}

/** Why there is nothing to refresh: nobody knows who is signed in, or nobody is. */
export const missing = <User extends SessionUser>(
  { limits, store }: EngineContext<User>,
  message?: string,
): AuthError =>
  reasonOfUnknown(store.state(), store.now(), limits) ?? new AuthSessionMissingError(message)
