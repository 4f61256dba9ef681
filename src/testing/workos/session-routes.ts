import { field, json } from '../server/json.js'
import type { Call, Route } from './context.js'
import { cookieHeaders } from './cookies.js'
import { refuse, refuseCode, requireKey } from './errors.js'

/** `GET /user_management/sessions/logout`: a browser is sent here, and sent back. */
export const logout: Route = async ({ sessions, clients }, call) => {
  const query = call.url.searchParams
  const id = query.get('session_id')
  if (!id) {
    const message = 'The session_id is missing.'
    return refuseCode(422, { code: 'invalid_request_parameters', message })
  }
  const session = sessions.all.get(id)
  if (session) session.ended = true
  const owner = session && clients.get(session.clientId)
  const allowed = (owner ? [owner] : [...clients.values()]).flatMap(({ logoutUris }) => logoutUris)
  const target = query.get('return_to') ?? allowed[0]
  if (target === undefined || !allowed.includes(target)) {
    const message = 'The return_to is not on the list of sign-out redirects.'
    return refuseCode(400, { code: 'invalid_return_to', message })
  }
  const headers = owner?.cookies ? cookieHeaders(call, owner.id, '') : new Headers()
  headers.set('location', target)
  return new Response(null, { status: 302, headers })
}

/** `POST /user_management/sessions/revoke`, by whoever has an API key. */
export const revoke: Route = async ({ sessions, clients }, { request, body }: Call) => {
  requireKey({ clients }, request)
  const id = field(body, 'session_id')
  if (!id) {
    const message = 'The session_id is missing.'
    return refuseCode(422, { code: 'invalid_request_parameters', message })
  }
  const session = sessions.all.get(id)
  if (!session) return refuse(404, { message: `Session not found: '${id}'.` })
  session.ended = true
  return json(200, {})
}
