import { AuthError, isAuthError } from '../../core/errors.js'
import type { RequestContext, SignOutScope } from '../../core/provider.js'
import { resumeWith } from '../../core/resume.js'
import type { Grant } from '../../core/session.js'
import type { Resume } from '../../core/session-source.js'
import type { HttpAnswer } from '../shared/http.js'
import { HTTP_ONLY, lacksCookies } from '../shared/http-only.js'
import { isFine } from '../shared/passing.js'
import { invalid, isPath } from '../shared/url.js'
import type { Api } from './api.js'
import { hasSession, toError, toSignInError, wantsRefresh } from './errors.js'
import { toGrant } from './grants.js'
import { isNamed, readName, type SessionName } from './names.js'
import type { SignInRequest, SuperTokensProviderOptions, SuperTokensUser } from './types.js'

/** What the parts of one provider share. */
export interface Deps {
  readonly api: Api
  readonly options: SuperTokensProviderOptions
}

/** Trades what the cookies hold, or the token, for a new session; without one, whatever is there. */
export type Refresh<User extends SuperTokensUser> = (
  token: string | null,
  context: RequestContext,
) => Promise<Grant<User>>

/** The tokens of a session, or what stands for them. */
type Held = Pick<Grant, 'accessToken'> & { readonly refreshToken?: string | null | undefined }

const rejected = (message: string): AuthError => new AuthError('refresh_rejected', message)

const antiCsrfHeader = (antiCsrf: string | undefined): Readonly<Record<string, string>> =>
  antiCsrf ? { 'anti-csrf': antiCsrf } : {}

/** The headers by which requests carry a session, besides what cookies carry. */
export const carried = ({ accessToken, refreshToken }: Held): Readonly<Record<string, string>> => ({
  ...antiCsrfHeader(readName(refreshToken ?? '')?.antiCsrf),
  ...(!accessToken.startsWith(HTTP_ONLY) && { Authorization: `Bearer ${accessToken}` }),
})

/** Makes what refreshes the sessions of one provider. */
export function createRefresh<User extends SuperTokensUser>(deps: Deps): Refresh<User> {
  const { api, options } = deps
  const inHeaders = options.transfer === 'header'

  /** What a token in cookies is the name of. */
  function nameOf(token: string): SessionName {
    const known = readName(token)
    if (known) return known
    throw rejected('This token is not one of a session in cookies.')
  }

  return async (token, context) => {
    if (inHeaders && (!token || token.startsWith(HTTP_ONLY))) {
      throw rejected('The token is in cookies, which are switched off.')
    }
    const known = token && !inHeaders ? nameOf(token) : null
    const answer = await api.post(
      {
        path: `${api.base}/session/refresh`,
        headers: antiCsrfHeader(known?.antiCsrf),
        // The cookies that come with the answer must not be lost with the page.
        keepalive: true,
        ...(inHeaders && token && { token }),
      },
      context,
    )
    if (!hasSession(answer)) throw toError(answer, api.expired)
    const { front, grant } = toGrant<User>(answer.headers, options, {
      antiCsrf: known?.antiCsrf,
    })
    if (!known || isNamed(front, known)) return grant
    throw rejected('Somebody else has signed in in this browser.')
  }
}

/** Makes what ends the session of this browser at the backend. */
export function createSignOut<User extends SuperTokensUser>(
  { api }: Deps,
  refresh: Refresh<User>,
): (session: Held, scope: SignOutScope, context: RequestContext) => Promise<void> {
  const ask = (session: Held, context: RequestContext): Promise<HttpAnswer> =>
    api.post({ path: `${api.base}/signout`, headers: carried(session), keepalive: true }, context)

  async function end(session: Held, context: RequestContext): Promise<void> {
    let answer = await ask(session, context)
    if (wantsRefresh(answer, api.expired) && session.refreshToken) {
      // The access token ran out: without a fresh one the session would live on.
      answer = await ask(await refresh(session.refreshToken, context), context)
    }
    const over = answer.status === api.expired && !wantsRefresh(answer, api.expired)
    if (!isFine(answer) && !over) throw toError(answer, api.expired)
  }

  return async (session, scope, context) => {
    if (scope !== 'others') {
      await end(session, context).catch((error: unknown) => {
        // Gone already is what was asked for.
        if (!isAuthError(error, 'refresh_rejected')) throw error
      })
    }
    if (scope !== 'local') invalid('A front end can end its own session only.')
  }
}

/**
 * Makes what asks the browser's cookies whose session they hold, unless one is known: `null` for
 * nobody's.
 */
export function createResume<User extends SuperTokensUser>(
  { api, options }: Deps,
  refresh: Refresh<User>,
): Resume<User> {
  return resumeWith(async (known, context) => {
    if (known || lacksCookies(options) || api.outside()) return undefined
    try {
      return await refresh(null, context)
    } catch (error) {
      // An app may have its own words for the answer to nobody: its status says it all.
      const own = isAuthError(error, 'rejected') && error.status === api.expired
      if (own || isAuthError(error, 'refresh_rejected')) return null
      throw error
    }
  })
}

/**
 * Sends a request to a sign-in route; `null` when its answer makes no session.
 * @throws AuthError `invalid_credentials`, or `rejected` with the route's own word.
 */
export async function signIn<User extends SuperTokensUser>(
  { api, options }: Deps,
  request: SignInRequest,
  context: RequestContext,
): Promise<Grant<User> | null> {
  const { path = '', json, headers } = { ...request }
  if (!isPath(path)) invalid('Pass the `path` of a sign-in route of the app, such as /login.')
  const answer = await api.post({ path, json, headers, rid: 'anti-csrf' }, context)
  if (hasSession(answer)) return toGrant<User>(answer.headers, options).grant
  const error = toSignInError(answer)
  if (error) throw error
  return null
}
