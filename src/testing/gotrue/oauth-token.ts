import { field, json } from '../server/json.js'
import {
  authenticate,
  beginSession,
  type Call,
  type ServerContext,
  sessionBody,
} from './context.js'
import { refuseOAuth } from './errors.js'
import { consentUrlOf, memoryOf, type OAuthCode } from './oauth-memory.js'
import { isVerifier, tradeToken } from './token-routes.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

type Body = Call['body']

/** How long a code is worth a session, in ms: the most that RFC 6749 §4.1.2 recommends. */
const CODE_LIFE = 600_000

const badCode = (): never => refuseOAuth('invalid_grant', 'Invalid authorization code')

/** Whether whoever shows a code is who it was given to (RFC 6749 §4.1.3, RFC 7636 §4.6). */
async function isFor({ authorization }: OAuthCode, body: Body): Promise<boolean> {
  const { client, redirectUri, flow } = authorization
  if (client.id !== body.client_id || redirectUri !== body.redirect_uri) return false
  return flow === null || isVerifier(field(body, 'code_verifier') ?? '', flow)
}

async function tradeCode(context: ServerContext, body: Body): Promise<Record<string, unknown>> {
  const { codes } = memoryOf(context)
  const code = field(body, 'code') ?? ''
  const found = codes.get(code)
  if (!found || context.now() > found.at + CODE_LIFE || !(await isFor(found, body))) {
    return badCode()
  }
  const account = context.accounts.all.get(found.userId)
  // Another request may have spent the code while the verifier was hashed.
  if (!account || !codes.delete(code)) return badCode()
  const { client, scope } = found.authorization
  const session = beginSession(context, account, {
    method: 'oauth_provider/authorization_code',
    client: { id: client.id, scope },
  })
  return sessionBody(context, session, await context.tokens.issue(session))
}

/** What the real one tells apps of a session: neither whose it is, nor when it ends. */
const toApp = ({ access_token, token_type, expires_in, refresh_token }: Body): Body => ({
  access_token,
  token_type,
  expires_in,
  refresh_token,
})

/** `POST /oauth/token`, by an app without a secret. There are no id tokens here. */
export const oauthToken: Route = async (context, { body }) => {
  consentUrlOf(context)
  const app = memoryOf(context).clients.get(field(body, 'client_id') ?? '')
  if (!app) return refuseOAuth('invalid_client', 'Client authentication failed')
  const grant = field(body, 'grant_type')
  if (grant === 'authorization_code') return json(200, toApp(await tradeCode(context, body)))
  if (grant === 'refresh_token') return json(200, toApp(await tradeToken(context, body, app.id)))
  return refuseOAuth('unsupported_grant_type', '')
}

/** `GET /oauth/userinfo`: as much of the person as they agreed to. */
export const userinfo: Route = async (context, call) => {
  consentUrlOf(context)
  const { account, session } = await authenticate(context, call)
  const scopes = session.client?.scope.split(' ') ?? []
  const { id, email, confirmed } = account
  return json(200, {
    sub: id,
    ...(scopes.includes('email') && { email: email ?? '', email_verified: confirmed }),
  })
}
