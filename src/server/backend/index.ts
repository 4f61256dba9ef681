export type { SignInHints } from '../../providers/backend/types.js'
export { createBackend } from './backend.js'
export type {
  Arrival,
  AuthorizeRequest,
  Backend,
  BackendOptions,
  Call,
  Deed,
  GrantedSignIn,
  Handler,
  PendingLink,
  RouteTools,
  SignInExchange,
  SignInServer,
} from './types.js'
export type { Upstream } from './upstreams.js'
