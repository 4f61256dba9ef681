import { AuthError } from '../../core/errors.js'
import type { Provider, RefreshContext, RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { toTexts, withQuery } from '../../providers/oidc/authorize.js'
import type { Server } from '../../providers/oidc/server.js'
import { createTokens, type Tokens } from '../../providers/oidc/tokens.js'
import type { OidcUser } from '../../providers/oidc/types.js'
import { text } from '../../providers/shared/json.js'
import { checkKey, checkOptions, HTTP_OPTIONS, type Kind } from '../../providers/shared/options.js'
import { checkUrl, invalid, partsOf } from '../../providers/shared/url.js'
import { checkPositive } from '../coordination/coordinator.js'
import { checkObject } from '../shared/arguments.js'
import { checkReturnTo } from '../shared/return-to.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'
import type { KeySetLocation } from '../verification/key-set.js'
import { ask, credentialsForm, exchangeForm, fetchTokens, introspectToken } from './calls.js'
import { createClientProof } from './client-authentication.js'
import { isMarker, namesOf, sealable } from './grants.js'
import { verifyingIdTokens } from './id-tokens.js'
import { redeemCode, signInAddress } from './sign-in.js'
import type { OidcServer, OidcServerOptions, OidcSignOutRequest } from './types.js'
import { createUnfinished } from './unfinished.js'
import { createWire } from './wire.js'

const { url: _, ...HTTP } = HTTP_OPTIONS
const OPTIONS: Readonly<Record<keyof OidcServerOptions, Kind>> = {
  ...HTTP,
  issuer: 'string',
  clientId: 'string',
  clientSecret: 'string',
  privateKey: 'object',
  clientAuthentication: 'string',
  assertionAudience: 'string',
  scope: 'string',
  metadata: 'object',
  parameters: 'object',
  loadUser: 'function',
  postLogoutParameter: 'string',
  endSessionEndpoint: 'string',
  resource: 'string',
  pushRequests: 'boolean',
  hintParameters: 'object',
  verifyIdToken: 'object',
  keepIdToken: 'boolean',
  revokesTokens: 'boolean',
  requestTimeout: 'number',
  now: 'function',
}

/** Where it is said by a word. */
const BY_WORD = { verifyIdToken: 'boolean' } as const

type During = <T>(
  context: RequestContext | undefined,
  work: (context: RequestContext) => Promise<T>,
) => Promise<T>

/** Where the keys are is known once the issuer was asked, which a lookup of them does first. */
function keysOf(options: OidcServerOptions, server: Server, during: During): KeySetLocation {
  const { issuer, dangerouslyAllowInsecureHttp } = options
  const look: typeof fetch = async (_, init) => {
    const place = text((await during(undefined, server.find)).jwks_uri)
    if (!place) throw new AuthError('bad_response', 'The issuer does not say where its keys are.')
    return (options.fetch ?? globalThis.fetch)(place, init)
  }
  return { jwksUrl: issuer, fetch: look, dangerouslyAllowInsecureHttp }
}

/** The next tokens of a session. @throws AuthError `refresh_rejected` for the one answer that ends it. */
async function refreshBy(
  { tokens, resource }: { readonly tokens: Tokens; readonly resource: string | undefined },
  token: string,
  { signal, session }: RefreshContext,
): Promise<Grant<OidcUser> | null> {
  if (isMarker(token)) {
    throw new AuthError(
      'refresh_rejected',
      'The server gave no refresh token: the session ends with its access token.',
      { serverCode: 'no_refresh_token' },
    )
  }
  const form = { grant_type: 'refresh_token', refresh_token: token, resource }
  const grant = await tokens.trade(form, { signal, session })
  return grant && sealable(grant)
}

/** Makes what ends things at the server. */
function createEnds(options: OidcServerOptions, tokens: Tokens, during: During) {
  const { clientId, postLogoutParameter = 'post_logout_redirect_uri' } = options
  const { server } = tokens

  const revoke: OidcServer['revoke'] = (token, kind = 'refresh_token', context) =>
    during(context, async (call) => {
      if (typeof token !== 'string' || token === '') invalid('Pass the `token` to revoke.')
      // There is none, and so none that is not over.
      if (isMarker(token)) return
      const form = { token, token_type_hint: kind, client_id: clientId }
      await ask(server, { name: 'revocation_endpoint', form }, call)
    })

  const signOut: NonNullable<Provider<never, OidcUser>['signOut']> = async (
    { refreshToken, accessToken },
    scope,
    context,
  ) => {
    if (scope !== 'local') {
      invalid('OpenID Connect ends one session: the scope is `local`.')
    }
    return refreshToken && !isMarker(refreshToken)
      ? revoke(refreshToken, 'refresh_token', context)
      : revoke(accessToken, 'access_token', context)
  }

  const signOutUrl: OidcServer['signOutUrl'] = async (request = {}, context) => {
    checkObject('request', request)
    const { idToken, returnTo, state, parameters }: OidcSignOutRequest = request
    const there = returnTo === undefined ? undefined : checkReturnTo(returnTo)
    const found = await during(context, server.find)
    const page = found.end_session_endpoint ?? options.endSessionEndpoint
    if (!page) throw new AuthError('rejected', 'This server has no page that ends a session.')
    const wish = { id_token_hint: idToken, [postLogoutParameter]: there, state }
    return withQuery(page, { ...toTexts(parameters), ...toTexts(wish), client_id: clientId })
  }

  return { revoke, signOut, signOutUrl }
}

/**
 * Speaks to any OpenID Connect or OAuth 2 server as a client on a server, with PKCE all the same.
 * @example
 * ```ts
 * import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
 *
 * const server = createOidc({ issuer: 'https://id.example', clientId: 'my-app', clientSecret: 'secret' })
 * const sessions = createOidcSessions({ server })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and for addresses that secrets must
 *   not go to.
 */
export function createOidc(options: OidcServerOptions): OidcServer {
  // `true` and `false` stand for options.
  const kinds = { ...OPTIONS, ...(typeof Object(options).verifyIdToken === 'boolean' && BY_WORD) }
  checkOptions('createOidc', options, kinds)
  const { issuer, clientId, keepIdToken = true, revokesTokens = true } = options
  if (!clientId) invalid('Pass the `clientId` of your application.')
  checkKey('clientId', clientId)
  checkUrl(options.endSessionEndpoint ?? issuer, options.dangerouslyAllowInsecureHttp)
  const timeout = checkPositive('requestTimeout', options.requestTimeout ?? TIME_LIMIT)
  const during: During = (context, work) =>
    context ? work(context) : withinTime(timeout, (signal) => work({ signal }))
  const wire = createWire(options, createClientProof(options), timeout)
  const keys = keysOf(options, wire, during)
  const server = verifyingIdTokens(wire, keys, options)
  const tokens = createTokens({ ...options, verifyIdToken: undefined, redirectUri: '' }, server)
  const unfinished = createUnfinished(options.now ?? Date.now)
  const signIn = { options, scope: tokens.scope, server, unfinished }
  const { revoke, signOut, signOutUrl } = createEnds(options, tokens, during)
  const { host, path } = partsOf(checkUrl(issuer, options.dangerouslyAllowInsecureHttp))

  return {
    id: `oidc.${host}${path === '/' ? '' : path}.${clientId}`,
    issuer,
    clientId,
    requestTimeout: timeout,
    renews: (token) => !isMarker(token),
    sealedExtras: keepIdToken ? ['oidc', 'id_token'] : ['oidc'],
    sharesSessionIds: true,
    ownSealsOnly: true,
    namesOf,
    metadata: (context) => during(context, server.find),
    refresh: (token, context) => refreshBy({ tokens, resource: options.resource }, token, context),
    keys,
    ...(revokesTokens && { signOut }),
    authorizeUrl: (request, context) =>
      during(context, async (call) => {
        checkObject('request', request)
        return signInAddress(signIn, request, call)
      }),
    exchangeCode: (exchange, context) =>
      during(context, async (call) => {
        checkObject('exchange', exchange)
        return redeemCode(signIn, exchange, call)
      }),
    signOutUrl,
    revoke,
    introspect: (token, context) =>
      during(context, (call) => introspectToken(server, { token, clientId }, call)),
    clientCredentials: async (request = {}, context) => {
      const form = credentialsForm(request)
      return during(context, (call) => fetchTokens(tokens, form, call))
    },
    exchangeToken: async (exchange, context) => {
      const form = exchangeForm(exchange)
      return during(context, (call) => fetchTokens(tokens, form, call))
    },
  }
}
