import { AuthError, isAuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import type { SignInHints } from '../../providers/backend/types.js'
import { createHttp, type HttpAnswer } from '../../providers/shared/http.js'
import { asObject } from '../../providers/shared/json.js'
import { isFine } from '../../providers/shared/passing.js'
import { checkUrl, parseUrl } from '../../providers/shared/url.js'
import { authorizeUrl } from '../../providers/workos/authorize.js'
import { createAuthenticate, signOutUrl } from '../../providers/workos/wire.js'
import { checkPositive } from '../coordination/coordinator.js'
import type { SealedRefreshContext } from '../sealed/sealed-sessions-types.js'
import { checkObject } from '../shared/arguments.js'
import { checkReturnTo } from '../shared/return-to.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'
import { createSignIns, type SignInWires } from './sign-ins.js'
import { toServerError } from './steps.js'
import type { WorkOSServer, WorkOSServerOptions } from './types.js'

/** How long WorkOS gives the same pair again for a spent token, in ms (seen). */
const REUSE_WINDOW = 30_000

/**
 * Whether nobody knows what came of a request, and no answer asks for a pause. The same refresh token is then
 * harmless: it is spent or not, and WorkOS gives its successor either way.
 */
function isLost(error: unknown): boolean {
  if (!isAuthError(error) || error.retryAfter !== undefined) return false
  const { code, status = 0 } = error
  return code === 'network' || (code === 'server_error' && (status >= 500 || status === 408))
}

type Fields = Readonly<Record<string, unknown>>

/** @throws AuthError `invalid_argument` unless `value` can go into a header as it is. */
function checkKey(name: string, value: string): string {
  if (typeof value === 'string' && /^[!-~]+$/.test(value)) return value
  throw new AuthError('invalid_argument', `Pass the \`${name}\`, without blanks around it.`)
}

/**
 * Speaks to WorkOS AuthKit as a confidential client.
 * @example
 * ```ts
 * import { createBackend } from 'holdfast/server'
 * import { workosServer } from 'holdfast/server/workos'
 *
 * const backend = createBackend({
 *   sessions,
 *   signIn: workosServer({ clientId: 'client_123', apiKey }),
 *   password,
 * })
 * ```
 * @throws AuthError `invalid_argument` without a client id and an API key, and for an address that
 *   secrets must not go to.
 */
export function workosServer(options: WorkOSServerOptions): WorkOSServer {
  checkObject('options', options)
  const { url = 'https://api.workos.com' } = options
  const clientId = checkKey('clientId', options.clientId)
  const apiKey = checkKey('apiKey', options.apiKey)
  const base = checkUrl(url, options.dangerouslyAllowInsecureHttp)
  const timeout = checkPositive('requestTimeout', options.requestTimeout ?? TIME_LIMIT)
  const headers = { ...options.headers, Authorization: `Bearer ${apiKey}` }
  const wire = { ...options, url, headers }
  const http = createHttp(wire)
  const client = { client_id: clientId, client_secret: apiKey }
  const authenticate = createAuthenticate(wire, client, toServerError)
  // Device sign-ins are those of public clients.
  const anonymously = createAuthenticate(
    { ...wire, headers: options.headers },
    { client_id: clientId },
    toServerError,
  )

  const during = <T>(
    context: RequestContext | undefined,
    work: (context: RequestContext) => Promise<T>,
  ): Promise<T> => (context ? work(context) : withinTime(timeout, (signal) => work({ signal })))

  const grant: SignInWires['grant'] = async (grantType, fields, { context, byId }) => {
    const send = byId ? anonymously : authenticate
    const granted = await during(context, (call) => send(grantType, fields, call))
    if (granted) return granted
    throw new AuthError('bad_response', 'The answer holds no session.')
  }

  const post = (path: string, json: Fields, context?: RequestContext): Promise<HttpAnswer> =>
    during(context, (call) => http({ path, json }, call))

  async function refresh(token: string, context: SealedRefreshContext) {
    // As the SDK of WorkOS calls it, whose servers thus see that two requests are one.
    const key = { 'Idempotency-Key': `retry-${crypto.randomUUID()}` }
    const keyed = { ...wire, headers: { ...headers, ...key } }
    const send = createAuthenticate(keyed, client, toServerError)
    const fields = { refresh_token: token, organization_id: context.organizationId }
    try {
      return await send('refresh_token', fields, context)
    } catch (error) {
      const mayRepeat = isLost(error) && ((await context.mayRepeat?.()) ?? true)
      if (!mayRepeat || context.signal.aborted) throw error
      return send('refresh_token', fields, context)
    }
  }

  async function revoke(sessionId: string, context?: RequestContext): Promise<void> {
    const fields = { session_id: sessionId }
    const answer = await post('/user_management/sessions/revoke', fields, context)
    if (answer.status !== 404 && !isFine(answer)) throw toServerError(answer, false)
  }

  async function call(path: string, fields: Fields, context?: RequestContext): Promise<Fields> {
    const answer = await post(path, fields, context)
    if (isFine(answer)) return asObject(answer.body) ?? {}
    throw toServerError(answer, false)
  }

  return {
    reuseWindow: REUSE_WINDOW,
    revokesSessions: true,
    requestTimeout: timeout,
    id: `workos.${new URL(base).host}.${clientId}`,
    jwksUrl: `${base}/sso/jwks/${encodeURIComponent(clientId)}`,
    refresh,
    ...createSignIns({ grant, call, clientId }),
    authorizeUrl(wanted) {
      const { acrValues, claims, uiLocales }: SignInHints = wanted
      // Left out in silence, they would be taken for proven.
      if (acrValues !== undefined || claims !== undefined) {
        throw new AuthError('invalid_argument', 'WorkOS has nothing for `acrValues` and `claims`.')
      }
      if (uiLocales !== undefined) {
        throw new AuthError('invalid_argument', 'WorkOS has nothing for `uiLocales`.')
      }
      parseUrl(wanted.redirectUri)
      return authorizeUrl(base, { ...wanted, clientId })
    },
    signOutUrl: ({ sessionId, returnTo }) =>
      signOutUrl(base, sessionId, returnTo === undefined ? undefined : checkReturnTo(returnTo)),
    revoke,
    async signOut({ sessionId }, scope, context) {
      if (scope !== 'local') {
        throw new AuthError('invalid_argument', 'WorkOS revokes one session: the scope is `local`.')
      }
      if (!sessionId) throw new AuthError('rejected', 'This session has no id at WorkOS.')
      await revoke(sessionId, context)
    },
  }
}
