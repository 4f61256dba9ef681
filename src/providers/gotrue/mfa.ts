export { assuranceLevel } from './mfa-assurance-level.js'
export { mfa } from './mfa-factors.js'
export { recoveryCodes } from './mfa-recovery-codes.js'
export type {
  AssuranceLevel,
  ChallengeOptions,
  Factor,
  FactorChallenge,
  Mfa,
  MfaClient,
  NewRecoveryCodes,
  PhoneFactor,
  PhoneOptions,
  RecoveryCodes,
  RecoveryCodesStatus,
  TotpFactor,
  TotpOptions,
  WebAuthnFactors,
} from './mfa-types.js'
export { webauthnFactors } from './mfa-webauthn.js'
export type { WebAuthnAuthenticator, WebAuthnOptions } from './webauthn.js'
