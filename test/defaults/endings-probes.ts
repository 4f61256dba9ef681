import { createSealedSessions } from '../../src/server/sealed/sealed-sessions.js'
import { createProcesses, PASSWORD } from '../support/fake-redis.js'
import type { Probe } from './documented.js'
import { DAY } from './times.js'

/** What ends sessions everywhere. */
export const endingsProbes: Readonly<Record<string, Probe>> = {
  'TombstoneOptions.everywhere': {
    async observe() {
      const { start, until } = createProcesses()
      const { client, coordinator } = start()
      client.fault = () => 'refuse'
      const failed = (work: Promise<void>) =>
        until(
          work.then(
            () => false,
            () => true,
          ),
        )
      if (!(await failed(coordinator.end('session', DAY, { everywhere: true })))) return true
      return failed(coordinator.end('session', DAY))
    },
  },
  'SessionProvider.namesOf': {
    says: 'what they are here',
    async observe() {
      const provider = { id: 'by-hand', refresh: async () => null }
      const sessions = createSealedSessions({ provider, verification: 'seal' })
      const tokens = { accessToken: 'a', refreshToken: 'r', lifetime: 60_000 }
      const grant = { ...tokens, sessionId: 'session_1', user: { id: 'ada' } }
      const isOver = async (which: Parameters<typeof sessions.endSessions>[0]) => {
        const value = await sessions.sealSession(grant, { password: PASSWORD })
        const session = sessions.openSession({ value, password: PASSWORD })
        const before = await session.getSession()
        await sessions.endSessions(which)
        return before.authenticated && !(await session.getSession()).authenticated
      }
      return (await isOver({ userId: 'ada' })) && (await isOver({ sessionId: 'session_1' }))
    },
  },
}
