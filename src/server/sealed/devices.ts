import type { SecurityEvent } from '../shared/security-events.js'
import type { SealedCookie } from './opened.js'
import type { AuthenticateFailure } from './results.js'
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
  read(cookie: SealedCookie): Promise<DeviceWords | AuthenticateFailure>
  /** The cookie's value with a device in its seal, and the same tokens; `null` for one that does not open now. */
  bind(cookie: SealedCookie, device: SealedDevice): Promise<string | null>
  /** Whether somebody has signed out of a session here. */
  isSignedOut(sessionId: string): Promise<boolean>
  /** Whether the session of a cookie is over for whatever reason is known here, but that of its access token. */
  isOver(cookie: SealedCookie): Promise<boolean>
  /** Says that the browser has the bound seal for certain: one of the session from before is worth nothing now. */
  confirm(sessionId: string): Promise<void>
  /** Whether that was said. */
  isConfirmed(sessionId: string): Promise<boolean>
  /** Tells whoever listens for what may be an attack. */
  report(event: SecurityEvent): void
}
