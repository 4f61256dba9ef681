import { type AnyAuthError, AuthError, isAuthError } from '../../core/errors.js'
import type { SessionFacts, SessionUser } from '../../core/session.js'
import { type TransientReason, transientReasonOf } from '../shared/failure-words.js'
import type { SealedData } from './session-data.js'

/**
 * Why a cookie is nobody's session: there is none; it does not open, or its session was ended here;
 * its access token is over, forged, none at all, or of another person than the cookie; the session has
 * come to one of its `limits`.
 */
export type CookieReason =
  | 'no_session_cookie_provided'
  | 'invalid_session_cookie'
  | 'invalid_jwt'
  | 'session_expired'

/** The step that the server wants first, in its own words: some may be new. */
export type StepReason = string & Record<never, never>

/**
 * Why the same refresh will never succeed. `invalid_grant` ends the session, as do the reasons of
 * cookies; `rejected` refuses what was asked for besides, such as an organization, and a step is wanted first:
 * both leave the session as it was. `device_not_proven`: the session is bound to a device, and this request
 * does not come from it, as far as it shows. `device_required`: the app wants it to be bound for this request, and it
 * is not; another sign-in would not help.
 */
export type FinalReason =
  | CookieReason
  | 'invalid_grant'
  | 'rejected'
  | 'device_not_proven'
  | 'device_required'
  | StepReason

/** Whose request or cookie it is, by a token that was checked: somebody is signed in. */
export interface ServerSession<User extends SessionUser = SessionUser> extends SessionFacts {
  readonly signedIn: true
  readonly accessToken: string
  readonly user: User
  /** When the token is over, in ms since the epoch by this server's clock. */
  readonly expiresAt: number
  /**
   * When it is time to refresh ahead of that: in its last quarter, or minute if that is less; at its end
   * where there is no refresh token.
   */
  readonly refreshAt: number
}

/** A cookie that is nobody's session. */
export interface CookieFailure {
  readonly signedIn: false
  readonly retryable: false
  readonly reason: CookieReason
}

/** Nobody is signed in, or (`retryable`) it cannot be told because the keys could not be had. */
export type SealedSessionFailure =
  | CookieFailure
  | {
      readonly signedIn: false
      readonly retryable: true
      readonly reason: TransientReason
    }

/** What a cookie says. */
export type SealedSessionResult<User extends SessionUser = SessionUser> =
  | ServerSession<User>
  | SealedSessionFailure

/** A session with new tokens. */
export interface RefreshSuccess<User extends SessionUser = SessionUser> extends SessionFacts {
  readonly signedIn: true
  /** What lies in `sealed`. */
  readonly session: SealedData<User>
  /** The new value of the cookie. */
  readonly sealed: string
  readonly user: User
}

interface Failed {
  readonly signedIn: false
  /** What the server said; for a step, its `details` tell how to go on. */
  readonly error?: AuthError | undefined
  /**
   * There when the tokens have changed all the same: put it in the cookie, for the old ones soon
   * count for nothing.
   */
  readonly sealed?: string | undefined
}

/** Why there is no new session. */
export type RefreshFailure =
  | (Failed & { readonly retryable: false; readonly reason: FinalReason })
  | (Failed & {
      readonly retryable: true
      readonly reason: TransientReason
      /** Milliseconds the server asked to wait. */
      readonly retryAfter?: number | undefined
    })

/** What came of a refresh. */
export type SealedRefreshResult<User extends SessionUser = SessionUser> =
  | RefreshSuccess<User>
  | RefreshFailure

/** The words that end a session. After any other it is as good as before, in another place maybe. */
export const ENDS: readonly string[] = [
  'no_session_cookie_provided',
  'invalid_jwt',
  'invalid_grant',
  'session_expired',
]

/** The word for a session that somebody has signed out of here, where the auth server's own would be. */
export const SIGNED_OUT_HERE = 'signed_out_here'

/** The word for a session whose device may be there and has not proved it: nobody is served, and it is not over. */
export const DEVICE_UNKNOWN = 'device_unknown'

/**
 * Whether a session is over because somebody signed out, or in as another, and not by the word of
 * the auth server. The answer to that request has set the cookies, and
 * this one may reach the browser later:
 *
 *     old session:  request ──────────────── refresh ──── refused ──→ answer
 *     new session:            callback ──→ answer
 */
export const endedHere = ({ reason, error }: RefreshFailure): boolean =>
  reason === 'invalid_grant' && error?.serverCode === SIGNED_OUT_HERE

/** What a refresh comes to of a session that somebody has signed out of here. */
export const signedOutHere = (): RefreshFailure =>
  toFailure(
    new AuthError('refresh_rejected', 'Somebody has signed out of this session.', {
      serverCode: SIGNED_OUT_HERE,
    }),
  )

/** Says why a cookie is nobody's session. */
export const cookieFailure = (reason: CookieReason): CookieFailure => ({
  signedIn: false,
  retryable: false,
  reason,
})

function finalReason(error: AnyAuthError): FinalReason | undefined {
  if (error.code === 'refresh_rejected') return 'invalid_grant'
  if (error.code === 'step_required') return error.details?.step ?? error.code
  // What a provider refuses for good without ending the session is what was asked for besides.
  return error.code === 'rejected' && !error.retryable ? error.code : undefined
}

/**
 * What an error of an exchange means. Only the server's definite word is final: a wrong API key,
 * say, must not sign everybody out.
 * @throws the error itself, when it is no failure but a mistake: `invalid_argument`, or no AuthError.
 */
export function toFailure(error: unknown): RefreshFailure {
  if (!isAuthError(error) || error.code === 'invalid_argument') throw error
  const final = finalReason(error)
  if (final) return { signedIn: false, retryable: false, reason: final, error }
  const { code, status, retryAfter } = error
  const reason = status === 408 ? 'timeout' : transientReasonOf(code)
  return { signedIn: false, retryable: true, reason, error, ...(retryAfter && { retryAfter }) }
}
