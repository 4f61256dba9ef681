import { AuthError, AuthSessionMissingError, isAuthError } from '../../core/errors.js'
import type { Provider, RequestContext, SignOutScope, Tokens } from '../../core/ports.js'
import type { Grant, Session } from '../../core/session.js'
import { asObject, text } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import { checkKey, checkOptions, HTTP_OPTIONS, type Kind } from '../shared/options.js'
import { checkUrl, partsOf } from '../shared/url.js'
import { createActions } from './actions.js'
import { signInRequest } from './credentials.js'
import { isDeadToken } from './errors.js'
import type {
  AnyMetadata,
  GoTrueActions,
  GoTrueCredentials,
  GoTrueOptions,
  GoTrueUser,
} from './types.js'
import { createSend, toGrant, toUser } from './wire.js'

export { parseAuthJsSession, readAuthJsCookies } from './auth-js.js'
export type {
  Address,
  AnyMetadata,
  GoTrueActions,
  GoTrueCredentials,
  GoTrueOptions,
  GoTrueRedirect,
  GoTrueUser,
  LinkFlow,
  OtpOptions,
  OtpType,
  SignUpOptions,
  UserChanges,
} from './types.js'

/** The provider that `gotrue` makes. */
export type GoTrueProvider<Metadata extends object = AnyMetadata> = Provider<
  GoTrueCredentials,
  GoTrueUser<Metadata>,
  GoTrueActions<Metadata>
>

const OPTIONS: Readonly<Record<keyof GoTrueOptions, Kind>> = {
  ...HTTP_OPTIONS,
  apiKey: 'string',
  now: 'function',
  terminal: 'function',
  acceptFragmentTokens: 'boolean',
}

/** Milliseconds a token still lives by its own claims and this device's clock; at most its life. */
function lifeLeft(token: string, now: number): number {
  const { exp, iat } = readClaims(token) ?? {}
  const [end, start] = [positive(exp) ?? 0, positive(iat) ?? 0]
  return Math.min(end * 1000 - now, (end - start) * 1000)
}

/**
 * Speaks to GoTrue (Supabase Auth). `Metadata` is what the app keeps of its users.
 * @throws AuthError `invalid_argument` for options that cannot work, and an address that tokens must not
 *   go to.
 */
export function gotrue<Metadata extends object = AnyMetadata>(
  options: GoTrueOptions,
): GoTrueProvider<Metadata> {
  checkOptions('gotrue', options, OPTIONS)
  checkKey('apiKey', options.apiKey)
  const base = checkUrl(options.url, options.dangerouslyAllowInsecureHttp)
  const { host, path } = partsOf(base)
  const { acceptFragmentTokens = false } = options
  const send = createSend(options)
  const now = options.now ?? Date.now

  const refresh = async (
    token: string,
    context: RequestContext,
  ): Promise<Grant<GoTrueUser<Metadata>> | null> =>
    toGrant<Metadata>(
      await send(
        {
          path: '/token',
          query: { grant_type: 'refresh_token' },
          json: { refresh_token: token },
          keepalive: true,
        },
        context,
      ),
    )

  async function restore(
    { accessToken, refreshToken }: Tokens,
    context: RequestContext,
  ): Promise<Grant<GoTrueUser<Metadata>> | null> {
    if (!refreshToken) throw new AuthSessionMissingError()
    const lifetime = lifeLeft(accessToken, now())
    if (lifetime > 0) {
      try {
        const user = toUser<Metadata>(
          await send({ path: '/user', method: 'GET', token: accessToken }, context),
        )
        const { session_id, role } = readClaims(accessToken) ?? {}
        if (user) {
          return {
            accessToken,
            refreshToken,
            lifetime,
            user,
            ...(typeof session_id === 'string' && { sessionId: session_id }),
            ...(typeof role === 'string' && { role }),
          }
        }
      } catch (error) {
        const dead = isAuthError(error) && isDeadToken(error)
        if (!dead) throw error
      }
    }
    return refresh(refreshToken, context)
  }

  const logout = (token: string, scope: SignOutScope, context: RequestContext): Promise<unknown> =>
    send({ path: '/logout', query: { scope }, token, keepalive: true }, context)

  async function signOut(
    session: Session<GoTrueUser<Metadata>>,
    scope: SignOutScope,
    context: RequestContext,
  ): Promise<void> {
    try {
      await logout(session.accessToken, scope, context)
    } catch (error) {
      if (!isAuthError(error)) throw error
      // Gone already is what was asked for.
      if (error.serverCode === 'session_not_found' || error.serverCode === 'user_not_found') return
      if (error.serverCode !== 'bad_jwt' || !session.refreshToken) throw error
      // The access token ran out: without a fresh one the refresh token would live on.
      const grant = await refresh(session.refreshToken, context)
      if (grant) await logout(grant.accessToken, scope, context)
    }
  }

  return {
    id: `gotrue.${host}${path}`.replace(/[^\w.-]+/g, '-'),
    refresh,
    restore,
    signOut,
    async signIn(credentials, context) {
      const { request, event } = signInRequest(credentials)
      const body = await send(request, context)
      const grant = toGrant<Metadata>(body)
      // The first of the two codes by which an address is changed: the other one is still missing.
      if (!grant && request.path === '/verify' && text(asObject(body)?.msg)) return null
      if (!grant) throw new AuthError('bad_response', 'The answer holds no session.')
      return event ? { ...grant, event } : grant
    },
    actions: (host) => createActions({ host, send, base, restore, acceptFragmentTokens }),
  }
}
