import { AuthError } from '../../core/errors.js'
import type { ActionHost, CallOptions } from '../../core/provider.js'
import { asObject, text } from '../shared/json.js'
import { createPkce } from '../shared/pkce.js'
import { createRedirect, ownPage } from '../shared/redirect.js'
import { invalid } from '../shared/url.js'
import { toParameters, toTexts, withQuery } from './authorize.js'
import { keptIn } from './grants.js'
import { createRedeem, refusalOf, whoIs } from './sign-in.js'
import type { Tokens } from './tokens.js'
import type { OidcActions, OidcSignInOptions, OidcUser } from './types.js'

/** What servers add to an address: OIDC Core §3.1.2.5, RFC 9207, Keycloak and Hydra. */
const OURS = [
  ...['code', 'state', 'iss', 'session_state', 'scope'],
  ...['error', 'error_description', 'error_uri'],
]

/** @throws AuthError `invalid_argument` for options that are no object. */
function checked<Options extends object>(given: Options): Options {
  return asObject(given) ? given : invalid('Pass the options as an object.')
}

/** Makes `auth.actions` for one client. */
export function createActions(lent: ActionHost<OidcUser>, tokens: Tokens): OidcActions {
  const { options, server } = tokens
  const { binding } = server
  const host = binding?.attach(lent) ?? lent
  const { issuer, clientId, redirectUri } = options

  async function signInUrl(given: OidcSignInOptions = {}, call?: CallOptions): Promise<string> {
    checked(given)
    const { verifier, challenge } = await createPkce()
    const asked: Readonly<Record<string, string>> = {
      scope: tokens.scope,
      ...toTexts(options.parameters),
      ...toParameters(given),
    }
    const open = asked.scope?.split(' ').includes('openid')
    const returnTo = given.returnTo && ownPage(given.returnTo, host.page.href() ?? redirectUri)
    return host.request(async (context) => {
      const metadata = await server.find(context)
      const dpop = await binding?.begin(host, metadata)
      const parameters = {
        ...asked,
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        // Nobody but the holder of the verifier can tell it beforehand, and every flow has its own.
        state: challenge,
        ...(open && { nonce: challenge }),
        ...(dpop && { dpop_jkt: dpop.jkt }),
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }
      const { pushRequest: push } = options
      if (metadata.require_pushed_authorization_requests && !push) {
        invalid('This server wants sign-ins pushed: pass the option `pushRequest`.')
      }
      const url = push
        ? await push(parameters, { metadata, send: server.send, context })
        : withQuery(metadata.authorization_endpoint, parameters)
      const { acr_values: acr, max_age: age, resource, scope } = asked
      const kept = { id: challenge, issuer, server: metadata, acr, age, resource, scope, dpop }
      const purpose = JSON.stringify({ ...kept, state: given.state, returnTo })
      await host.saveFlow({ secret: verifier, purpose })
      return url
    }, call)
  }

  return {
    signInUrl,
    handleRedirect: createRedirect({
      host,
      ours: OURS,
      home: () => redirectUri,
      refusal: (query, kept) => refusalOf(query, kept, issuer),
      grant: createRedeem(tokens),
    }),
    async signOutUrl(given = {}, call) {
      const { postLogoutRedirectUri, state } = checked(given)
      return host.withSession(async (session, context) => {
        const { end_session_endpoint: page } = await server.find(context, keptIn(session).server)
        if (!page) throw new AuthError('rejected', 'This server has no page that ends a session.')
        const { postLogoutParameter = 'post_logout_redirect_uri' } = options
        const hint = text(session.extras.id_token)
        const wish = { id_token_hint: hint, [postLogoutParameter]: postLogoutRedirectUri, state }
        return withQuery(page, { ...toTexts(wish), client_id: clientId })
      }, call)
    },
    reloadUser: (call) =>
      host.updateUser(async (session, context) => {
        const { accessToken } = session
        const metadata = await server.find(context, keptIn(session).server)
        const { send } = server
        const source = { accessToken, claims: null, metadata, send, ...context, session }
        const user = await whoIs(options.loadUser, source)
        return user ?? invalid('Pass `loadUser`: without it nobody can be asked.')
      }, call),
    async exchange(fields, call) {
      const form = toTexts(fields)
      return host.exchange(
        { send: (session, its) => tokens.trade(form, { ...its, session }) },
        call,
      )
    },
  }
}
