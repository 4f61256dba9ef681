export { type AuthkitCookiesOptions, authkitCookies } from './authkit-cookies.js'
export type {
  WorkOSAuthenticateFailure,
  WorkOSAuthenticateSuccess,
  WorkOSFinalReason,
  WorkOSRefreshFailure,
  WorkOSRefreshOptions,
  WorkOSRefreshSuccess,
  WorkOSSealedCookie,
  WorkOSSealedSession,
  WorkOSSessions,
} from './sdk-types.js'
export { workosServer } from './server.js'
export { createWorkOSSessions, type WorkOSSessionsOptions } from './sessions.js'
export type {
  CodeExchange,
  DeviceSignIn,
  EmailCodeExchange,
  MagicCodeExchange,
  OrganizationSelection,
  PasswordExchange,
  PendingStep,
  RadarEmailExchange,
  RadarSmsExchange,
  TotpEnrollment,
  TotpExchange,
  Visitor,
  WorkOSSignIns,
} from './sign-in-types.js'
export type { AuthenticationFactor, RequiredStep } from './steps.js'
export type {
  ServerAuthorizeOptions,
  WorkOSServer,
  WorkOSServerOptions,
} from './types.js'
