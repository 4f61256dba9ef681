import { createAuthInjection } from './injection.js'
import type { AuthInjection } from './types.js'

const injection: AuthInjection = createAuthInjection()

/**
 * Gives a client: for the `providers` of an app, a route or a component.
 * @example
 * ```ts
 * import type { ApplicationConfig } from '@angular/core'
 * import { provideAuth } from 'holdfast/angular'
 *
 * export const appConfig: ApplicationConfig = { providers: [provideAuth(auth)] }
 * ```
 */
export const provideAuth: AuthInjection['provideAuth'] = injection.provideAuth
/** Who is signed in, or what a selector takes from it. */
export const injectSession: AuthInjection['injectSession'] = injection.injectSession
/**
 * Who is signed in, with the client and its methods.
 * @example
 * ```ts
 * import { injectAuth } from 'holdfast/angular'
 *
 * export class Account {
 *   readonly auth = injectAuth() // `auth.user()` in the template
 * }
 * ```
 */
export const injectAuth: AuthInjection['injectAuth'] = injection.injectAuth
/** The access token, kept fresh by the client. */
export const injectAccessToken: AuthInjection['injectAccessToken'] = injection.injectAccessToken
