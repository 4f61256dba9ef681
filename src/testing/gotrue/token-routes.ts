import { type Call, field, newSession, type ServerContext, sessionBody } from './context.js'
import { base64url, sha256, utf8 } from './encoding.js'
import { json, refuse } from './errors.js'

type Grant = (context: ServerContext, call: Call) => Promise<Response>

const password: Grant = async (context, { body }) => {
  const email = field(body, 'email')
  const phone = field(body, 'phone')
  const account = context.accounts.find({ ...(email && { email }), ...(phone && { phone }) })
  if (!account || account.password === null || account.password !== field(body, 'password')) {
    return refuse(400, 'invalid_credentials', 'Invalid login credentials')
  }
  if (!account.confirmed) return refuse(400, 'email_not_confirmed', 'Email not confirmed')
  return newSession(context, account)
}

const refreshToken: Grant = async (context, { body }) => {
  const presented = body.refresh_token
  if (typeof presented !== 'string') {
    return refuse(400, 'bad_json', 'Could not parse request body as JSON')
  }
  if (presented.length < 12) return refuse(400, 'validation_failed', 'Refresh token is not valid')
  const banned = (userId: string): boolean => context.accounts.all.get(userId)?.banned === true
  const { session, token } = await context.tokens.trade(presented, ({ userId }) => {
    if (banned(userId)) refuse(400, 'user_banned', 'Invalid Refresh Token: User Banned')
  })
  return json(200, await sessionBody(context, session, token))
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
  if (base64url(await sha256(utf8(verifier))) !== flow.challenge) {
    return refuse(
      400,
      'bad_code_verifier',
      'code challenge does not match previously saved code verifier',
    )
  }
  context.codes.delete(code)
  return newSession(context, flow.account)
}

const idToken: Grant = async (context, { body }) => {
  const claims = await context.signer.verify(field(body, 'id_token') ?? '')
  const email = claims?.email
  if (!claims || typeof email !== 'string' || Number(claims.exp) * 1000 <= context.now()) {
    return refuse(400, 'validation_failed', 'Bad ID token')
  }
  const nonce = field(body, 'nonce')
  const hashed =
    nonce && [...(await sha256(utf8(nonce)))].map((b) => b.toString(16).padStart(2, '0')).join('')
  if ((claims.nonce ?? undefined) !== hashed) {
    return refuse(400, 'invalid_request', 'Nonces mismatch')
  }
  return newSession(context, context.accounts.find({ email }) ?? context.accounts.create({ email }))
}

const GRANTS: Readonly<Record<string, Grant>> = {
  password,
  refresh_token: refreshToken,
  pkce,
  id_token: idToken,
}

/** `POST /token?grant_type=…` */
export async function tokenRoute(context: ServerContext, call: Call): Promise<Response> {
  const grant = GRANTS[call.url.searchParams.get('grant_type') ?? '']
  return grant ? grant(context, call) : refuse(400, 'invalid_credentials', 'unsupported_grant_type')
}
