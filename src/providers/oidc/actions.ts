import { AuthError } from '../../core/errors.js'
import type { ActionHost, CallOptions } from '../../core/provider.js'
import { text } from '../shared/json.js'
import { createRedirect, ownPage } from '../shared/redirect.js'
import { invalid } from '../shared/url.js'
import { AREA, type WithArea } from './area.js'
import { checked, toTexts, withQuery } from './authorize.js'
import { beginSignIn } from './begin.js'
import { keptIn } from './grants.js'
import { createRedeem, refusalOf, whoIs } from './sign-in.js'
import type { Tokens } from './tokens.js'
import type { OidcActions, OidcSignInOptions, OidcUser } from './types.js'

/** What servers add to an address: OIDC Core §3.1.2.5, RFC 9207, Keycloak and Hydra. */
const OURS = [
  ...['code', 'state', 'iss', 'session_state', 'scope'],
  ...['error', 'error_description', 'error_uri'],
]

/** Makes `auth.actions` for one client. */
export function createActions(lent: ActionHost<OidcUser>, tokens: Tokens): OidcActions & WithArea {
  const { options, server } = tokens
  const host = server.binding?.attach(lent) ?? lent
  const { issuer, clientId, redirectUri } = options

  async function signInUrl(given: OidcSignInOptions = {}, call?: CallOptions): Promise<string> {
    const { state, returnTo: there } = checked(given)
    const returnTo = there && ownPage(there, host.page.href() ?? redirectUri)
    return host.request(async (context) => {
      const { url, secret, kept } = await beginSignIn(tokens, given, {
        context,
        crypto: host.crypto,
      })
      await host.saveFlow({ secret, purpose: JSON.stringify({ ...kept, state, returnTo }) })
      return url
    }, call)
  }

  return {
    [AREA]: { host, tokens },
    signInUrl,
    handleRedirect: createRedirect({
      host,
      ours: OURS,
      home: () => redirectUri,
      refusal: (query, kept) => refusalOf(query, kept, issuer),
      grant: createRedeem(tokens),
    }),
    async signOutUrl(given = {}, call) {
      const { postLogoutRedirectUri, state, idTokenHint = true, parameters } = checked(given)
      return host.withSession(async (session, context) => {
        const kept = await server.find(context, keptIn(session).server)
        const page = kept.end_session_endpoint ?? options.endSessionEndpoint
        if (!page) throw new AuthError('rejected', 'This server has no page that ends a session.')
        const { postLogoutParameter = 'post_logout_redirect_uri' } = options
        const hint = idTokenHint ? text(session.extras.id_token) : undefined
        const wish = { id_token_hint: hint, [postLogoutParameter]: postLogoutRedirectUri, state }
        return withQuery(page, {
          ...toTexts(parameters),
          ...toTexts(wish),
          client_id: clientId,
        })
      }, call)
    },
    reloadUser: (call) =>
      host.updateUser(async (session, context) => {
        const { accessToken } = session
        const metadata = await server.find(context, keptIn(session).server)
        const { send } = server
        const source = { accessToken, claims: null, metadata, send, ...context, session }
        const user = await whoIs(options.loadUser, source)
        if (!user) return invalid('Pass `loadUser`: without it nobody can be asked.')
        if (user.id === (session.user ?? user).id) return user
        throw new AuthError('bad_response', 'The answer is the session of another person.', {
          retryable: false,
        })
      }, call),
    async exchange(fields, call) {
      const form = toTexts(fields)
      return host.exchange(
        // Grants carry no access token, and may be what a dead one is waiting for.
        {
          withoutToken: true,
          send: (session, its) => tokens.trade(form, { ...its, session }),
        },
        call,
      )
    },
  }
}
