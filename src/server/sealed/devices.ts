import type { SecurityEvent } from '../shared/security-events.js'
import type { SealedCookie } from './opened.js'
import type { SealedSessionFailure } from './results.js'
import type { SealedDevice } from './session-data.js'

/** What a cookie says of its session and the device of it. */
export interface DeviceWords {
  /** Nothing where neither the auth server nor the seal has a name for it: it cannot be bound. */
  readonly sessionId: string | undefined
  readonly userId: string
  /** Nothing while the seal is bound to none. */
  readonly device: SealedDevice | undefined
}

/** What binds sealed sessions to devices, for `createDeviceBinding`. It knows of seals, and of no browser. */
export interface SealedDevices {
  /** What a cookie says, whether or not its session lives; else why it does not open. */
  read(cookie: SealedCookie): Promise<DeviceWords | SealedSessionFailure>
  /** The cookie's value with a device in its seal, and the same tokens; `null` for one that does not open now. */
  bind(cookie: SealedCookie, device: SealedDevice): Promise<string | null>
  /** Whether somebody has signed out of a session here. */
  isSignedOut(sessionId: string): Promise<boolean>
  /** Whether the session of a cookie is over for whatever reason is known here, but that of its access token. */
  isOver(cookie: SealedCookie): Promise<boolean>
  /**
   * Says to all processes that a browser has bound the session, and to which key.
   * @throws AuthError `storage`, `retryable`, when only this process knows.
   */
  noteBinding(sessionId: string, key: string): Promise<void>
  /**
   * When that was said last, in ms since the epoch by the clock of the process that did; `null` where it was not.
   * @throws AuthError `storage`, `retryable`, when nobody can tell now: who takes that for `null` lets a copy in.
   */
  boundAt(sessionId: string): Promise<number | null>
  /** Whether that was said of this key. @throws AuthError `storage`, `retryable`, when nobody can tell now */
  isBoundTo(sessionId: string, key: string): Promise<boolean>
  /** Tells whoever listens for what may be an attack. */
  report(event: SecurityEvent): void
}
