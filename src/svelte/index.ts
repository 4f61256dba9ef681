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
export { provideAuth, useAccessToken, useAuth, useSession } from './standard.js'
export type { AuthContext, AuthContextOf, Current, UseSession } from './types.js'
