import { isAuthError, isRetryableAuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { toParameters, toTexts, withQuery } from '../../providers/oidc/authorize.js'
import { pushRequest } from '../../providers/oidc/push-request.js'
import type { Server } from '../../providers/oidc/server.js'
import { createRedeem, refusalOf, type Unfinished } from '../../providers/oidc/sign-in.js'
import { createTokens } from '../../providers/oidc/tokens.js'
import type { OidcMetadata, OidcUser } from '../../providers/oidc/types.js'
import { texts } from '../../providers/shared/json.js'
import { challengeOf } from '../../providers/shared/pkce.js'
import { invalid, parseUrl } from '../../providers/shared/url.js'
import { checkChallenge } from '../shared/arguments.js'
import { isLately } from '../shared/lately.js'
import { sealable, withMarker } from './grants.js'
import type {
  OidcCodeExchange,
  OidcNamedHint,
  OidcServerOptions,
  OidcSignInRequest,
} from './types.js'

/** What servers call hints, unless the options say otherwise: Auth0 and Entra do. */
const HINTS: NonNullable<OidcServerOptions['hintParameters']> = {
  organizationId: 'organization',
  domainHint: 'domain_hint',
}
const NAMED: readonly OidcNamedHint[] = [
  'organizationId',
  'domainHint',
  'invitationToken',
  'provider',
  'connectionId',
]

/** What a sign-in works with. */
export interface SignInDeps {
  readonly options: OidcServerOptions
  readonly scope: string
  readonly server: Server
  /** The answers to spent codes whose people could not be loaded, by the code. */
  unfinished(code: string): Unfinished
}

const filled = (name: string, value: unknown): string =>
  typeof value === 'string' && value !== ''
    ? value
    : invalid(`Pass the \`${name}\`, as a text that is not empty.`)

/** Hints by the names that the server has for them. */
function namedHints(
  request: OidcSignInRequest,
  given: OidcServerOptions['hintParameters'],
): Readonly<Record<string, string>> {
  const names = { ...HINTS, ...given }
  const fields = NAMED.flatMap((hint) => {
    const value = request[hint]
    if (value === undefined) return []
    const name =
      names[hint] ??
      invalid(`This server has no name for \`${hint}\`: see the option \`hintParameters\`.`)
    return [[name, value]]
  })
  return Object.fromEntries(fields)
}

/** `create` asks for the registration (Initiating User Registration §4), where the server knows it. */
const promptOf = ({ prompt, screenHint }: OidcSignInRequest, metadata: OidcMetadata) =>
  prompt === undefined &&
  screenHint === 'sign-up' &&
  texts(metadata.prompt_values_supported)?.includes('create')
    ? 'create'
    : prompt

const isPushRequired = (metadata: OidcMetadata): boolean =>
  metadata.require_pushed_authorization_requests === true

/**
 * Whether a push was refused to this client, whatever it asks for: not every server lets all of its clients push
 * (RFC 9126 §2 has them authenticate there), and some lead them to a page then, as Spring does.
 */
const mayNotPush = (error: unknown): boolean =>
  isAuthError(error) &&
  (error.code === 'bad_response' ||
    /^(invalid_client|unauthorized_client|access_denied)$/.test(error.serverCode ?? ''))

/** When a server refused a push to its client, in ms since the epoch: each try costs a request, and a wait. */
const refusals = new WeakMap<Server, number>()
/** How long it is not tried again, in ms: a gateway's page in between is no refusal for ever. */
const REST = 600_000

/** Makes the address of a sign-in. @throws AuthError `invalid_argument` for what cannot be. */
export async function signInAddress(
  { options, scope, server }: SignInDeps,
  request: OidcSignInRequest,
  context: RequestContext,
): Promise<string> {
  const { redirectUri, state, codeChallenge, loginHint, maxAge, acrValues } = request
  const { uiLocales, claims, parameters } = request
  parseUrl(redirectUri)
  checkChallenge(codeChallenge)
  const hints = namedHints(request, options.hintParameters)
  const metadata = await server.find(context)
  const prompt = promptOf(request, metadata)
  const { resource } = options
  const wish = { prompt, loginHint, maxAge, acrValues, uiLocales, claims, resource, parameters }
  const asked = {
    ...toTexts(options.parameters),
    ...toParameters(wish),
    ...toTexts(hints),
    scope,
    client_id: options.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    state: filled('state', state),
    // Who has the verifier alone can tell it beforehand, and every sign-in has its own.
    ...(scope.split(' ').includes('openid') && { nonce: codeChallenge }),
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  }
  const plain = withQuery(metadata.authorization_endpoint, asked)
  const wanted = options.pushRequests ?? (isPushRequired(metadata) || undefined)
  if (wanted === false) return plain
  if (wanted && !metadata.pushed_authorization_request_endpoint) {
    invalid('This server takes no pushed requests: leave `pushRequests` out.')
  }
  const now = options.now ?? Date.now
  if (!wanted && isLately(refusals.get(server), REST, now())) return plain
  return pushRequest(asked, { metadata, send: server.send, context }).catch((error: unknown) => {
    if (wanted || !mayNotPush(error)) throw error
    refusals.set(server, now())
    return plain
  })
}

/** Trades a code for a session. @throws AuthError as `exchangeCode` of a server does. */
export async function redeemCode(
  { options, scope, server, unfinished }: SignInDeps,
  exchange: OidcCodeExchange,
  context: RequestContext,
): Promise<Grant<OidcUser>> {
  const { code, codeVerifier, redirectUri, issuer: iss, maxAge, acrValues: acr, claims } = exchange
  const { issuer, resource } = options
  const secret = filled('codeVerifier', codeVerifier)
  // What could not have been asked for would not be looked at.
  const { claims: wish } = toParameters({ maxAge, acrValues: acr, claims })
  const metadata = await server.find(context)
  const query = new Map([['code', filled('code', code)]])
  if (iss !== undefined) query.set('iss', iss)
  const age = maxAge === undefined ? undefined : Math.floor(maxAge / 1000)
  const id = await challengeOf(secret)
  const proof = { acr, claims: wish, age }
  const kept = { id, issuer, server: metadata, wish: { scope, resource }, ...proof }
  const refusal = refusalOf(query, kept, issuer)
  if (refusal) throw refusal
  const there = filled('redirectUri', redirectUri)
  const its = { ...options, verifyIdToken: undefined, redirectUri: there }
  const tokens = createTokens(its, server)
  const answers = unfinished(code)
  const redeem = createRedeem(tokens, answers)
  const grant = await redeem({ query, kept, secret }, context).catch((error: unknown) => {
    if (!isRetryableAuthError(error)) answers.delete(secret)
    throw error
  })
  return withMarker(sealable(grant))
}
