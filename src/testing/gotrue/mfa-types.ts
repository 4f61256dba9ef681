import type { WebAuthnCredential, WebAuthnRequest } from './webauthn-types.js'

/** Which second factors a server knows. Times in ms. */
export interface MfaOptions {
  /** Codes of an authenticator app. @default true */
  readonly totp?: boolean
  /** Codes by text message. @default false */
  readonly phone?: boolean
  /** Security keys and passkeys, for pages of one site. @default none */
  readonly webauthn?: {
    readonly rpId: string
    readonly rpName: string
    /** Where its pages are, such as `https://app.example`. */
    readonly origins: readonly string[]
  }
  /** How much time lies between two text messages to one factor. @default 60_000 */
  readonly phoneInterval?: number
  /** How many factors one person may have, verified or not. @default 10 */
  readonly maxFactors?: number
  /**
   * Whether there are recovery codes. GoTrue 2.196 has none: it takes their paths for ids of factors,
   * and answers 404. @default false
   */
  readonly recoveryCodes?: boolean
}

/** A second factor of a person. Times in ms since the epoch. */
export interface AccountFactor {
  readonly id: string
  readonly type: 'totp' | 'phone' | 'webauthn' | 'recovery_code'
  readonly friendlyName: string
  /** The number without `+`; empty where the factor has none. */
  readonly phone: string
  /** What an authenticator app makes codes of, in base32; empty for other factors. */
  readonly secret: string
  status: 'unverified' | 'verified'
  credential: WebAuthnCredential | null
  /** What user objects say of the last WebAuthn challenge, in the wire's words. */
  lastChallenge: Readonly<Record<string, unknown>> | null
  /** Recovery codes that are left. */
  codes: readonly string[]
  lastChallengedAt: number | null
  readonly createdAt: number
  updatedAt: number
}

/** What a factor was asked, until it is proved. */
export interface FactorChallenge {
  readonly id: string
  readonly factorId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What was sent to the phone. */
  readonly code: string | null
  readonly webauthn: WebAuthnRequest | null
  used: boolean
  expired: boolean
}
