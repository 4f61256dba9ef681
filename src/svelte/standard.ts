import { createAuthContext } from './context.js'
import type { AuthContext } from './types.js'

const context: AuthContext = createAuthContext()

/**
 * Gives a client to the components below.
 * @example
 * ```ts
 * import { provideAuth } from 'holdfast/svelte'
 *
 * provideAuth(auth) // in the script of +layout.svelte
 * ```
 * @throws AuthError `invalid_argument` without one.
 */
export const provideAuth: AuthContext['provideAuth'] = context.provideAuth
/** Who is signed in, or what a selector takes from it. */
export const useSession: AuthContext['useSession'] = context.useSession
/**
 * Who is signed in, with the client and its methods.
 * @example
 * ```ts
 * import { useAuth } from 'holdfast/svelte'
 *
 * const session = useAuth() // `session.user` in the markup follows the client
 * ```
 */
export const useAuth: AuthContext['useAuth'] = context.useAuth
/** The access token, kept fresh by the client. */
export const useAccessToken: AuthContext['useAccessToken'] = context.useAccessToken
