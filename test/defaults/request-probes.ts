import type { LoadOptions } from '../../src/server/requests/request-session-types.js'
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
  const { setCookies } = await sessions.establish(await stage.signIn(organizationId), null)
  const header = setCookies.map((line) => line.split(';')[0]).join('; ')
  const load = (options?: LoadOptions) => sessions.load(header, options)
  return { ...stage, load, header }
}

/** How often the server is asked by one request, while its token is new, and when it is due. */
async function asks(options: LoadOptions = {}): Promise<readonly number[]> {
  const { load, clock, exchanges } = await createWorld()
  await load(options)
  const young = exchanges()
  clock.time += 4 * 60_000
  await load(options)
  return [young, exchanges() - young]
}

/** What the sessions of requests do when they are told nothing. */
export const requestProbes: Readonly<Record<string, Probe>> = {
  'RequestSessionsOptions.now': {
    says: 'Date.now',
    async observe() {
      const { sessions, clock, header, exchanges } = await createWorld()
      const cookie = { password: PASSWORD, name: 'session', secure: false }
      const { load } = createRequestSessions({ sessions, cookie })
      // Whether it is due is the question of the requests' own clock.
      await at(clock.time + 3 * 60_000, () => load(header))
      const early = exchanges()
      await at(clock.time + 4 * 60_000, () => load(header))
      return early === 0 && exchanges() === 1
    },
  },
  'LoadOptions.refresh': {
    async observe() {
      const found = (await asks()).join()
      const modes = ['when-due', 'force', 'never'] as const
      const same: string[] = []
      for (const refresh of modes)
        if ((await asks({ refresh })).join() === found) same.push(refresh)
      return same.join()
    },
  },
  'LoadOptions.organizationId': {
    says: 'the one that the session is in',
    async observe() {
      const { load } = await createWorld('org_2')
      const { session } = await load({ refresh: 'force' })
      return session?.organizationId === 'org_2'
    },
  },
  'LoadOptions.fresh': {
    async observe() {
      const { load, clock, exchanges } = await createWorld()
      await load({ refresh: 'force' })
      clock.time += 1_000
      await load({ refresh: 'force' })
      const joined = exchanges() === 1
      await load({ refresh: 'force', fresh: true })
      return exchanges() === 2 ? !joined : null
    },
  },
}
