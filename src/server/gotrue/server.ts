import { userOf } from '../../providers/gotrue/actions.js'
import { needText } from '../../providers/gotrue/arguments.js'
import { type AnyMetadata, gotrue } from '../../providers/gotrue/index.js'
import { createRefresh, createSignIn, createSignOut } from '../../providers/gotrue/sessions.js'
import { createSend, holdsNo } from '../../providers/gotrue/wire.js'
import type { HttpRequest } from '../../providers/shared/http.js'
import { checkOptions, HTTP_OPTIONS, type Kind } from '../../providers/shared/options.js'
import { checkUrl, invalid } from '../../providers/shared/url.js'
import { checkPositive } from '../coordination/coordinator.js'
import { checkObject } from '../shared/arguments.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'
import { proofOf, signInAddress } from './authorize.js'
import { createServerMessages, type During } from './messages.js'
import { createGotrueRoutes } from './routes.js'
import type { GoTrueServer, GoTrueServerOptions, ServerUserChanges } from './types.js'

const OPTIONS: Readonly<Record<keyof GoTrueServerOptions, Kind>> = {
  ...HTTP_OPTIONS,
  apiKey: 'string',
  now: 'function',
  terminal: 'function',
  provider: 'string',
  requestTimeout: 'number',
  confirmPage: 'string',
}

/** The request that changes a user. */
function changeOf({
  redirectTo,
  codeChallenge,
  currentPassword,
  ...changes
}: ServerUserChanges): HttpRequest {
  const proof = codeChallenge === undefined ? {} : proofOf(codeChallenge)
  return {
    path: '/user',
    method: 'PUT',
    json: { ...changes, current_password: currentPassword, ...proof },
    ...(redirectTo && { query: { redirect_to: redirectTo } }),
  }
}

/**
 * Speaks to GoTrue (Supabase Auth) for a server app. `Metadata` is what the app keeps of its users.
 * @example
 * ```ts
 * import { createGotrue, createGotrueSessions } from 'holdfast/server/gotrue'
 *
 * const server = createGotrue({ url: 'https://project.example/auth/v1', apiKey })
 * const sessions = createGotrueSessions({ server })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and an address that tokens must not
 *   go to.
 */
export function createGotrue<Metadata extends object = AnyMetadata>(
  options: GoTrueServerOptions,
): GoTrueServer<Metadata> {
  checkOptions('createGotrue', options, OPTIONS)
  const { provider, requestTimeout, confirmPage, ...wire } = options
  const { id } = gotrue<Metadata>(wire)
  const base = checkUrl(options.url, options.dangerouslyAllowInsecureHttp)
  if (confirmPage !== undefined && !/^\/(?![/\\])[^?#\\]*$/.test(confirmPage)) {
    invalid('`confirmPage` is the path of a page of the app, without a query.')
  }
  const timeout = checkPositive('requestTimeout', requestTimeout ?? TIME_LIMIT)
  const during: During = (context, work) =>
    context ? work(context) : withinTime(timeout, (signal) => work({ signal }))
  const send = createSend(wire)
  const refresh = createRefresh<Metadata>(send)
  const signIn = createSignIn<Metadata>(send)
  const { fetch, dangerouslyAllowInsecureHttp } = options

  const server: Omit<GoTrueServer<Metadata>, 'routes'> = {
    id,
    url: base,
    ownSealsOnly: true,
    revokesSessions: true,
    requestTimeout: timeout,
    keys: { jwksUrl: `${base}/.well-known/jwks.json`, fetch, dangerouslyAllowInsecureHttp },
    refresh,
    signOut: createSignOut<Metadata>(send, refresh),
    authorizeUrl: (request, context) =>
      during(context, async (call) => {
        checkObject('request', request)
        return signInAddress({ base, send, provider }, request, call)
      }),
    exchangeCode: (exchange, context) =>
      during(context, async (call) => {
        checkObject('exchange', exchange)
        const authCode = needText('code', exchange.code)
        const codeVerifier = needText('codeVerifier', exchange.codeVerifier)
        return (await signIn({ authCode, codeVerifier }, call)) ?? holdsNo('session')
      }),
    signIn: (credentials, context) =>
      during(context, async (call) => {
        checkObject('credentials', credentials)
        return signIn(credentials, call)
      }),
    ...createServerMessages<Metadata>(send, during),
    getUser: (accessToken, context) =>
      during(context, async (call) => {
        const token = needText('accessToken', accessToken)
        return userOf<Metadata>(await send({ path: '/user', method: 'GET', token }, call))
      }),
    updateUser: (accessToken, changes, context) =>
      during(context, async (call) => {
        checkObject('changes', changes)
        const token = needText('accessToken', accessToken)
        return userOf<Metadata>(await send({ ...changeOf(changes), token }, call))
      }),
  }
  return { ...server, routes: (tools) => createGotrueRoutes<Metadata>(server, tools, confirmPage) }
}
