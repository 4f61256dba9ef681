import { AuthClient, indexedDBKeys } from 'holdfast'
import { oidc, stepUp } from 'holdfast/providers/oidc'
import { dpop } from 'holdfast/providers/oidc/dpop'

declare const ISSUER: string
declare const API: string

/** The client of this page. */
export const auth = new AuthClient({
  provider: oidc({
    issuer: ISSUER,
    clientId: 'purser',
    redirectUri: `${location.origin}/`,
    scope: 'openid profile email offline_access pay',
    // The tokens are for the API. oidc-provider gives refresh tokens to those only who were asked.
    parameters: { resource: API, prompt: 'consent' },
    stepUp,
    // Without this line tokens are bearer tokens, which the API takes too.
    dpop,
  }),
  keys: indexedDBKeys(),
  fetchOrigins: [location.origin],
})
