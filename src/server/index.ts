export {
  type Backend,
  type BackendOptions,
  createBackend,
  type SignInHints,
  type SignInRequest,
  type SignInServer,
  type Upstream,
} from './backend/index.js'
export {
  type Cookie,
  type CookieJar,
  type CookieOptions,
  type CookiePlace,
  defineCookie,
  eraseCookie,
  parseCookies,
  readCookie,
  writeCookie,
} from './cookies.js'
export {
  type CoordinatedResult,
  type Coordinator,
  coordinationKey,
  type MemoryCoordinatorOptions,
  memoryCoordinator,
  type OnceOptions,
  type TombstoneOptions,
} from './coordinator.js'
export type { EndResult } from './ended-sessions.js'
export type { KeySetLocation } from './key-set.js'
export type { SealedCookie } from './opened.js'
export {
  createOriginGuard,
  type GuardedRequest,
  type OriginGuardOptions,
} from './origin-guard.js'
export { type RedisCoordinatorOptions, redisCoordinator } from './redis.js'
export type { RedisClient } from './redis-link.js'
export {
  applyCookies,
  applySession,
  type CookieSettings,
  createRequestSessions,
  type Ended,
  type Established,
  type LoadOptions,
  type RequestSession,
  type RequestSessions,
  type RequestSessionsOptions,
  type ServerSession,
  type SessionHeaders,
} from './request-sessions.js'
export type {
  AuthenticateFailure,
  AuthenticateResult,
  AuthenticateSuccess,
  CookieFailure,
  CookieReason,
  FinalReason,
  RefreshFailure,
  RefreshResult,
  RefreshSuccess,
  StepReason,
  TransientReason,
} from './results.js'
export {
  type Password,
  type SealTextOptions,
  sealText,
  type UnsealTextOptions,
  unsealText,
} from './seal.js'
export {
  createSealedSessions,
  type SealedRefreshOptions,
  type SealedSession,
  type SealedSessions,
  type SealedSessionsOptions,
  type SessionProvider,
} from './sealed-sessions.js'
export type { SecurityEvent, SecurityListeners, TokenReuse } from './security-events.js'
export { parseSealedData, type SealedData } from './session-data.js'
export {
  createVerifier,
  type TokenChecks,
  type Verification,
  type Verified,
  type Verifier,
} from './verify.js'
export {
  type CodeExchange,
  type OrganizationSelection,
  type ServerAuthorizeOptions,
  type WorkOSServer,
  type WorkOSServerOptions,
  type WorkOSSessionsOptions,
  workosServer,
  workosSessions,
} from './workos/index.js'
