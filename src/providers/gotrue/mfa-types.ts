import type { CallOptions } from '../../core/provider.js'
import type { AuthenticationMethod, Session } from '../../core/session.js'
import type { GoTrueClient } from './area.js'
import type { AnyMetadata, GoTrueUser } from './types.js'

/** What `mfa` and its kin take: an AuthClient of `gotrue()`. */
export interface MfaClient<Metadata extends object> extends GoTrueClient<Metadata> {
  refreshSession(): Promise<{ readonly session: Session<GoTrueUser<Metadata>> }>
}

interface Named {
  /** The names of one person's factors differ; none is one. */
  readonly friendlyName?: string | undefined
}

/** What a factor of an authenticator app is enrolled with. */
export interface TotpOptions extends Named {
  readonly type: 'totp'
  /** What the app shows as the site. @default the host of the server’s site URL */
  readonly issuer?: string | undefined
}

/** What a phone is enrolled with. */
export interface PhoneOptions extends Named {
  readonly type: 'phone'
  /** As E.164, such as `+15550100`. */
  readonly phone: string
}

interface Enrolled {
  readonly id: string
  readonly friendlyName: string | undefined
}

/** A factor of an authenticator app that waits for its first code. */
export interface TotpFactor extends Enrolled {
  readonly type: 'totp'
  readonly totp: {
    /** A `data:` URL of an SVG picture, for the `src` of an `<img>`: some 500 kB. */
    readonly qrCode: string
    /** For typing it in, where no camera reads the picture: base32. */
    readonly secret: string
    /** What the picture says: `otpauth://totp/…`. */
    readonly uri: string
  }
}

/** A phone that waits for its first code. */
export interface PhoneFactor extends Enrolled {
  readonly type: 'phone'
  readonly phone: string
}

/** Which factor is asked. */
export interface ChallengeOptions {
  readonly factorId: string
  /** By what a code goes to a phone. @default what the server has, `sms` */
  readonly channel?: 'sms' | 'whatsapp' | undefined
}

/** A question to a factor. */
export interface FactorChallenge {
  readonly id: string
  /** Milliseconds since the epoch, by the server's clock. */
  readonly expiresAt: number
}

/** A factor of the person who is signed in. Times in ms since the epoch, by the server's clock. */
export interface Factor {
  readonly id: string
  /** `totp`, `phone`, `webauthn`, `recovery_code`, or what a later server knows. */
  readonly type: string
  /** `verified` once it was proved: sessions can be raised by it from then on. */
  readonly status: string
  readonly friendlyName: string | undefined
  /** Without `+`. */
  readonly phone: string | undefined
  readonly createdAt: number | null
  readonly lastChallengedAt: number | null
}

/** How sure the server is of the person, and how sure it could be. */
export interface AssuranceLevel {
  /** `aal1` by one factor, `aal2` by two; `null` when nobody is signed in. */
  readonly current: string | null
  /** `aal2` when the person has a verified factor: ask for it where `current` is not that. */
  readonly next: string | null
  readonly methods: readonly AuthenticationMethod[]
}

/** How many recovery codes there are. */
export interface RecoveryCodesStatus {
  readonly id: string
  readonly total: number
  /** How many were not used yet. */
  readonly remaining: number
}

/** A new set of recovery codes. Nobody can read them again: show them now. */
export interface NewRecoveryCodes {
  readonly id: string
  /** In small letters, without separators. */
  readonly codes: readonly string[]
}

type Current<Metadata extends object> = Session<GoTrueUser<Metadata>>

/**
 * Recovery codes: for whoever has lost their factor. They take a GoTrue newer than 2.196; older ones
 * say `rejected` with `validation_failed`.
 */
export interface RecoveryCodes<Metadata extends object> {
  /** @throws AuthError `rejected` with `mfa_factor_not_found` where there are none. */
  status(call?: CallOptions): Promise<RecoveryCodesStatus>
  /** Makes the first set; takes an `aal2` session, and a verified factor beside it. */
  generate(
    options?: { readonly friendlyName?: string | undefined },
    call?: CallOptions,
  ): Promise<NewRecoveryCodes>
  /** Makes a new set, after which the old one is worth nothing; takes an `aal2` session. */
  regenerate(call?: CallOptions): Promise<NewRecoveryCodes>
  /** Removes the set, then refreshes the session. Takes an `aal2` session. */
  remove(call?: CallOptions): Promise<void>
  /** Spends a code, as it was typed, and raises the session as `verify` of a factor does. */
  verify(options: { readonly code: string }, call?: CallOptions): Promise<Current<Metadata>>
}

/** Security keys and passkeys as second factors. The page must be on the site of the server's `rpId`. */
export interface WebAuthnFactors<Metadata extends object> {
  /**
   * Makes a credential and enrols it, which raises the session. A factor whose credential was not made,
   * or was refused, is removed again; one whose proof was not answered may count, else it ends by itself.
   * @throws AuthError `aborted` when the authenticator gave none: the `cause` says why.
   */
  register(
    options?: { readonly friendlyName?: string | undefined },
    call?: CallOptions,
  ): Promise<{ readonly factorId: string; readonly session: Current<Metadata> }>
  /** Proves a credential, which raises the session. @throws AuthError `aborted`, as `register` does. */
  authenticate(
    options: { readonly factorId: string },
    call?: CallOptions,
  ): Promise<Current<Metadata>>
}

/**
 * Second factors of the person who is signed in. All methods throw AuthError: `invalid_argument` before
 * anything is sent, `session_missing` when nobody is signed in, `step_required` with
 * `insufficient_aal` where the server wants an `aal2` session first.
 */
export interface Mfa<Metadata extends object = AnyMetadata> {
  /**
   * Enrols a factor. It counts once a `verify` has proved it. Security keys are enrolled by
   * `webauthnFactors(auth).register`.
   */
  enroll(options: TotpOptions, call?: CallOptions): Promise<TotpFactor>
  enroll(options: PhoneOptions, call?: CallOptions): Promise<PhoneFactor>
  /**
   * Asks a factor. A phone gets a message: one a minute at most, else `rate_limited` with
   * `retryAfter`. Security keys are asked by `webauthnFactors(auth).authenticate`.
   */
  challenge(options: ChallengeOptions, call?: CallOptions): Promise<FactorChallenge>
  /**
   * Answers a challenge, once, within five minutes; without a `challengeId`, as `challengeAndVerify`. The
   * session's next tokens come with it, under its `sessionId`: `aal` is `aal2`, and subscribers hear
   * `MFA_CHALLENGE_VERIFIED`, in other tabs `TOKEN_REFRESHED`. At the server, this person's sessions
   * elsewhere at `aal1` end. Where no answer comes, it is sent once more; subscribers hear
   * `TOKEN_REFRESHED` where that finds the session raised.
   * @throws AuthError `invalid_credentials` for a wrong code or a late one; the session stays.
   */
  verify(
    options: {
      readonly factorId: string
      readonly challengeId?: string | undefined
      readonly code: string
    },
    call?: CallOptions,
  ): Promise<Current<Metadata>>
  /** `challenge` and `verify` in one, for codes of an authenticator app. */
  challengeAndVerify(
    options: { readonly factorId: string; readonly code: string },
    call?: CallOptions,
  ): Promise<Current<Metadata>>
  /**
   * Removes a factor, then refreshes the session: the server lowers it to `aal1` only then. Where
   * that fails, the session is lowered by its next refresh.
   */
  unenroll(options: { readonly factorId: string }, call?: CallOptions): Promise<void>
  /** The factors as the server knows them now. */
  list(call?: CallOptions): Promise<readonly Factor[]>
}
