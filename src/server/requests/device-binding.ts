import type { Cookie, CookieJar } from '../cookies/cookies.js'
import type { SealedDevices } from '../sealed/devices.js'
import type { RefreshFailure } from '../sealed/results.js'
import type { Password } from '../sealed/seal.js'

/** What a binding works on. */
export interface DeviceBindingDeps {
  readonly devices: SealedDevices
  /** The session's cookie, and what seals it. */
  readonly cookie: Cookie
  readonly password: Password
  /** Milliseconds since the epoch. */
  now(): number
}

/** A value of the session's cookie that is about to be looked at. */
export interface DeviceCandidate {
  readonly value: string
  readonly jar: CookieJar
  /** What came with the call. */
  readonly request?: unknown
  /** Whether the answer can set cookies: where none can, nothing is bound, and nobody is told of anything. */
  readonly mayWrite: boolean
}

/** What an answer says so that the browser binds a session. */
export interface DeviceOffer {
  readonly headers: Readonly<Record<string, string>>
  /** `Set-Cookie` values, by which it is said later, or not again. */
  readonly setCookies: readonly string[]
}

/** Whether a value may be looked at from where it came; `offer` is for the answer, where it was put off until now. */
export type DeviceVerdict =
  /** `value` may be another one than before, which is bound by now. */
  | { readonly type: 'go'; readonly value: string; readonly offer?: DeviceOffer | undefined }
  | {
      readonly type: 'stop'
      readonly failure: RefreshFailure
      readonly setCookies: readonly string[]
      readonly offer?: DeviceOffer | undefined
    }

/** The requests of one app's sessions, of which some are bound to devices. */
export interface BoundRequests {
  /** Whether a session's cookie may be used where it is. */
  judge(candidate: DeviceCandidate): Promise<DeviceVerdict>
  /** Whether a session is bound to a device that the request has not proved, or may be: it cannot be read now. */
  isForeign(candidate: Pick<DeviceCandidate, 'value' | 'jar'>): Promise<boolean>
  /**
   * What asks a browser to bind a session that has just begun, by its cookie's value: this answer, or, where that can
   * have no headers, one that comes `later`.
   */
  offer(value: string, when: 'now' | 'later'): Promise<DeviceOffer>
  /** The `Set-Cookie` values that erase all proofs that a request has, and what was put off. */
  erase(jar: CookieJar): readonly string[]
  /** What answers the browser's own requests, by their paths. */
  readonly routes: DeviceRoutes
}

/** What answers the requests by which browsers bind sessions, by their paths. All are POST. */
export type DeviceRoutes = Readonly<Record<string, (request: Request) => Promise<Response>>>

/** Binds the sessions of requests to devices: made by `createDeviceBinding`. */
export interface DeviceBinding {
  /** Makes it work for one app's sessions. `createRequestSessions` calls it. */
  attach(deps: DeviceBindingDeps): BoundRequests
}
