import { json } from '../server/json.js'
import { clientOf, isConfidential } from './clients.js'
import { type Route, refuse, type ServerContext } from './context.js'
import { sessionOf } from './dpop.js'
import { wishOf } from './pushed.js'

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
  const scope = asked('scope')
  const refusal = (error: string): Response =>
    back([['error', error], ...besides(context, scope).filter(([name]) => name === 'iss')])
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
  })
  return back([['code', code], ...besides(context, scope)])
}

/** `GET /me` */
export const userinfo: Route = async (context, call) => {
  const session = await sessionOf(context, call)
  return session ? json(200, session.person) : refuse(context, 'userinfo')
}

/** `POST /token/revocation` (RFC 7009): what nobody knows is no error. */
export const revocation: Route = async (context, call) => {
  const { form } = call
  if (!form) return refuse(context, 'no-form')
  await clientOf(context, call)
  const known = context.sessions.revoke(form.get('token') ?? '')
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
