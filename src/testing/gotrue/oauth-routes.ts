import { randomText, uuid } from '../server/encoding.js'
import { field, json } from '../server/json.js'
import { authenticate, type Call, type ServerContext } from './context.js'
import { refuse } from './errors.js'
import {
  type Authorization,
  type Consent,
  consentUrlOf,
  memoryOf,
  type OAuthApp,
} from './oauth-memory.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

/** How long an authorization waits for its person, in ms. */
const PATIENCE = 600_000

const stamp = (ms: number): string => new Date(ms).toISOString()

/** `POST /oauth/clients/register`: anybody may register an app here. */
export const registerClient: Route = async (context, { body }) => {
  consentUrlOf(context)
  const uris = body.redirect_uris
  const redirectUris = Array.isArray(uris) ? uris.map(String) : []
  if (redirectUris.length === 0) {
    return refuse(400, 'validation_failed', 'redirect_uris is required')
  }
  const client = {
    id: uuid(context.random),
    name: field(body, 'client_name') ?? '',
    redirectUris,
  }
  memoryOf(context).clients.set(client.id, client)
  return json(201, {
    client_id: client.id,
    client_type: 'public',
    redirect_uris: redirectUris,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_name: client.name,
    registration_type: 'dynamic',
    created_at: stamp(context.now()),
    updated_at: stamp(context.now()),
  })
}

/** `GET /oauth/authorize`: leads to the app's page of consent. */
export const authorizeClient: Route = async (context, { url }) => {
  const consentUrl = new URL(consentUrlOf(context))
  const { clients, authorizations } = memoryOf(context)
  const query = url.searchParams
  const client = clients.get(query.get('client_id') ?? '')
  const redirectUri = query.get('redirect_uri') ?? ''
  if (!client?.redirectUris.includes(redirectUri)) {
    return refuse(400, 'validation_failed', 'invalid client_id or redirect_uri')
  }
  const id = randomText(context.random, 32)
  const challenge = query.get('code_challenge')
  authorizations.set(id, {
    client,
    redirectUri,
    scope: query.get('scope') ?? 'email',
    state: query.get('state'),
    flow: challenge ? { challenge, method: query.get('code_challenge_method') ?? 'plain' } : null,
    at: context.now(),
    userId: null,
    pending: true,
  })
  consentUrl.searchParams.set('authorization_id', id)
  return new Response(null, { status: 302, headers: { location: consentUrl.href } })
}

/** Where the person goes with an answer. */
function answer(
  { redirectUri, state }: Authorization,
  said: Readonly<Record<string, string>>,
): Response {
  const target = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...said, ...(state && { state }) })) {
    target.searchParams.set(name, value)
  }
  return json(200, { redirect_url: target.href })
}

/** @throws GoTrueRefusal `oauth_authorization_not_found`, `validation_failed` */
function pendingOf(context: ServerContext, id: string, userId: string): Authorization {
  const found = memoryOf(context).authorizations.get(id)
  const others = found?.userId && found.userId !== userId
  if (!found || others || context.now() > found.at + PATIENCE) {
    return refuse(404, 'oauth_authorization_not_found', 'authorization not found')
  }
  if (!found.pending) {
    return refuse(400, 'validation_failed', 'authorization request is no longer pending')
  }
  return found
}

function consentsOf(context: ServerContext, userId: string): Map<string, Consent> {
  const { consents } = memoryOf(context)
  const known = consents.get(userId) ?? new Map<string, Consent>()
  consents.set(userId, known)
  return known
}

/** Lets an app in, with a code for its session. */
function approve(context: ServerContext, authorization: Authorization, userId: string): Response {
  authorization.pending = false
  const code = uuid(context.random)
  memoryOf(context).codes.set(code, { authorization, userId, at: context.now() })
  return answer(authorization, { code })
}

const described = ({ id, name }: OAuthApp): Readonly<Record<string, string>> => ({
  id,
  ...(name && { name }),
})

/** `GET /oauth/authorizations/{id}`. Who has agreed to as much before is not asked again. */
export const readAuthorization: Route = async (context, call) => {
  consentUrlOf(context)
  const { account } = await authenticate(context, call)
  const authorization = pendingOf(context, call.id, account.id)
  authorization.userId = account.id
  const { client, redirectUri, scope } = authorization
  const before = consentsOf(context, account.id).get(client.id)
  if (before && scope.split(' ').every((name) => before.scopes.includes(name))) {
    return approve(context, authorization, account.id)
  }
  return json(200, {
    authorization_id: call.id,
    redirect_uri: redirectUri,
    client: described(client),
    user: { id: account.id, email: account.email ?? '' },
    scope,
  })
}

/** `POST /oauth/authorizations/{id}/consent`, by whoever has looked at it. */
export const consent: Route = async (context, call) => {
  consentUrlOf(context)
  const { account } = await authenticate(context, call)
  const action = field(call.body, 'action')
  if (action !== 'approve' && action !== 'deny') {
    return refuse(400, 'validation_failed', "action must be 'approve' or 'deny'")
  }
  const authorization = pendingOf(context, call.id, account.id)
  if (authorization.userId === null) {
    return refuse(404, 'oauth_authorization_not_found', 'authorization not found')
  }
  if (action === 'deny') {
    authorization.pending = false
    const error_description = 'User denied the request'
    return answer(authorization, { error: 'access_denied', error_description })
  }
  const { client, scope } = authorization
  const granted = { client, scopes: scope.split(' '), at: context.now() }
  consentsOf(context, account.id).set(client.id, granted)
  return approve(context, authorization, account.id)
}

/** `GET /user/oauth/grants`. */
export const readGrants: Route = async (context, call) => {
  consentUrlOf(context)
  const { account } = await authenticate(context, call)
  const consents = [...consentsOf(context, account.id).values()]
  return json(
    200,
    consents.map(({ client, scopes, at }) => ({
      client: described(client),
      scopes,
      granted_at: stamp(at),
    })),
  )
}

/** `DELETE /user/oauth/grants?client_id=`: ends the sessions of that app, too. */
export const revokeGrant: Route = async (context, call) => {
  consentUrlOf(context)
  const { account } = await authenticate(context, call)
  const id = call.url.searchParams.get('client_id')
  if (!id) return refuse(400, 'validation_failed', 'client_id query parameter is required')
  if (!consentsOf(context, account.id).delete(id)) {
    return refuse(404, 'oauth_consent_not_found', 'No active grant found for this client')
  }
  for (const session of [...context.sessions.values()]) {
    const given = session.userId === account.id && session.client?.id === id
    if (given) context.sessions.delete(session.id)
  }
  return json(204, null)
}
