import { json } from '../server/json.js'
import { clientOf, isConfidential } from './clients.js'
import { OidcRefusal, type Route, refuse, type ServerContext } from './context.js'
import { refuseAccess, sessionOf } from './dpop.js'
import { wishOf } from './pushed.js'
import type { OidcClientSeed } from './types.js'

const redirect = (location: string): Response =>
  new Response(null, { status: 302, headers: { location } })

/** What the server tells of itself (OIDC Discovery §3). */
export const discovery: Route = async ({ issuer, manners, options }) => {
  const { signing = 'rs256' } = options
  const base = issuer.replace(/\/$/, '')
  return json(200, {
    issuer,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    userinfo_endpoint: `${base}/me`,
    ...(manners.revokes !== false && { revocation_endpoint: `${base}/token/revocation` }),
    introspection_endpoint: `${base}/token/introspection`,
    end_session_endpoint: `${base}/session/end`,
    jwks_uri: `${base}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [signing === 'digest' ? signing : signing.toUpperCase()],
    code_challenge_methods_supported: ['S256'],
    ...(options.pushedRequests && {
      pushed_authorization_request_endpoint: `${base}/request`,
      require_pushed_authorization_requests: options.pushedRequests === 'required',
    }),
    ...(options.dpop && { dpop_signing_alg_values_supported: ['ES256'] }),
    ...(manners.redirect.includes('iss') && {
      authorization_response_iss_parameter_supported: true,
    }),
  })
}

/** What the redirect says besides, in the manner of the server. */
function besides({ issuer, manners, newToken }: ServerContext, scope: string): [string, string][] {
  const values = { iss: issuer, session_state: newToken(), scope }
  return manners.redirect.map((name) => [name, values[name]])
}

/** The scopes that every client may ask for (OIDC Core §5.4, §11). */
const COMMON = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/** What is asked for of the scopes, as far as the server grants them; `null` where it refuses all of it. */
function scopeOf(
  { manners }: ServerContext,
  wish: (name: string) => string | null,
  { scopes = [] }: OidcClientSeed,
): string | null {
  const asked = (wish('scope') ?? '').split(' ').filter(Boolean)
  const known = [...COMMON, ...scopes]
  if (manners.refusesScopes && !asked.every((name) => known.includes(name))) return null
  const consents = wish('prompt')?.split(' ').includes('consent')
  const granted = (name: string): boolean => consents || name !== 'offline_access'
  return (manners.wantsConsent ? asked.filter(granted) : asked).join(' ')
}

/** `GET /auth`: whoever is signed in at the server agrees at once. */
export const authorize: Route = async (context, call) => {
  const { person, manners } = context
  const wish = wishOf(context, call)
  const asked = (name: string): string => wish(name) ?? ''
  const client = context.clients.get(asked('client_id'))
  const redirectUri = asked('redirect_uri')
  const known = client?.redirectUris ?? ['http://localhost:3000/callback']
  if (!client || !known.includes(redirectUri)) {
    return json(400, { error: 'invalid_request', error_description: 'redirect_uri did not match' })
  }
  const back = (fields: readonly [string, string][]): Response =>
    redirect(`${redirectUri}?${new URLSearchParams([...fields, ['state', asked('state')]])}`)
  const refusal = (error: string): Response =>
    back([['error', error], ...besides(context, '').filter(([name]) => name === 'iss')])
  const scope = scopeOf(context, wish, client)
  if (scope === null) return refusal('invalid_scope')
  if (asked('code_challenge_method') !== 'S256') return refusal('invalid_request')
  if (!person && asked('prompt') === 'none' && manners.nobody === 'error') {
    return refusal('login_required')
  }
  if (!person) {
    return new Response('<!DOCTYPE html>', { headers: { 'content-type': 'text/html' } })
  }
  const code = context.newToken()
  context.codes.set(code, {
    clientId: client.id,
    redirectUri,
    person,
    scope,
    nonce: wish('nonce') ?? undefined,
    challenge: asked('code_challenge'),
    jkt: context.options.dpop ? wish('dpop_jkt') : null,
    session: null,
  })
  return back([['code', code], ...besides(context, scope)])
}

/** `GET /me` */
export const userinfo: Route = async (context, call) => {
  const session = await sessionOf(context, call)
  return session ? json(200, session.person) : refuseAccess(context, call)
}

/**
 * `POST /token/revocation` (RFC 7009): what nobody knows is no error, nor is another client's token, which
 * stays; as oidc-provider has it.
 */
export const revocation: Route = async (context, call) => {
  const { form } = call
  if (!form) return refuse(context, 'no-form')
  const client = await clientOf(context, call)
  const token = form.get('token') ?? ''
  const owner = context.sessions.ownerOf(token)
  if (owner !== undefined && owner !== client.id) {
    if (!isConfidential(client)) return new Response('')
    const description = 'client is not authorized to revoke the presented token'
    throw new OidcRefusal({ status: 400, error: 'invalid_request', description })
  }
  const known = context.sessions.revoke(token)
  const { unknownRevocation } = context.manners
  return known || !unknownRevocation ? new Response('') : json(200, unknownRevocation)
}

/** `POST /token/introspection` (RFC 7662), for clients with a secret. */
export const introspection: Route = async (context, call) => {
  const { form } = call
  if (!form) return refuse(context, 'no-form')
  const client = await clientOf(context, call)
  if (!isConfidential(client)) return refuse(context, 'wrong-secret')
  const found = context.sessions.find(form.get('token') ?? '')
  if (!found) return json(200, { active: false })
  const { session, jkt } = found
  const { clientId, scope, person } = session
  const about = { active: true, client_id: clientId, scope, sub: person.sub }
  return json(200, { ...about, ...(jkt !== null && { cnf: { jkt } }) })
}

/** `GET /session/end` (RP-Initiated Logout §2). */
export const endSession: Route = async (context, { url }) => {
  const { endSession: manner } = context.manners
  const hint = url.searchParams.get('id_token_hint') ?? ''
  const claims = await context.signer.verify(hint)
  const there = url.searchParams.get('post_logout_redirect_uri')
  if (manner === 'asks' || !there) {
    return new Response('<!DOCTYPE html>', { headers: { 'content-type': 'text/html' } })
  }
  for (const session of context.sessions.all) {
    const same = claims && session.person.sub === claims.sub && session.clientId === claims.aud
    if (same && manner === 'ends') context.sessions.end(session.id)
  }
  context.person = null
  const state = url.searchParams.get('state')
  return redirect(state === null ? there : `${there}?${new URLSearchParams({ state })}`)
}

/** `GET /jwks` */
export const jwks: Route = async ({ signer }) => json(200, await signer.jwks())
