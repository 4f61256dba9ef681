import type { Factor, FactorType, RequestResult, Session } from './types.js'
import type {
  EnrolledWebauthn,
  MFAChallengeWebauthnParams,
  MFAEnrollWebauthnParams,
  MFAVerifyWebauthnParams,
  MfaWebAuthnMethods,
  WebauthnChallenge,
} from './webauthn-types.js'

/** What a factor of an authenticator app is enrolled with. */
export interface MFAEnrollTOTPParams {
  factorType: 'totp'
  friendlyName?: string
  issuer?: string
}

/** What a phone is enrolled with. */
export interface MFAEnrollPhoneParams {
  factorType: 'phone'
  friendlyName?: string
  phone: string
}

/** A factor of an authenticator app that waits for its first code. */
export interface EnrolledTotp {
  id: string
  type: 'totp'
  friendly_name?: string
  /** `qr_code` is a `data:` URL, for the `src` of an image. */
  totp: { qr_code: string; secret: string; uri: string }
}

/** A phone that waits for its first code. */
export interface EnrolledPhone {
  id: string
  type: 'phone'
  friendly_name?: string
  phone: string
}

/** Asks a factor. `channel` is for phones. */
export interface MFAChallengeParams {
  factorId: string
  channel?: 'sms' | 'whatsapp'
}

/** A question to a factor. `expires_at`: seconds since the epoch. */
export interface MFAChallenge {
  id: string
  type: 'totp' | 'phone'
  expires_at: number
}

/** The answer to a challenge. */
export interface MFAVerifyParams {
  factorId: string
  challengeId: string
  code: string
}

/** The factors of the user: all, and those that are verified by their type. */
export type Factors = { all: Factor[] } & { [Type in FactorType]: Factor<Type, 'verified'>[] }

/** One proof of who somebody is, and when it was given, in seconds since the epoch. */
export interface AMREntry {
  method: string
  timestamp: number
}

/** How sure the server is of the person, and how sure it could be. */
export interface AuthenticatorAssuranceLevel {
  currentLevel: string | null
  nextLevel: string | null
  /** Bare names where a hook of the server has written them so (RFC 8176). */
  currentAuthenticationMethods: AMREntry[] | string[]
}

/** How many recovery codes there are. */
export interface RecoveryCodesStatus {
  id: string
  type: 'recovery_code'
  total: number
  remaining: number
}

/** A new set of recovery codes. */
export interface RecoveryCodes {
  id: string
  type: 'recovery_code'
  friendly_name?: string
  total: number
  codes: string[]
}

/** A result of what raises the session: its next tokens. */
export type MFAVerifyResponse = RequestResult<Session>

/** Second factors. */
export interface MfaMethods {
  /** Enrols a factor. `webauthn.register` does all that a security key takes. */
  enroll(params: MFAEnrollTOTPParams): Promise<RequestResult<EnrolledTotp>>
  enroll(params: MFAEnrollPhoneParams): Promise<RequestResult<EnrolledPhone>>
  enroll(params: MFAEnrollWebauthnParams): Promise<RequestResult<EnrolledWebauthn>>
  enroll(
    params: MFAEnrollTOTPParams | MFAEnrollPhoneParams | MFAEnrollWebauthnParams,
  ): Promise<
    RequestResult<EnrolledTotp> | RequestResult<EnrolledPhone> | RequestResult<EnrolledWebauthn>
  >
  /** Asks a factor. `webauthn.authenticate` does all that a security key takes. */
  challenge(params: MFAChallengeWebauthnParams): Promise<RequestResult<WebauthnChallenge>>
  challenge(params: MFAChallengeParams): Promise<RequestResult<MFAChallenge>>
  challenge(
    params: MFAChallengeParams | MFAChallengeWebauthnParams,
  ): Promise<RequestResult<MFAChallenge> | RequestResult<WebauthnChallenge>>
  /** Answers a challenge: `MFA_CHALLENGE_VERIFIED`. */
  verify(params: MFAVerifyParams | MFAVerifyWebauthnParams): Promise<MFAVerifyResponse>
  /** `challenge` and `verify` in one. */
  challengeAndVerify(params: { factorId: string; code: string }): Promise<MFAVerifyResponse>
  /** Removes a factor. */
  unenroll(params: { factorId: string }): Promise<RequestResult<{ id: string }>>
  /** The factors as the server knows them now. */
  listFactors(): Promise<RequestResult<Factors>>
  /** How sure the server is of the person; of a token that is passed it is asked. */
  getAuthenticatorAssuranceLevel(jwt?: string): Promise<RequestResult<AuthenticatorAssuranceLevel>>
}

/** Recovery codes, for whoever has lost a factor; of a GoTrue newer than 2.196. */
export interface MfaRecoveryCodesMethods {
  getStatus(): Promise<RequestResult<RecoveryCodesStatus>>
  generate(params?: { friendlyName?: string }): Promise<RequestResult<RecoveryCodes>>
  regenerate(): Promise<RequestResult<RecoveryCodes>>
  verify(params: { code: string }): Promise<MFAVerifyResponse>
  unenroll(): Promise<RequestResult<{ id: string }>>
}

/** All about second factors. */
export interface MfaApi extends MfaMethods {
  webauthn: MfaWebAuthnMethods
  recoveryCodes: MfaRecoveryCodesMethods
}
