import { createAuthContext } from './context.js'
import type { AuthContext } from './types.js'

const context: AuthContext = createAuthContext()

/**
 * Gives a client to the components below.
 * @example
 * ```tsx
 * import { AuthClient } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 * import { AuthProvider } from 'holdfast/solid'
 *
 * const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })
 * export const App = () => <AuthProvider client={auth}>…</AuthProvider>
 * ```
 * @throws AuthError `invalid_argument` without one.
 */
export const AuthProvider: AuthContext['AuthProvider'] = context.AuthProvider
/** Who is signed in, or what a selector takes from it. */
export const useSession: AuthContext['useSession'] = context.useSession
/**
 * Who is signed in, with the client and its methods.
 * @example
 * ```tsx
 * import { useAuth } from 'holdfast/solid'
 *
 * export function Account() {
 *   const session = useAuth()
 *   return <button onClick={() => session.signOut()}>Sign out {session.user?.email}</button>
 * }
 * ```
 */
export const useAuth: AuthContext['useAuth'] = context.useAuth
/** The access token, kept fresh by the client. */
export const useAccessToken: AuthContext['useAccessToken'] = context.useAccessToken
