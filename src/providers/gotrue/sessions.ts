import { AuthSessionMissingError, isAuthError } from '../../core/errors.js'
import type { Provider, RequestContext, SignOutScope, Tokens } from '../../core/provider.js'
import type { Grant, Session } from '../../core/session.js'
import { asObject, text } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import { signInRequest } from './credentials.js'
import { isDeadToken } from './errors.js'
import type { GoTrueCredentials, GoTrueUser } from './types.js'
import { needGrant, type Send, toGrant, toUser } from './wire.js'

/** A session, or nothing where the answer holds none. */
export type Granting<M extends object> = Promise<Grant<GoTrueUser<M>> | null>

/** Trades a refresh token for a session. */
export type Refresh<M extends object> = (token: string, context: RequestContext) => Granting<M>

/** Makes `refresh` of one provider. */
export const createRefresh =
  <M extends object>(send: Send): Refresh<M> =>
  async (token, context) => {
    const request = {
      path: '/token',
      query: { grant_type: 'refresh_token' },
      json: { refresh_token: token },
      // The rotated token must not be lost with the page.
      keepalive: true,
    }
    return toGrant<M>(await send(request, context))
  }

/** Milliseconds a token still lives by its own claims and this device's clock; at most its life. */
function lifeLeft(token: string, now: number): number {
  const { exp, iat } = readClaims(token) ?? {}
  const [end, start] = [positive(exp) ?? 0, positive(iat) ?? 0]
  return Math.min(end * 1000 - now, (end - start) * 1000)
}

/** Makes `restore` of one provider: a token that lives is asked about, a dead one exchanged. */
export function createRestore<M extends object>(
  send: Send,
  refresh: Refresh<M>,
  now: () => number,
): (tokens: Tokens, context: RequestContext) => Granting<M> {
  async function look({ accessToken, refreshToken }: Tokens, context: RequestContext): Granting<M> {
    const lifetime = lifeLeft(accessToken, now())
    if (lifetime <= 0) return null
    try {
      const user = await send({ path: '/user', method: 'GET', token: accessToken }, context)
      const body = { access_token: accessToken, refresh_token: refreshToken, user }
      const grant = toUser(user) && toGrant<M>(body)
      return grant && { ...grant, lifetime }
    } catch (error) {
      if (isAuthError(error) && isDeadToken(error)) return null
      throw error
    }
  }
  return async (tokens, context) => {
    if (!tokens.refreshToken) throw new AuthSessionMissingError()
    return (await look(tokens, context)) ?? refresh(tokens.refreshToken, context)
  }
}

/** Makes `signOut` of one provider. */
export function createSignOut<M extends object>(
  send: Send,
  refresh: Refresh<M>,
): (
  session: Session<GoTrueUser<M>>,
  scope: SignOutScope,
  context: RequestContext,
) => Promise<void> {
  /** What came for a token that ran out, until the call is repeated: it was rotated for it. */
  const newest = new WeakMap<Session, Tokens>()
  return async (session, scope, context) => {
    const { accessToken, refreshToken } = newest.get(session) ?? session
    const logout = (token: string): Promise<unknown> =>
      send({ path: '/logout', query: { scope }, token, keepalive: true }, context)
    try {
      await logout(accessToken)
    } catch (error) {
      if (!isAuthError(error)) throw error
      // Gone already is what was asked for; of others a session that is gone cannot speak.
      if (error.serverCode === 'user_not_found') return
      if (error.serverCode === 'session_not_found' && scope === 'local') return
      // With `others` the session lives on: its refresh token is the client's alone to spend.
      if (!isDeadToken(error) || !refreshToken || scope === 'others') throw error
      // The access token ran out: without a fresh one the refresh token would live on.
      const grant = await refresh(refreshToken, context)
      if (!grant) return
      const { accessToken: token, refreshToken: next = refreshToken } = grant
      newest.set(session, { accessToken: token, refreshToken: next })
      await logout(token)
    }
  }
}

/** Makes `signIn` of one provider. */
export const createSignIn =
  <M extends object>(
    send: Send,
  ): NonNullable<Provider<GoTrueCredentials, GoTrueUser<M>>['signIn']> =>
  async (credentials, context) => {
    const { request, event } = signInRequest(credentials)
    const body = await send(request, context)
    // The first of the two codes by which an address is changed: the other one is still missing.
    if (request.path === '/verify' && !toGrant(body) && text(asObject(body)?.msg)) return null
    const grant = needGrant<M>(body)
    return event ? { ...grant, event } : grant
  }
