import { isRecentlyAuthenticated } from '../../src/server/requests/recent-auth.js'
import type {
  GetRequestSessionOptions,
  RefreshRequestSessionOptions,
} from '../../src/server/requests/request-session-types.js'
import { createRequestSessions } from '../../src/server/requests/request-sessions.js'
import { createStage, PASSWORD, signed } from '../server/sealed/sealed-sessions-stage.js'
import type { Probe } from './documented.js'
import { at } from './times.js'

/** A request of somebody who has just signed in, at WorkOS, where tokens live for 5 minutes. */
async function createWorld(organizationId?: string) {
  const stage = createStage(signed)
  const sessions = createRequestSessions({
    sessions: stage.sessions,
    cookie: { password: PASSWORD, name: 'session', secure: false },
    now: stage.clock.now,
  })
  const { setCookies } = await sessions.setSession(await stage.signIn(organizationId), null)
  const header = setCookies.map((line) => line.split(';')[0]).join('; ')
  const load = (options?: GetRequestSessionOptions) => sessions.getSession(header, options)
  const renew = (options?: RefreshRequestSessionOptions) => sessions.refreshSession(header, options)
  return { ...stage, load, renew, header }
}

/** How often the server is asked by one request, while its token is new, and when it is due. */
async function asks(options: GetRequestSessionOptions = {}): Promise<readonly number[]> {
  const { load, clock, exchanges } = await createWorld()
  await load(options)
  const young = exchanges()
  clock.time += 4 * 60_000
  await load(options)
  return [young, exchanges() - young]
}

/** What the sessions of requests do when they are told nothing. */
export const requestProbes: Readonly<Record<string, Probe>> = {
  'RecentAuthOptions.now': {
    says: 'Date.now',
    async observe() {
      const session = { authenticatedAt: Date.now() }
      const after = (ms: number) =>
        at(session.authenticatedAt + ms, async () =>
          isRecentlyAuthenticated(session, { maxAge: 60_000 }),
        )
      return (await after(60_000)) && !(await after(60_001))
    },
  },
  'RequestSessionsOptions.now': {
    says: 'Date.now',
    async observe() {
      const { sessions, clock, header, exchanges } = await createWorld()
      const cookie = { password: PASSWORD, name: 'session', secure: false }
      const { getSession: load } = createRequestSessions({ sessions, cookie })
      // Whether it is due is the question of the requests' own clock.
      await at(clock.time + 3 * 60_000, () => load(header))
      const early = exchanges()
      await at(clock.time + 4 * 60_000, () => load(header))
      return early === 0 && exchanges() === 1
    },
  },
  'RequestSessionsOptions.takeOver': {
    says: 'nobody’s',
    async observe() {
      const { header, load, sessions } = await createWorld()
      const cookie = { password: PASSWORD, name: 'ours', secure: false }
      const found = await createRequestSessions({ sessions, cookie }).getSession(header)
      return (await load()).session !== null && found.session === null
    },
  },
  'GetRequestSessionOptions.refresh': {
    async observe() {
      const found = (await asks()).join()
      const modes = ['when-due', 'never'] as const
      const same: string[] = []
      for (const refresh of modes)
        if ((await asks({ refresh })).join() === found) same.push(refresh)
      return same.join()
    },
  },
  'RefreshRequestSessionOptions.organizationId': {
    says: 'the one that the session is in',
    async observe() {
      const { renew } = await createWorld('org_2')
      const { session } = await renew()
      return session?.organizationId === 'org_2'
    },
  },
  'RefreshRequestSessionOptions.fresh': {
    async observe() {
      const { renew, clock, exchanges } = await createWorld()
      await renew()
      clock.time += 1_000
      await renew()
      const joined = exchanges() === 1
      await renew({ fresh: true })
      return exchanges() === 2 ? !joined : null
    },
  },
}
