export type { SessionClaims } from '../providers/shared/claims.js'
export {
  type Arrival,
  type AuthorizeRequest,
  type Backend,
  type BackendOptions,
  type Call,
  createBackend,
  type Deed,
  type GrantedSignIn,
  type Handler,
  type PendingLink,
  type RouteTools,
  type SignInExchange,
  type SignInHints,
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
} from './cookies/cookies.js'
export {
  coordinationKey,
  type MemoryCoordinatorOptions,
  memoryCoordinator,
} from './coordination/coordinator.js'
export type {
  CoordinatedResult,
  Coordinator,
  EndedAtOptions,
  OnceOptions,
  TombstoneOptions,
} from './coordination/coordinator-types.js'
export { type RedisCoordinatorOptions, redisCoordinator } from './coordination/redis.js'
export type { RedisClient } from './coordination/redis-link.js'
export { redisSessionList } from './coordination/redis-session-list.js'
export {
  type RedisSessionStoreOptions,
  redisSessionStore,
} from './coordination/redis-session-store.js'
export {
  type BackChannelLogoutOptions,
  createBackChannelLogout,
} from './endings/back-channel-logout.js'
export type { EventStreamOptions } from './endings/event-streams.js'
export {
  createGlobalRevocation,
  type GlobalRevocationOptions,
  type RevokedSubject,
} from './endings/global-revocation.js'
export type { LogoutTokenIssuer } from './endings/logout-token.js'
export { type AnswerHeaders, headersOf } from './requests/answer-headers.js'
export { applyCookies, applySession } from './requests/apply-session.js'
export type { DeviceBinding, DeviceOffer, DeviceRoutes } from './requests/device-binding.js'
export {
  createOriginGuard,
  type GuardedRequest,
  type OriginGuardOptions,
} from './requests/origin-guard.js'
export { isRecentlyAuthenticated, type RecentAuthOptions } from './requests/recent-auth.js'
export {
  type CookieSettings,
  createRequestSessions,
  type GetRequestSessionOptions,
  type LeftSession,
  type ListSessionsOptions,
  type RefreshRequestSessionOptions,
  type RequestSession,
  type RequestSessions,
  type RequestSessionsOptions,
  type ServerSession,
  type SetSessionOptions,
  type SetSessionResult,
  type SignOutOptions,
  type SignOutResult,
  type TakeOver,
} from './requests/request-sessions.js'
export type { ServerNames } from './sealed/end-names.js'
export type { SealedSignOutOptions, SealedSignOutResult } from './sealed/ended-sessions.js'
export type { ListedSession } from './sealed/listing.js'
export type { SealedCookie } from './sealed/opened.js'
export type {
  CookieFailure,
  CookieReason,
  FinalReason,
  RefreshFailure,
  RefreshSuccess,
  SealedRefreshResult,
  SealedSessionFailure,
  SealedSessionResult,
  StepReason,
} from './sealed/results.js'
export {
  type Password,
  type SealTextOptions,
  sealText,
  type UnsealTextOptions,
  unsealText,
} from './sealed/seal.js'
export {
  createSealedSessions,
  type SealedDescription,
  type SealedRefreshContext,
  type SealedRefreshOptions,
  type SealedSession,
  type SealedSessions,
  type SealedSessionsOptions,
  type SealOptions,
  type SessionProvider,
  type SignOutPageOptions,
  type SignOutPageRequest,
} from './sealed/sealed-sessions.js'
export { parseSealedData, type SealedData, type SealedDevice } from './sealed/session-data.js'
export type { SessionLimits } from './sealed/session-limits.js'
export {
  type ListEntry,
  type MemorySessionListOptions,
  memorySessionList,
  type SessionList,
} from './sealed/session-list.js'
export type { SessionStore } from './sealed/session-store.js'
export type { EndedWhich, EndSessionsOptions } from './sealed/shared-ends.js'
export type { TransientReason } from './shared/failure-words.js'
export type { RefreshErrorEvent, RefreshEvent, RefreshListeners } from './shared/refresh-events.js'
export type { SecurityEvent, SecurityListeners, TokenReuse } from './shared/security-events.js'
export type {
  Introspection,
  IntrospectionCall,
  IntrospectionLimits,
} from './verification/introspection.js'
export type { KeySetLocation } from './verification/key-set.js'
export {
  createVerifier,
  type TokenChecks,
  type Verification,
  type Verified,
  type Verifier,
} from './verification/verify.js'
