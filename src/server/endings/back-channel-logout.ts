import type { SealedSessions } from '../sealed/sealed-sessions.js'
import { checkMethods, checkObject, checkText } from '../shared/arguments.js'
import { createLogoutTokenCheck, type LogoutTokenIssuer } from './logout-token.js'
import { createServerCall, invalidRequest, type ServerCall } from './server-call.js'

/** Options of {@link createBackChannelLogout}. */
export interface BackChannelLogoutOptions {
  /** Those that it ends: sealed sessions, or those of requests. */
  readonly sessions: Pick<SealedSessions, 'endSessions'>
  /** Who may end them: made by `createOidc`, or by hand. */
  readonly server: LogoutTokenIssuer
  /** Hears of what keeps sessions from being ended, such as a store that fails. @default nobody does */
  readonly report?: ((error: unknown) => void) | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** The one token in a form; `null` where there is none, or several. */
function tokenIn(form: string): string | null {
  const [token, more] = new URLSearchParams(form).getAll('logout_token')
  return token && more === undefined ? token : null
}

/**
 * Makes what answers the logout requests of an OpenID Connect server (Back-Channel Logout 1.0): each ends one of its
 * sessions, or all of a person, wherever their cookies are. Register its address there as the `backchannel_logout_uri`.
 * A backend has it at `/back-channel-logout` by itself.
 * @example
 * ```ts
 * import { createBackChannelLogout } from 'holdfast/server'
 * import { createOidc } from 'holdfast/server/oidc'
 *
 * const server = createOidc({ issuer: 'https://id.example', clientId, clientSecret: 'secret' })
 * const answerLogout = createBackChannelLogout({ sessions, server })
 * const response = await answerLogout(request)
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function createBackChannelLogout(options: BackChannelLogoutOptions): ServerCall {
  checkObject('options', options)
  const { sessions, server, report, now = () => Date.now() } = options
  checkMethods(sessions, ['endSessions'], '`sessions` must be sessions that can be ended.')
  checkObject('server', server)
  checkText('server.issuer', server.issuer)
  checkText('server.clientId', server.clientId)
  checkObject('server.keys', server.keys)
  const check = createLogoutTokenCheck(server, now)
  return createServerCall({
    mediaType: 'application/x-www-form-urlencoded',
    report,
    // §2.8 has one status for whatever is wrong.
    failure: 400,
    async answer(body) {
      const token = tokenIn(body)
      if (!token) return invalidRequest('Send one `logout_token`.')
      const { id, life, which } = await check(token)
      const once = { key: `logout ${id}`, within: life }
      const isNew = await sessions.endSessions(which, { once })
      return isNew ? { status: 200 } : invalidRequest('This token was used already.')
    },
  })
}
