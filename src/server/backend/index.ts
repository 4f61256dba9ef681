export type { SignInHints } from '../../providers/backend/types.js'
export { createBackend } from './backend.js'
export type {
  AuthorizeRequest,
  Backend,
  BackendOptions,
  GrantedSignIn,
  SignInExchange,
  SignInServer,
} from './types.js'
export type { Upstream } from './upstreams.js'
