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
export { createAuthComposables } from './composables.js'
export { authPlugin, provideAuth, useAccessToken, useAuth, useSession } from './standard.js'
export type {
  AccessTokenRefs,
  AuthComposables,
  ComposablesOf,
  SessionRefs,
  UseSession,
} from './types.js'
