import { createAuthHooks } from './hooks.js'
import type { AuthHooks } from './types.js'

const hooks: AuthHooks = createAuthHooks()

/**
 * Gives a client to the components below.
 * @example
 * ```tsx
 * import { AuthProvider } from 'holdfast/react'
 *
 * export const App = () => <AuthProvider client={auth}>…</AuthProvider>
 * ```
 * @throws AuthError `invalid_argument` without one.
 */
export const AuthProvider: AuthHooks['AuthProvider'] = hooks.AuthProvider
/** Who is signed in, or what a selector takes from it. */
export const useSession: AuthHooks['useSession'] = hooks.useSession
/**
 * Who is signed in, with the client and its methods.
 * @example
 * ```tsx
 * import { useAuth } from 'holdfast/react'
 *
 * export function Account() {
 *   const { user, signOut } = useAuth()
 *   return <button onClick={() => signOut()}>Sign out {user?.email}</button>
 * }
 * ```
 */
export const useAuth: AuthHooks['useAuth'] = hooks.useAuth
/** The access token, kept fresh by the client. */
export const useAccessToken: AuthHooks['useAccessToken'] = hooks.useAccessToken
