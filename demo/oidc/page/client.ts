import { AuthClient } from 'holdfast'
import { oidc, stepUp } from 'holdfast/providers/oidc'

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
  }),
  fetchOrigins: [location.origin],
})
