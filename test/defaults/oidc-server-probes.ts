import { createSealedSessions } from '../../src/server/sealed/sealed-sessions.js'
import { FIRST, PASSWORD } from '../server/sealed/sealed-sessions-stage.js'
import type { Probe } from './documented.js'

/** What clients on servers do that are told nothing. */
export const oidcServerProbes: Readonly<Record<string, Probe>> = {
  'SessionProvider.sealedExtras': {
    says: 'nothing',
    async observe() {
      const told: unknown[] = []
      const signOut = async (session: object): Promise<void> => void told.push(session)
      const provider = { id: 'by-hand', refresh: async () => null, signOut }
      const sessions = createSealedSessions({ provider, verification: 'seal' })
      const grant = { ...FIRST, user: { id: 'user_1' }, lifetime: 1, extras: { id_token: 'x' } }
      const sessionData = await sessions.sealSession(grant, { cookiePassword: PASSWORD })
      await sessions.endSession({ sessionData, cookiePassword: PASSWORD })
      return JSON.stringify(told).includes('"extras":{}')
    },
  },
}
