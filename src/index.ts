export {
  AuthClient,
  type AuthClientOptions,
  type BriefListener,
  type RefreshResult,
} from './client.js'
export {
  type AnyAuthError,
  AuthError,
  type AuthErrorCode,
  type AuthErrorDetails,
  type AuthErrorOptions,
  AuthSessionMissingError,
  isAuthError,
  isAuthSessionMissingError,
  isRetryableAuthError,
  type RefusalDetails,
  type RequiredStep,
} from './core/errors.js'
export type {
  AuthChange,
  AuthEventDetails,
  AuthEventName,
  AuthListener,
  Origin,
  SignOutReason,
  TimeoutReason,
} from './core/events.js'
export type {
  Abort,
  Awaitable,
  Channel,
  Clock,
  Crypto,
  Environment,
  EnvironmentParts,
  KeyStore,
  Lock,
  LockRelease,
  Page,
  ScheduleOptions,
  Signal,
  Storage,
  Wake,
  WakeSign,
} from './core/ports.js'
export type {
  ActionHost,
  AnswerMeaning,
  CallOptions,
  Flow,
  IncomingAnswer,
  OutgoingRequest,
  Provider,
  Purpose,
  RefreshContext,
  RefreshOptions,
  RequestContext,
  ResourceTokens,
  SignInResult,
  SignOutScope,
  Tokens,
  TokenTarget,
} from './core/provider.js'
export { resourceTokens } from './core/resource-tokens.js'
export { resumeWith } from './core/resume.js'
export type {
  AuthenticationMethod,
  ExchangeEventName,
  Grant,
  Impersonator,
  ProviderEventName,
  ProviderEvents,
  Session,
  SessionFacts,
  SessionUser,
} from './core/session.js'
export type { Resume, SessionSource, SourceDesk } from './core/session-source.js'
export type { DebugEntry, Snapshot } from './core/store.js'
export type { Timeouts } from './core/timeouts.js'
export { systemClock } from './environment/clock.js'
export { type ChromeStorageOptions, chromeStorage } from './storage/chrome-storage.js'
export { type IndexedDBStorageOptions, indexedDBStorage } from './storage/indexed-db.js'
export {
  type IndexedDBKeysOptions,
  indexedDBKeys,
  type SecretKey,
} from './storage/indexed-db-keys.js'
export { memoryKeys, memoryStorage } from './storage/memory.js'
export { type WebStorageOptions, webStorage } from './storage/web-storage.js'
export { type TakeOverOptions, takeOver } from './take-over.js'
export { type SessionTimeoutsOptions, sessionTimeouts } from './timeouts/index.js'
export { onUserChange, type UserChangeClient, type UserChangeListener } from './user-change.js'
