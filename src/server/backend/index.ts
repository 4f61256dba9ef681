export { createBackend } from './backend.js'
export type {
  Backend,
  BackendOptions,
  SignInHints,
  SignInRequest,
  SignInServer,
} from './types.js'
export type { Upstream } from './upstreams.js'
