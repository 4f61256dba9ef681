import type { EngineContext } from './context.js'
import { AuthError } from './errors.js'
import { nextAttempt } from './patience.js'
import type { Session, SessionUser } from './session.js'
import { type State, unknownOf, untilDue } from './state.js'
import { type Limits, type Now, remaining, waitMargin } from './timing.js'

/** What `getSession` does at a moment. */
export type Decision<User extends SessionUser> =
  /** Nobody is signed in, or the session ended with its access token. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'serve'; readonly session: Session<User> }
  /** The caller gets the session at once, and a refresh runs behind it. */
  | { readonly kind: 'serve-and-refresh'; readonly session: Session<User> }
  /** The token is dead or about to be: the caller waits for the next one. */
  | { readonly kind: 'wait' }
  /** The token is dead, or nobody knows who is signed in, and it is too early to try again. */
  | { readonly kind: 'fail'; readonly error: AuthError }

/** The last failure, as whoever asks during the pause after it hears of it; some pauses have no end. */
function pausedError(
  { code, message, status, serverCode, retryable, details, cause }: AuthError,
  retryAfter: number,
): AuthError {
  const rest = { ...(retryAfter < Infinity && { retryAfter }), ...(!!cause && { cause }) }
  return new AuthError(code, message, { status, serverCode, retryable, details, ...rest })
}

/** Why no refresh may start by itself now: the last failure, with the rest of the pause after it. */
export function pauseOf<User extends SessionUser>(
  state: State<User>,
  now: Now,
  limits: Limits,
): AuthError | null {
  const patience = state.status === 'signed-in' ? state.patience : unknownOf(state)?.patience
  if (!patience) return null
  const left = nextAttempt(patience, now, limits) - now.monotonic
  return left > 0 ? pausedError(patience.error, left) : null
}

/** Why nobody knows whether somebody is signed in; `null` where that is known, or is no matter any more. */
export function reasonOfUnknown<User extends SessionUser>(
  state: State<User>,
  now: Now,
  limits: Limits,
): AuthError | null {
  const unknown = unknownOf(state)
  return !unknown || unknown.lost ? null : (pauseOf(state, now, limits) ?? unknown.patience.error)
}

/** @throws the last failure, while it is too early to ask the server again. */
export function throwIfPaused<User extends SessionUser>({
  store,
  limits,
}: Pick<EngineContext<User>, 'store' | 'limits'>): void {
  const pause = pauseOf(store.state(), store.now(), limits)
  if (pause) throw pause
}

/** When `getSession` waits, serves or fails. Pure. */
export function decide<User extends SessionUser>(
  state: State<User>,
  now: Now,
  limits: Limits,
): Decision<User> {
  if (state.status !== 'signed-in') {
    const error = reasonOfUnknown(state, now, limits)
    return error ? { kind: 'fail', error } : { kind: 'nobody' }
  }
  const { held } = state
  const { session } = held.record
  const left = remaining(held, now)
  if (!session.refreshToken) return left > 0 ? { kind: 'serve', session } : { kind: 'nobody' }
  if (left > waitMargin(held.record, limits)) {
    const due = untilDue(state, now, limits) <= 0
    return { kind: due ? 'serve-and-refresh' : 'serve', session }
  }
  const error = pauseOf(state, now, limits)
  if (!error) return { kind: 'wait' }
  return left > 0 ? { kind: 'serve', session } : { kind: 'fail', error }
}
