import { createAuthComposables } from './composables.js'
import type { AuthComposables } from './types.js'

const composables: AuthComposables = createAuthComposables()

/** Gives a client to an app. @throws AuthError `invalid_argument` without one. */
export const authPlugin: AuthComposables['authPlugin'] = composables.authPlugin
/** Gives a client to the components below. @throws AuthError `invalid_argument` without one. */
export const provideAuth: AuthComposables['provideAuth'] = composables.provideAuth
/** Who is signed in, or what a selector takes from it. */
export const useSession: AuthComposables['useSession'] = composables.useSession
/** Who is signed in, with the client and its methods. */
export const useAuth: AuthComposables['useAuth'] = composables.useAuth
/** The access token, kept fresh by the client. */
export const useAccessToken: AuthComposables['useAccessToken'] = composables.useAccessToken
