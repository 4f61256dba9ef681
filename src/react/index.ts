'use client'

export { createAuthHooks } from './hooks.js'
export { AuthProvider, useAccessToken, useAuth, useSession } from './standard.js'
export type {
  AccessTokenState,
  AuthHooks,
  AuthProviderProps,
  BoundClient,
  HooksOf,
  Nobody,
  SessionState,
  SessionView,
  SignedIn,
  UseSession,
} from './types.js'
