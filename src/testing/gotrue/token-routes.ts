import { base64url, sha256, sha256Hex, utf8 } from '../server/encoding.js'
import { field, json } from '../server/json.js'
import type { Challenge } from './accounts.js'
import {
  askHook,
  type Call,
  newSession,
  requireWay,
  type ServerContext,
  sessionBody,
} from './context.js'
import { refuse, refuseOAuth } from './errors.js'
import { linkByIdToken } from './identity-routes.js'
import { ID_ISSUER, personIn } from './provider-people.js'
import { web3 } from './web3-grant.js'

/** Whether a verifier is the one that a flow began with (RFC 7636 §4.6). */
export async function isVerifier(
  verifier: string,
  { challenge, method }: Challenge,
): Promise<boolean> {
  const plain = method.toLowerCase() === 'plain'
  return challenge === (plain ? verifier : base64url(await sha256(utf8(verifier))))
}

/** How long an authorization code lives, in ms: GoTrue's flow state expiry of 300 s. */
const FLOW_LIFE = 300_000

/** What a refresh is told while another request holds the session's row. */
const CONFLICT = 'Too many concurrent token refresh requests on the same session or refresh token'

/** What a refresh is told of a session that was given to another app. */
const OF_CLIENT = 'Client authentication required for OAuth session'

type Grant = (context: ServerContext, call: Call) => Promise<Response>

const password: Grant = async (context, { body }) => {
  const email = field(body, 'email')
  const phone = field(body, 'phone')
  if (!email && !phone) return refuse(400, 'validation_failed', 'missing email or phone')
  requireWay(context, email ? 'email' : 'phone', 422, 'logins are disabled')
  const account = context.accounts.find({ ...(email && { email }), ...(phone && { phone }) })
  if (!account || account.password === null || account.password !== field(body, 'password')) {
    return refuse(400, 'invalid_credentials', 'Invalid login credentials')
  }
  if (!account.confirmed) {
    return email
      ? refuse(400, 'email_not_confirmed', 'Email not confirmed')
      : refuse(400, 'phone_not_confirmed', 'Phone not confirmed')
  }
  return newSession(context, account, { weak_password: null })
}

/**
 * Trades the refresh token of a body: one of the app with this id, or of none.
 *
 * @throws GoTrueRefusal, OAuthRefusal
 */
export async function tradeToken(
  context: ServerContext,
  body: Call['body'],
  clientId: string | null,
): Promise<Record<string, unknown>> {
  const presented = field(body, 'refresh_token') ?? ''
  if (presented.length < 12) return refuse(400, 'validation_failed', 'Refresh token is not valid')
  const banned = (userId: string): boolean => context.accounts.all.get(userId)?.banned === true
  const { session, token } = await context.tokens.trade(presented, ({ userId, locked, client }) => {
    if (locked) refuse(409, 'conflict', CONFLICT)
    if (banned(userId)) refuse(400, 'user_banned', 'Invalid Refresh Token: User Banned')
    if ((client?.id ?? null) !== clientId) refuseOAuth('invalid_client', OF_CLIENT)
    askHook(context)
  })
  return sessionBody(context, session, token)
}

const refreshToken: Grant = async (context, { body }) => {
  if (context.options.errors === 'oauth' && !field(body, 'refresh_token')) {
    return refuseOAuth('invalid_request', 'refresh_token required')
  }
  return json(200, await tradeToken(context, body, null))
}

const pkce: Grant = async (context, { body }) => {
  const code = field(body, 'auth_code')
  const verifier = field(body, 'code_verifier')
  if (!code || !verifier) {
    return refuse(
      400,
      'validation_failed',
      'invalid request: both auth code and code verifier should be non-empty',
    )
  }
  const flow = context.codes.get(code)
  if (!flow)
    return refuse(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found')
  if (context.now() > flow.at + FLOW_LIFE) {
    return refuse(422, 'flow_state_expired', 'invalid flow state, flow state has expired')
  }
  if (!(await isVerifier(verifier, flow))) {
    return refuse(
      400,
      'bad_code_verifier',
      'code challenge does not match previously saved code verifier',
    )
  }
  // Another request may have spent the code while the verifier was hashed.
  if (!context.codes.delete(code)) {
    return refuse(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found')
  }
  return newSession(context, flow.account, { method: flow.amr, ...flow.extra })
}

/** Who issues the id tokens of the providers that GoTrue knows by name. */
const ISSUERS: Readonly<Record<string, string>> = {
  google: 'https://accounts.google.com',
  apple: 'https://appleid.apple.com',
}

const idToken: Grant = async (context, call) => {
  const { body } = call
  if (body.link_identity === true && !call.request.headers.has('authorization')) {
    const message = 'Linking requires a valid user access token in Authorization'
    return refuseOAuth('invalid request', message)
  }
  const provider = field(body, 'provider') ?? 'oidc'
  const { providers } = context.options
  if (providers && !providers.includes(provider)) {
    const issuer = ISSUERS[provider] ?? ID_ISSUER
    return refuse(400, 'provider_disabled', `Provider (issuer "${issuer}") is not enabled`)
  }
  const claims = await context.signer.verify(field(body, 'id_token') ?? '')
  const email = claims?.email
  const current = claims?.iss === ID_ISSUER && Number(claims.exp) * 1000 > context.now()
  if (!current || typeof email !== 'string') {
    return refuseOAuth('invalid request', 'Bad ID token')
  }
  const nonce = field(body, 'nonce')
  const hashed = nonce && (await sha256Hex(nonce))
  if (claims.nonce !== hashed) {
    return refuseOAuth('invalid nonce', 'Nonces mismatch')
  }
  if (body.link_identity === true) return linkByIdToken(context, call, { provider, email })
  const account =
    context.accounts.find({ email }) ??
    context.accounts.create({ email, provider, person: personIn(claims) })
  return newSession(context, account, { method: 'oauth' })
}

const GRANTS: Readonly<Record<string, Grant>> = {
  password,
  refresh_token: refreshToken,
  pkce,
  id_token: idToken,
  web3,
}

/** `POST /token?grant_type=…` */
export async function tokenRoute(context: ServerContext, call: Call): Promise<Response> {
  const grant = GRANTS[call.url.searchParams.get('grant_type') ?? '']
  return grant ? grant(context, call) : refuse(400, 'invalid_credentials', 'unsupported_grant_type')
}
