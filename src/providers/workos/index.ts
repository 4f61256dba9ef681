import { AuthError, isAuthError } from '../../core/errors.js'
import type {
  Provider,
  RefreshContext,
  RequestContext,
  SignOutScope,
  Tokens,
} from '../../core/provider.js'
import { resumeWith } from '../../core/resume.js'
import type { Grant, Session } from '../../core/session.js'
import { bridged } from '../shared/http.js'
import { HTTP_ONLY } from '../shared/http-only.js'
import { text } from '../shared/json.js'
import { readClaims } from '../shared/jwt.js'
import { checkKey, checkOptions, HTTP_OPTIONS, type Kind } from '../shared/options.js'
import { checkUrl, parseUrl, partsOf } from '../shared/url.js'
import { createActions } from './actions.js'
import type { WorkOSActions, WorkOSCredentials, WorkOSOptions, WorkOSUser } from './types.js'
import { createAuthenticate, signOutUrl } from './wire.js'

export { HTTP_ONLY } from '../shared/http-only.js'
export type { RedirectResult } from '../shared/redirect.js'
export type { RequiredStep } from '../shared/steps.js'
export { hasSessionCookie } from './has-session-cookie.js'
export type {
  AuthorizeOptions,
  WorkOSActions,
  WorkOSCredentials,
  WorkOSOptions,
  WorkOSUser,
} from './types.js'

/** The provider that `workos` makes. */
export type WorkOSProvider = Provider<WorkOSCredentials, WorkOSUser, WorkOSActions>

const OPTIONS: Readonly<Record<keyof WorkOSOptions, Kind>> = {
  ...HTTP_OPTIONS,
  clientId: 'string',
  redirectUri: 'string',
  cookies: 'boolean',
  hasSession: 'function',
}

/** The answers by which a server says that a cookie is nobody's session, or none that works. */
const NOBODY: readonly string[] = ['refresh_rejected', 'rejected', 'step_required']

/** A name for the token of a session that only the browser's cookies hold. */
const marked = (grant: Grant<WorkOSUser>): Grant<WorkOSUser> => ({
  ...grant,
  refreshToken: HTTP_ONLY + (grant.sessionId ?? ''),
})

/** What the app says of the browser's cookies; nothing where its function wants a `document` that is not there. */
function saysSession({ hasSession }: WorkOSOptions): boolean | undefined {
  try {
    return hasSession?.()
  } catch (error) {
    if ('document' in globalThis || !(error instanceof ReferenceError)) throw error
    return undefined
  }
}

/**
 * Speaks to WorkOS AuthKit as a public client.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { workos } from 'holdfast/providers/workos'
 *
 * const auth = new AuthClient({ provider: workos({ clientId: 'client_123' }) })
 * location.href = await auth.actions.signInUrl({ returnTo: '/dashboard' })
 * await auth.actions.handleRedirect() // on the page that people come back to
 * ```
 * @throws AuthError `invalid_argument` without a client id, for options that cannot work, and for
 *   addresses that tokens must not go to.
 */
export function workos(options: WorkOSOptions): WorkOSProvider {
  checkOptions('workos', options, OPTIONS)
  const { clientId, url = 'https://api.workos.com', redirectUri, cookies } = options
  if (!clientId) throw new AuthError('invalid_argument', 'Pass the `clientId` of your application.')
  checkKey('clientId', clientId)
  if (redirectUri !== undefined) parseUrl(redirectUri)
  const base = checkUrl(url, options.dangerouslyAllowInsecureHttp)
  const authenticate = createAuthenticate(
    { ...options, url, credentials: cookies ? 'include' : 'omit' },
    { client_id: clientId },
  )
  const leaving = new Set<string>()

  async function grant(
    grantType: string,
    fields: Readonly<Record<string, unknown>>,
    context: RequestContext,
  ): Promise<Grant<WorkOSUser>> {
    const granted = await authenticate(grantType, fields, context)
    if (!granted) throw new AuthError('bad_response', 'The answer holds no session.')
    return cookies ? marked(granted) : granted
  }

  /**
   * Whether a request was refused because the session is in no cookie any more: it ended elsewhere, or was cleared.
   * The server has no word for that alone, so without `hasSession` nobody knows.
   */
  const isCookieGone = (error: unknown): boolean =>
    isAuthError(error, 'rejected') && error.status === 400 && saysSession(options) === false

  /** The server chooses the organization of a session again where a refresh names none. */
  const restore = (
    { accessToken, refreshToken }: Tokens,
    context: RequestContext,
  ): Promise<Grant<WorkOSUser> | null> =>
    refresh(refreshToken, { ...context, organizationId: text(readClaims(accessToken)?.org_id) })

  async function refresh(
    token: string,
    context: RefreshContext,
  ): Promise<Grant<WorkOSUser> | null> {
    const isName = token.startsWith(HTTP_ONLY)
    if (isName && !cookies) {
      throw new AuthError('refresh_rejected', 'The token is in cookies, which are switched off.')
    }
    const { organizationId: organization_id } = context
    const fields = { refresh_token: isName ? undefined : token, organization_id }
    const granted = await authenticate('refresh_token', fields, context).catch((error) => {
      throw isName && isCookieGone(error)
        ? new AuthError('refresh_rejected', 'The browser has lost the cookie of the session.')
        : error
    })
    if (!isName || !granted) return granted
    const fresh = marked(granted)
    if (fresh.refreshToken === token || token === HTTP_ONLY) return fresh
    throw new AuthError('refresh_rejected', 'Somebody else has signed in in this browser.')
  }

  async function resume(
    known: Session<WorkOSUser> | null,
    context: RequestContext,
  ): Promise<Grant<WorkOSUser> | null | undefined> {
    if (known || !saysSession(options)) return undefined
    try {
      return await refresh(HTTP_ONLY, context)
    } catch (error) {
      if (isAuthError(error) && NOBODY.includes(error.code)) return null
      throw error
    }
  }

  /** A public client cannot revoke: it asks for the page that ends a session, unseen. */
  async function signOut(
    { sessionId }: Session<WorkOSUser>,
    scope: SignOutScope,
    { signal }: RequestContext,
  ): Promise<void> {
    if (sessionId && scope !== 'others' && !leaving.delete(sessionId)) {
      const send = options.fetch ?? globalThis.fetch
      await bridged(signal, (own) =>
        send(signOutUrl(base, sessionId), {
          // The answer is a redirect to a page of the app, which no other mode may follow.
          mode: 'no-cors',
          credentials: 'include',
          keepalive: true,
          signal: own,
        }),
      ).catch(() => {
        throw new AuthError('network', 'The server could not be reached.')
      })
    }
    if (scope !== 'local') {
      throw new AuthError('invalid_argument', 'A public client can end its own session only.')
    }
  }

  const { host, path } = partsOf(base)
  return {
    id: `workos.${host}${path === '/' ? '' : path}.${clientId}`,
    refresh,
    restore,
    signOut,
    ...(cookies && options.hasSession && { resume: resumeWith(resume) }),
    async signIn(credentials, context) {
      const { code = '', codeVerifier = '' } = { ...credentials }
      if (code && codeVerifier) {
        return grant('authorization_code', { code, code_verifier: codeVerifier }, context)
      }
      throw new AuthError('invalid_argument', 'Pass the `code` and the `codeVerifier`.')
    },
    actions: (host) => createActions({ host, clientId, base, redirectUri, leaving, grant }),
  }
}
