import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { createBackChannelLogout } from '../endings/back-channel-logout.js'
import { createGlobalRevocation } from '../endings/global-revocation.js'
import type { ServerCall } from '../endings/server-call.js'
import { createEventRoute } from './event-route.js'
import { createFrontChannelRoute } from './front-channel-route.js'
import type { BackendOptions, Handler, SignInServer } from './types.js'

/** What the routes by which sessions are ended from elsewhere work on. */
export interface EndingRoutesDeps<User extends SessionUser>
  extends Pick<
    BackendOptions<User>,
    'sessions' | 'signIn' | 'globalRevocation' | 'events' | 'frontChannelLogout'
  > {
  report(error: unknown): void
  now(): number
}

const open = (call: ServerCall): Handler => ({
  methods: ['POST'],
  by: 'anyone',
  run: ({ request }) => call(request),
})

/** Makes the routes by which auth servers end sessions, and the one by which pages hear of it. */
export function createEndingRoutes<User extends SessionUser>({
  sessions,
  signIn,
  globalRevocation,
  events = false,
  frontChannelLogout = false,
  ...deps
}: EndingRoutesDeps<User>): Readonly<Record<string, Handler>> {
  const { report, now } = deps
  const { issuer, clientId, keys }: Partial<SignInServer<User>> = signIn ?? {}
  const shared = { sessions, report, now }
  const logout =
    issuer !== undefined && clientId !== undefined && keys !== undefined
      ? createBackChannelLogout({ ...shared, server: { issuer, clientId, keys } })
      : null
  const revocation = globalRevocation && createGlobalRevocation({ ...globalRevocation, ...shared })
  if (frontChannelLogout && issuer === undefined) {
    const message =
      '`frontChannelLogout` needs an auth server that says who it is, by its `issuer`.'
    throw new AuthError('invalid_argument', message)
  }
  const framed = frontChannelLogout && issuer !== undefined
  const heard = events === true ? {} : events
  return {
    ...(heard && { '/events': createEventRoute(sessions, heard) }),
    ...(framed && { '/front-channel-logout': createFrontChannelRoute({ ...shared, issuer }) }),
    ...(logout && { '/back-channel-logout': open(logout) }),
    ...(revocation && { '/global-token-revocation': open(revocation) }),
  }
}
