import type { AuthError } from './errors.js'
import type { ProviderEventName, Session, SessionUser } from './session.js'

/** Whether a change began in this context or in another one that shares the storage. */
export type Origin = 'this-context' | 'other-context'

/** Why a session ended. */
export type SignOutReason =
  /** `signOut()` was called here. */
  | 'user'
  /** A sibling context signed out. */
  | 'other-context'
  /** The server's definite word. */
  | 'refresh-rejected'
  /** The access token ran out and there was no refresh token. */
  | 'expired'
  /** The stored session was deleted by something other than a sign-out. */
  | 'storage-cleared'

interface Plain {
  readonly origin: Origin
}

/** What each event carries in its `detail`. */
export interface AuthEventDetails extends Record<ProviderEventName, Plain> {
  INITIAL_SESSION: Plain
  SIGNED_IN: Plain
  TOKEN_REFRESHED: Plain
  USER_UPDATED: Plain
  SIGNED_OUT: Plain & { readonly reason: SignOutReason }
  REFRESH_FAILED: Plain & {
    readonly error: AuthError
    /** When the next attempt is due, in ms since the epoch by this device's clock. */
    readonly nextAttemptAt: number
  }
}

/** The name of an event. */
export type AuthEventName = keyof AuthEventDetails

/** Receives events. What it returns is not waited for; what it throws is reported. */
export type AuthListener<User extends SessionUser = SessionUser> = (
  ...change: {
    [Name in AuthEventName]: [
      event: Name,
      session: Name extends 'SIGNED_OUT'
        ? null
        : Name extends 'INITIAL_SESSION'
          ? Session<User> | null
          : Session<User>,
      detail: AuthEventDetails[Name],
    ]
  }[AuthEventName]
) => unknown
