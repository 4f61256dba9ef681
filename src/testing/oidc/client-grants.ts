import { isConfidential } from './clients.js'
import { OidcRefusal, type ServerContext } from './context.js'
import type { OidcClientSeed } from './types.js'

type Form = ReadonlyMap<string, string>

/** What a client asks for itself. */
interface Asking {
  readonly form: Form
  readonly client: OidcClientSeed
}

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/** @throws OidcRefusal for a client that can keep no secret (RFC 6749 §4.4). */
function checkConfidential(client: OidcClientSeed): void {
  if (isConfidential(client)) return
  const description = 'requested grant type is not allowed for this client'
  throw new OidcRefusal({ status: 400, error: 'unauthorized_client', description })
}

/** An access token that is of no session. */
async function issue(
  context: ServerContext,
  about: Readonly<Record<string, unknown>>,
  client: OidcClientSeed,
): Promise<Readonly<Record<string, unknown>>> {
  const { issuer, accessTokens, accessTokenLifetime, manners, signer } = context
  const seconds = Math.floor(accessTokenLifetime / 1000)
  const iat = Math.floor(context.now() / 1000)
  const jti = context.newToken()
  const claims = { iss: issuer, iat, exp: iat + seconds, client_id: client.id, jti, ...about }
  return {
    access_token: accessTokens === 'jwt' ? await signer.sign(claims) : context.newToken(),
    expires_in: seconds,
    token_type: manners.tokenType,
    ...(about.scope !== undefined && { scope: about.scope }),
  }
}

const targetOf = (form: Form): Readonly<Record<string, string>> => {
  const aud = form.get('resource') ?? form.get('audience')
  const scope = form.get('scope')
  return { ...(aud && { aud }), ...(scope && { scope }) }
}

/** `client_credentials` (RFC 6749 §4.4): tokens of the client itself, never a refresh token. */
export async function clientCredentials(
  context: ServerContext,
  { form, client }: Asking,
): Promise<Readonly<Record<string, unknown>>> {
  checkConfidential(client)
  return issue(context, { sub: client.id, ...targetOf(form) }, client)
}

/** `token-exchange` (RFC 8693): a token of somebody whose token was brought, for another audience. */
export async function tokenExchange(
  context: ServerContext,
  { form, client }: Asking,
): Promise<Readonly<Record<string, unknown>>> {
  checkConfidential(client)
  const found = context.sessions.find(form.get('subject_token') ?? '')
  if (!found || form.get('subject_token_type') !== ACCESS_TOKEN) {
    // RFC 8693 §2.2.2.
    throw new OidcRefusal({ status: 400, error: 'invalid_request', description: 'Invalid token' })
  }
  const about = { sub: found.session.person.sub, ...targetOf(form) }
  return { ...(await issue(context, about, client)), issued_token_type: ACCESS_TOKEN }
}
