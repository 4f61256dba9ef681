export type { FactorRequirements, MultiFactorAuthClaim, MultiFactorAuthValue } from './mfa-claim.js'
export { multiFactorAuthClaim } from './mfa-claim.js'
export { type PrimitiveArrayClaim, primitiveArrayClaim } from './primitive-array-claim.js'
export {
  type BooleanClaim,
  booleanClaim,
  type PrimitiveClaim,
  primitiveClaim,
} from './primitive-claims.js'
export {
  type EmailVerificationClaim,
  emailVerificationClaim,
  permissionClaim,
  type ReadyListOptions,
  userRoleClaim,
} from './ready-claims.js'
export type {
  ClaimOptions,
  ClaimPrimitive,
  ClaimSubject,
  ClaimValidationResult,
  ClaimValidator,
  FetchClaimValue,
  ReadyClaimOptions,
  SessionClaim,
} from './types.js'
