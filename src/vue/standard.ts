import { createAuthComposables } from './composables.js'
import type { AuthComposables } from './types.js'

const composables: AuthComposables = createAuthComposables()

/**
 * Gives a client to an app.
 * @example
 * ```ts
 * import { authPlugin } from 'holdfast/vue'
 * import { createApp } from 'vue'
 * import App from './app.vue'
 *
 * createApp(App).use(authPlugin, auth).mount('#app')
 * ```
 * @throws AuthError `invalid_argument` without one.
 */
export const authPlugin: AuthComposables['authPlugin'] = composables.authPlugin
/** Gives a client to the components below. @throws AuthError `invalid_argument` without one. */
export const provideAuth: AuthComposables['provideAuth'] = composables.provideAuth
/** Who is signed in, or what a selector takes from it. */
export const useSession: AuthComposables['useSession'] = composables.useSession
/**
 * Who is signed in, with the client and its methods.
 * @example
 * ```ts
 * import { useAuth } from 'holdfast/vue'
 *
 * const { user, signOut } = useAuth() // `user` is a ref
 * ```
 */
export const useAuth: AuthComposables['useAuth'] = composables.useAuth
/** The access token, kept fresh by the client. */
export const useAccessToken: AuthComposables['useAccessToken'] = composables.useAccessToken
