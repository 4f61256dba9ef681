export type {
  WorkOSFinalReason,
  WorkOSRefreshFailure,
  WorkOSRefreshOptions,
  WorkOSSealedCookie,
  WorkOSSealedSession,
  WorkOSSessions,
} from './sdk-types.js'
export { workosServer } from './server.js'
export { createWorkOSSessions, type WorkOSSessionsOptions } from './sessions.js'
export type {
  CodeExchange,
  OrganizationSelection,
  ServerAuthorizeOptions,
  WorkOSServer,
  WorkOSServerOptions,
} from './types.js'
