import { createAuthContext } from './context.js'
import type { AuthContext } from './types.js'

const context: AuthContext = createAuthContext()

/** Gives a client to the components below. @throws AuthError `invalid_argument` without one. */
export const AuthProvider: AuthContext['AuthProvider'] = context.AuthProvider
/** Who is signed in, or what a selector takes from it. */
export const useSession: AuthContext['useSession'] = context.useSession
/** Who is signed in, with the client and its methods. */
export const useAuth: AuthContext['useAuth'] = context.useAuth
/** The access token, kept fresh by the client. */
export const useAccessToken: AuthContext['useAccessToken'] = context.useAccessToken
