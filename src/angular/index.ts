export type {
  BoundClient,
  Nobody,
  ProvideAuthOptions,
  SessionState,
  SessionView,
  SignedIn,
  TokenMethods,
  TokenView,
} from '../bindings/types.js'
export { createAuthInjection } from './injection.js'
export { injectAccessToken, injectAuth, injectSession, provideAuth } from './standard.js'
export type {
  AccessTokenSignals,
  AuthInjection,
  AuthInjectionOf,
  InjectSession,
  SessionSignals,
} from './types.js'
