export { assuranceLevel } from './assurance-level.js'
export { mfa } from './factors.js'
export { recoveryCodes } from './recovery-codes.js'
export type {
  AssuranceLevel,
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
  WebAuthnAuthenticator,
  WebAuthnFactors,
  WebAuthnFactorsOptions,
} from './types.js'
export { webauthnFactors } from './webauthn.js'
