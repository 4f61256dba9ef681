'use client'

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
export { createAuthHooks } from './hooks.js'
export { AuthProvider, useAccessToken, useAuth, useSession } from './standard.js'
export type { AuthHooks, AuthProviderProps, HooksOf, UseSession } from './types.js'
