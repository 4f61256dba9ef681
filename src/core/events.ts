import mitt from 'mitt'

import type { AuthError } from './errors.js'
import type { ProviderEventName, Session, SessionUser } from './session.js'

/** Whether a change began in this context or in another one that shares the storage. */
export type Origin = 'this-context' | 'other-context'

/** Why a session ends by itself: nobody used it, or it has lasted long enough. */
export type TimeoutReason = 'idle' | 'absolute'

/** Why a session ended. */
export type SignOutReason =
  /** `signOut()` was called here. */
  | 'user'
  /** A sibling context signed out. */
  | 'other-context'
  /** The server's definite word. */
  | 'refresh-rejected'
  /** The server answered a refresh with the session of another person. */
  | 'subject-changed'
  /** The key that its tokens are bound to is gone from this browser. */
  | 'key-lost'
  /** The access token ran out and there was no refresh token. */
  | 'expired'
  /** The stored session was deleted by something other than a sign-out. */
  | 'storage-cleared'
  /** The end of its time, as `timeouts` sets it. */
  | TimeoutReason

interface Plain {
  readonly origin: Origin
}

/** What each event carries in its `detail`. */
export interface AuthEventDetails extends Record<ProviderEventName, Plain> {
  INITIAL_SESSION: Plain
  SIGNED_IN: Plain
  TOKEN_REFRESHED: Plain
  USER_UPDATED: Plain
  SIGNED_OUT: Plain & {
    readonly reason: SignOutReason
    /** The failure behind it, where there was one: the server's refusal with its code. */
    readonly error?: AuthError | undefined
  }
  /** The session ends soon; told again when that moves while it is near. */
  SESSION_ENDING: Plain & {
    readonly reason: TimeoutReason
    /** In ms since the epoch by this device's clock. */
    readonly endsAt: number
  }
  /** It does not end soon any more: somebody is there. */
  SESSION_EXTENDED: Plain
  REFRESH_FAILED: Plain & {
    readonly error: AuthError
    /**
     * When the next attempt is due, in ms since the epoch by this device's clock; `Infinity` where none is
     * before somebody has done the step that `error` names.
     */
    readonly nextAttemptAt: number
  }
}

/** The name of an event. */
export type AuthEventName = keyof AuthEventDetails

/** One thing that happened: the event, the session after it, and its detail. */
export type AuthChange<User extends SessionUser = SessionUser> = {
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

/** Receives events. What it returns is not waited for; what it throws is reported. */
export type AuthListener<User extends SessionUser = SessionUser> = (
  ...change: AuthChange<User>
) => unknown

/** Delivers changes in order, each listener shielded from the others. */
export interface Outbox<User extends SessionUser> {
  /** Adds a listener; the session as of its turn is what it hears first. */
  listen(listener: AuthListener<User>): () => void
  /** Tells the session that was found at start-up. Nothing is delivered before. */
  open(session: Session<User> | null): void
  add(changes: readonly AuthChange<User>[]): void
  /** Delivers everything that waits. Harmless when called by a listener. */
  flush(): void
  /** Forgets every listener and everything that waits. */
  clear(): void
}

/** Calls `listener`, handing whatever it throws or rejects with to `report`. */
export function isolated<Args extends readonly unknown[]>(
  listener: (...args: Args) => unknown,
  report: (error: unknown) => void,
): (...args: Args) => void {
  return (...args) => {
    try {
      Promise.resolve(listener(...args)).then(undefined, report)
    } catch (error) {
      report(error)
    }
  }
}

/** Makes an outbox. Listeners never run inside `listen` or `add`. */
export function createOutbox<User extends SessionUser>(
  report: (error: unknown) => void,
): Outbox<User> {
  const bus = mitt<{ change: AuthChange<User> }>()
  const waiting: (() => void)[] = []
  let current: Session<User> | null = null
  let ready = false
  let cleared = false
  return {
    listen(listener) {
      const call = isolated(listener, report)
      const handler = (change: AuthChange<User>): void => {
        // One that was stopped by an earlier listener of the same change hears it no more.
        if (!gone && !cleared) call(...change)
      }
      let gone = false
      waiting.push(() => {
        if (gone) return
        bus.on('change', handler)
        call('INITIAL_SESSION', current, { origin: 'this-context' })
      })
      return () => {
        gone = true
        bus.off('change', handler)
      }
    },
    open(session) {
      current = session
      ready = true
    },
    add(changes) {
      for (const change of changes) {
        waiting.push(() => {
          current = change[1]
          bus.emit('change', change)
        })
      }
    },
    flush() {
      if (!ready) return
      ready = false
      for (let deliver = waiting.shift(); deliver; deliver = waiting.shift()) deliver()
      ready = true
    },
    clear() {
      cleared = true
      waiting.length = 0
      bus.all.clear()
    },
  }
}
