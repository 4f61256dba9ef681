import { Auth0Client } from '@auth0/auth0-spa-js'
import { failure, install, isReturn, sessionOf } from '../page.js'

const { issuer, clientId, redirectUri, scope } = window.setup
const auth0 = new Auth0Client({
  domain: issuer.replace(/\/$/, ''),
  clientId,
  // Its options for refresh tokens, and for tabs that share a session.
  useRefreshTokens: true,
  cacheLocation: 'localstorage',
  authorizationParams: { redirect_uri: redirectUri, scope },
})

/** What it says when nobody is signed in. */
const ENDS = ['missing_refresh_token', 'login_required', 'invalid_grant']

/** Its errors have their code in `error`. */
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'error' in error && typeof error.error === 'string'
    ? error.error
    : error

install({
  async start() {
    if (isReturn() && location.search) await auth0.handleRedirectCallback()
    return auth0.isAuthenticated()
  },
  signIn: () => auth0.loginWithRedirect(),
  token: () => auth0.getTokenSilently().then(sessionOf, (error) => failure(codeOf(error), ENDS)),
  signOut: () => auth0.logout(),
})
