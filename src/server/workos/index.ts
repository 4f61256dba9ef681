export { workosServer } from './server.js'
export { type WorkOSSessionsOptions, workosSessions } from './sessions.js'
export type {
  CodeExchange,
  OrganizationSelection,
  ServerAuthorizeOptions,
  WorkOSServer,
  WorkOSServerOptions,
} from './types.js'
