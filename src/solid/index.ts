export type {
  AccessTokenState,
  BoundClient,
  Nobody,
  ProvideAuthOptions,
  SessionState,
  SessionView,
  SignedIn,
  TokenMethods,
  TokenView,
} from '../bindings/types.js'
export { createAuthContext } from './context.js'
export { AuthProvider, useAccessToken, useAuth, useSession } from './standard.js'
export type { AuthContext, AuthContextOf, AuthProviderProps, UseSession } from './types.js'
