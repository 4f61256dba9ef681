import {
  type BackChannelLogoutOptions,
  createBackChannelLogout,
} from '../../src/server/endings/back-channel-logout.js'
import {
  createGlobalRevocation,
  type GlobalRevocationOptions,
} from '../../src/server/endings/global-revocation.js'
import { createSealedSessions } from '../../src/server/sealed/sealed-sessions.js'
import { memorySessionList } from '../../src/server/sealed/session-list.js'
import {
  BACK_CHANNEL,
  createEndingsWorld,
  createSigner,
  EVENT,
  FORM,
  OKTA,
  REVOCATION,
} from '../server/endings/endings-stage.js'
import { ISSUER } from '../server/oidc/oidc-server-world.js'
import { createProcesses, PASSWORD } from '../support/fake-redis.js'
import type { Probe } from './documented.js'
import { eventStreamProbes } from './event-stream-probes.js'
import { at, DAY, isSilent } from './times.js'

const failing = { endSessions: () => Promise.reject(new Error('The store does not answer.')) }
const FRESH = { iat: Math.floor(DAY / 1000), exp: Math.floor(DAY / 1000) + 120, jti: '1' }

/** A call with a genuine logout token of the first day since the epoch. */
async function logOut(options: Partial<BackChannelLogoutOptions>): Promise<Response> {
  const { keys, sign } = await createSigner('key-1')
  const sessions = { endSessions: async () => true }
  const server = { issuer: ISSUER, clientId: 'web', keys }
  const events = { [EVENT]: {} }
  const token = await sign({ ...FRESH, iss: ISSUER, aud: 'web', sub: 'ada', events })
  const headers = { 'Content-Type': FORM }
  const init = { method: 'POST', headers, body: `logout_token=${token}` }
  return createBackChannelLogout({ sessions, server, ...options })(new Request(BACK_CHANNEL, init))
}

/** The status of a call with a genuine assertion of that day, and whom it ended. */
async function revokeAll(subject: object, options: Partial<GlobalRevocationOptions> = {}) {
  const { keys, sign } = await createSigner('okta-1')
  const ended: (string | undefined)[] = []
  const sessions: GlobalRevocationOptions['sessions'] = {
    async endSessions(which) {
      ended.push(...[which].flat().map(({ userId }) => userId))
      return true
    },
  }
  const token = await sign({ ...FRESH, iss: OKTA, aud: REVOCATION })
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
  const init = { method: 'POST', headers, body: JSON.stringify({ sub_id: subject }) }
  const all = { sessions, issuer: OKTA, audience: REVOCATION, keys, ...options }
  const { status } = await createGlobalRevocation(all)(new Request(REVOCATION, init))
  return { status, ended: ended.join() }
}

const BY_SUB = { format: 'iss_sub', iss: OKTA, sub: 'ada' }

const ofCalls: Readonly<Record<string, Probe>> = {
  'BackChannelLogoutOptions.report': {
    says: 'nobody does',
    observe: () => isSilent(() => at(DAY, () => logOut({ sessions: failing }))),
  },
  'BackChannelLogoutOptions.now': {
    says: 'Date.now',
    observe: () => at(DAY, async () => (await logOut({})).status === 200),
  },
  'GlobalRevocationOptions.report': {
    says: 'nobody does',
    observe: () => isSilent(() => at(DAY, () => revokeAll(BY_SUB, { sessions: failing }))),
  },
  'GlobalRevocationOptions.now': {
    says: 'Date.now',
    observe: () => at(DAY, async () => (await revokeAll(BY_SUB)).status === 204),
  },
  'GlobalRevocationOptions.findUsers': {
    says: 'the `sub` of the issuer’s own, and an opaque id, are ids of users; nobody is known by an address',
    observe: () =>
      at(DAY, async () => {
        const found = [
          await revokeAll(BY_SUB),
          await revokeAll({ ...BY_SUB, iss: 'https://another.example' }),
          await revokeAll({ format: 'opaque', id: 'bob' }),
          await revokeAll({ format: 'email', email: 'ada@example.com' }),
        ]
        return (
          found.map(({ status, ended }) => `${status}${ended}`).join() === '204ada,422,204bob,422'
        )
      }),
  },
  'BackendOptions.frontChannelLogout': {
    async observe() {
      const { backend } = await createEndingsWorld()
      return backend.owns('/auth/front-channel-logout')
    },
  },
  'BackendOptions.globalRevocation': {
    says: 'nobody’s',
    async observe() {
      const { backend } = await createEndingsWorld({ backend: { globalRevocation: undefined } })
      return !backend.owns('/auth/global-token-revocation')
    },
  },
}

/** A Redis that answers nothing. */
function createOutage() {
  const { start, until } = createProcesses()
  const { client, coordinator } = start()
  client.fault = () => 'refuse'
  const failed = (work: Promise<unknown>) =>
    until(
      work.then(
        () => false,
        () => true,
      ),
    )
  return { coordinator, failed }
}

/** What ends sessions everywhere. */
export const endingsProbes: Readonly<Record<string, Probe>> = {
  ...ofCalls,
  ...eventStreamProbes,
  'EndedAtOptions.everywhere': {
    async observe() {
      const { coordinator, failed } = createOutage()
      if (!(await failed(coordinator.endedAt('session', { everywhere: true })))) return true
      return failed(coordinator.endedAt('session'))
    },
  },
  'TombstoneOptions.everywhere': {
    async observe() {
      const { coordinator, failed } = createOutage()
      if (!(await failed(coordinator.end('session', DAY, { everywhere: true })))) return true
      return failed(coordinator.end('session', DAY))
    },
  },
  'SealedSessionsOptions.list': {
    says: 'there is none, and nothing is noted',
    async observe() {
      const { sealed, seal, load } = await createEndingsWorld()
      const value = await seal('sid-1')
      const found = await load(value).getSession()
      const password = 'a password of more than 32 characters'
      const refused = await sealed.listSessions({ value, password }).catch(({ code }) => code)
      return found.signedIn && refused === 'invalid_argument'
    },
  },
  'MemorySessionListOptions.limit': {
    async observe() {
      const { put, all } = memorySessionList()
      let people = 0
      const hasFirst = async (): Promise<boolean> => (await all('0')).length > 0
      do await put(`${people++}`, 'session', { sealed: 'x', ttl: DAY })
      while (people < 20_000 && (await hasFirst()))
      return people - 1
    },
  },
  'MemorySessionListOptions.now': {
    says: 'Date.now',
    async observe() {
      const { put, all } = memorySessionList()
      await at(DAY, () => put('ada', 'session', { sealed: 'x', ttl: 1_000 }))
      const before = await at(DAY + 999, () => all('ada'))
      return before.length === 1 && (await at(DAY + 1_000, () => all('ada'))).length === 0
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
        return before.signedIn && !(await session.getSession()).signedIn
      }
      return (await isOver({ userId: 'ada' })) && (await isOver({ sessionId: 'session_1' }))
    },
  },
}
