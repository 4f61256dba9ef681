import type { Provider, RequestContext, SignOutScope } from '../../core/provider.js'
import type { Session } from '../../core/session.js'
import { checkKey, checkOptions, HTTP_OPTIONS, type Kind } from '../shared/options.js'
import { isFine } from '../shared/passing.js'
import { checkUrl, invalid, parseUrl } from '../shared/url.js'
import { createActions } from './actions.js'
import type { WithArea } from './area.js'
import { toError } from './errors.js'
import { keptIn } from './grants.js'
import { createServer } from './server.js'
import { createTokens, isMark } from './tokens.js'
import type { OidcActions, OidcOptions, OidcUser } from './types.js'

export type { RedirectResult } from '../shared/redirect.js'
export type { RequiredStep } from '../shared/steps.js'
export type { OidcAnswer } from './answer.js'
export type { OidcStep } from './errors.js'
export { pushRequest } from './push-request.js'
export { stepOf, stepUp } from './step-up.js'
export type {
  OidcActions,
  OidcBinding,
  OidcChannel,
  OidcClaims,
  OidcContext,
  OidcKey,
  OidcMetadata,
  OidcOptions,
  OidcParameters,
  OidcPush,
  OidcSend,
  OidcSignInOptions,
  OidcSignOutOptions,
  OidcStayOptions,
  OidcUser,
  OidcUserSource,
  OidcVerifier,
} from './types.js'
export { userinfo } from './userinfo.js'

/** The provider that `oidc` makes. */
export type OidcProvider = Provider<never, OidcUser, OidcActions & WithArea>

const { url: _, ...HTTP } = HTTP_OPTIONS
const OPTIONS: Readonly<Record<keyof OidcOptions, Kind>> = {
  ...HTTP,
  issuer: 'string',
  clientId: 'string',
  redirectUri: 'string',
  scope: 'string',
  metadata: 'object',
  parameters: 'object',
  loadUser: 'function',
  resourceTokens: 'object',
  stepUp: 'function',
  pushRequest: 'function',
  dpop: 'function',
  verifyIdToken: 'function',
  postLogoutParameter: 'string',
  endSessionEndpoint: 'string',
}

/**
 * Speaks to any OpenID Connect or OAuth 2 server as a public client, with PKCE. What the server told
 * of itself is kept with the session, so that no refresh has to ask for it again.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 *
 * const redirectUri = 'https://app.example/callback'
 * const provider = oidc({ issuer: 'https://id.example', clientId: 'my-app', redirectUri })
 * const auth = new AuthClient({ provider })
 * location.href = await auth.actions.signInUrl({ returnTo: '/dashboard' })
 * await auth.actions.handleRedirect() // on the page of `redirectUri`
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and for addresses that tokens must
 *   not go to.
 */
export function oidc(options: OidcOptions): OidcProvider {
  checkOptions('oidc', options, OPTIONS)
  const { issuer, clientId, redirectUri } = options
  if (!clientId) invalid('Pass the `clientId` of your application.')
  checkKey('clientId', clientId)
  parseUrl(redirectUri)
  const { endSessionEndpoint: page, dangerouslyAllowInsecureHttp } = options
  if (page !== undefined) checkUrl(page, dangerouslyAllowInsecureHttp)
  const server = (options.verifyIdToken ?? createServer)(options)
  const tokens = createTokens(options, server)

  /** Revokes the refresh token, and with it the session's grant (RFC 7009 §2.1). */
  async function signOut(
    session: Session<OidcUser>,
    scope: SignOutScope,
    context: RequestContext,
  ): Promise<void> {
    const { accessToken } = session
    const refreshToken = isMark(session.refreshToken) ? null : session.refreshToken
    const { revocation_endpoint: endpoint } = await server.find(context, keptIn(session).server)
    if (endpoint && scope !== 'others') {
      const form = {
        token: refreshToken ?? accessToken,
        token_type_hint: refreshToken ? 'refresh_token' : 'access_token',
        client_id: clientId,
      }
      const answer = await server.send(endpoint, { form, keepalive: true }, context)
      if (!isFine(answer)) throw toError(answer, 'sign-in')
    }
    if (scope !== 'local') invalid('A public client can end its own session only.')
  }

  const base = checkUrl(issuer, options.dangerouslyAllowInsecureHttp)
  return {
    id: `oidc.${base.replace(/^\w+:../, '')}.${clientId}`,
    refresh(token, context) {
      const { resource = keptIn(context.session).resource, audience, scope } = context
      const form = { grant_type: 'refresh_token', refresh_token: token, resource, audience, scope }
      return tokens.trade(form, context)
    },
    tokens: options.resourceTokens,
    signOut,
    ...server.binding?.signer,
    readAnswer: (answer) => server.binding?.readAnswer(answer) ?? options.stepUp?.(answer),
    refusesToken: ({ status }) => status === 401,
    actions: (host) => createActions(host, tokens),
  }
}
