import type { Grant, SessionUser } from '../../core/session.js'
import { createHttp, type HttpRequest } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { readClaims } from '../shared/jwt.js'
import { isFine } from '../shared/passing.js'
import { invalid } from '../shared/url.js'
import { checkTexts } from './arguments.js'
import type { SignInRequest } from './credentials.js'
import { toError } from './errors.js'
import type { NetlifyCredentials, NetlifyOptions, NetlifyUser } from './netlify-types.js'
import { holdsNo, type Send, toGrant, toUser } from './wire.js'

/** A request for tokens, which Netlify's server reads from a form (netlify/gotrue, api/token.go). */
export const tokenRequest = (
  grant_type: string,
  proof: Readonly<Record<string, string>>,
): HttpRequest => ({ path: '/token', form: { grant_type, ...proof } })

/** Makes the function through which everything goes. Netlify's CORS takes no header of an API version. */
export function createSend(options: NetlifyOptions): Send {
  const http = createHttp(options)
  return async (request, context) => {
    const answer = await http(request, context)
    if (isFine(answer)) return answer.body
    const grant_type = request.form?.grant_type ?? ''
    throw toError(answer, { ...request, query: { grant_type } }, undefined)
  }
}

/**
 * A session with what its access token says of the person (netlify/gotrue, api/token.go). `known` is what was known
 * of them before.
 */
export function named<M extends object>(
  grant: Grant<NetlifyUser<M>>,
  known?: SessionUser | null,
): Grant<NetlifyUser<M>> {
  const { sub, exp: _, ...person } = readClaims(grant.accessToken) ?? {}
  const user = toUser<M>(person, text(sub))
  const roles = asObject(person.app_metadata)?.roles
  return {
    ...grant,
    ...(user && { user: { ...(known?.id === user.id && known), ...user, ...grant.user } }),
    ...(Array.isArray(roles) && { roles: roles.filter((role) => typeof role === 'string') }),
  }
}

/**
 * A session out of an answer, which names nobody; `null` when it holds none.
 * @throws AuthError `bad_response` when it is not what the server sends.
 */
export function grantOf<M extends object>(
  body: unknown,
  known?: SessionUser | null,
): Grant<NetlifyUser<M>> | null {
  const grant = toGrant<M>(body)
  return grant && named<M>(grant, known)
}

/** The session that must be in an answer. @throws AuthError `bad_response` */
export const needGrantOf = <M extends object>(body: unknown): Grant<NetlifyUser<M>> =>
  grantOf<M>(body) ?? holdsNo('session')

const verify = (type: string, token: string, password?: string): HttpRequest => ({
  path: '/verify',
  json: { type, token, password },
})

/** @throws AuthError `invalid_argument` for what is no credential, or an empty one. */
export function signInRequest(given: NetlifyCredentials): SignInRequest {
  checkTexts(given)
  const credentials = given ?? {}
  if ('inviteToken' in credentials && 'password' in credentials) {
    return { request: verify('signup', credentials.inviteToken, credentials.password) }
  }
  if ('email' in credentials && 'password' in credentials) {
    const { email: username, password } = credentials
    return { request: tokenRequest('password', { username, password }) }
  }
  if ('confirmationToken' in credentials) {
    return { request: verify('signup', credentials.confirmationToken) }
  }
  if ('recoveryToken' in credentials) {
    return {
      request: verify('recovery', credentials.recoveryToken),
      event: 'PASSWORD_RECOVERY',
    }
  }
  return invalid('These are no credentials that Netlify Identity knows.')
}
