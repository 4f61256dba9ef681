import { vi } from 'vitest'
import {
  chromeStorage,
  indexedDBKeys,
  indexedDBStorage,
  type Provider,
  resourceTokens,
  type SessionUser,
  sessionTimeouts,
  takeOver,
  webStorage,
} from '../../src/index.js'
import { challengeOf, createPkce } from '../../src/providers/shared/pkce.js'
import { createManualClock } from '../../src/testing/index.js'
import { plant, workingDatabase } from '../support/fake-database.js'
import { createFakeExtension } from '../support/fake-extension.js'
import { createTimeoutsWorld, MINUTE } from '../support/timeouts-world.js'
import { createWorld, HOUR } from '../support/world.js'
import type { Probe } from './documented.js'
import { timeProbes, until } from './time-probes.js'

/** A page with a localStorage, and what is in it. */
function plantPage(): Map<string, string> {
  const entries = new Map<string, string>()
  vi.stubGlobal('document', { addEventListener: () => {}, visibilityState: 'visible' })
  vi.stubGlobal('localStorage', {
    get length() {
      return entries.size
    },
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, text: string) => void entries.set(key, text),
    removeItem: (key: string) => void entries.delete(key),
  })
  return entries
}

/** The `Authorization` of each request that `send` makes. */
async function carried(send: () => Promise<unknown>): Promise<readonly (string | null)[]> {
  const seen: (string | null)[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    seen.push(request.headers.get('authorization'))
    return new Response()
  })
  await send()
  return seen
}

const environment: Readonly<Record<string, Probe>> = {
  'ScheduleOptions.background': {
    observe() {
      const clock = createManualClock()
      clock.schedule(1, () => {}, {})
      return clock.awaited() === 0
    },
  },
  'Storage.lag': {
    async observe() {
      const world = createWorld()
      const { auth } = await world.signedIn()
      await auth.refreshSession()
      await world.clock.settle()
      return until(world, 10, () => world.browser.locks.queue('holdfast:app').length === 0)
    },
  },
  'Storage.id': {
    async observe() {
      // Clients take turns where their locks have one name.
      const lockOf = async (id?: string): Promise<string | undefined> => {
        const world = createWorld()
        const { storage, environment } = world.browser.tab()
        const acquire = vi.fn(environment.lock.acquire)
        const { auth } = await world.signedIn('ada', {
          storage: { ...storage, ...(id !== undefined && { id }) },
          environment: { lock: { acquire } },
        })
        await auth.refreshSession()
        return acquire.mock.calls[0]?.[0]
      }
      const [bare, another, empty] = [await lockOf(), await lockOf('another'), await lockOf('')]
      return bare !== undefined && bare !== another && bare === empty ? '' : bare
    },
  },
  'Page.activation': {
    says: 'never so',
    async observe() {
      const world = createWorld()
      const { environment } = world.browser.tab()
      const { href, replace } = environment.page
      const page = { href, replace }
      const { auth } = await world.signedIn('ada', { environment: { page } })
      await auth.refreshSession()
      return world.server.sent.length === 1
    },
  },
  'Environment.crypto': {
    says: 'the platform’s `crypto`',
    async observe() {
      const { verifier, challenge } = await createPkce()
      return (await challengeOf(verifier)) === challenge
    },
  },
  'EngineOptions.keys': {
    says: 'none',
    async observe() {
      const world = createWorld()
      let keys: unknown
      const provider: Provider<{ readonly name: string }, SessionUser> = {
        ...world.server.provider,
        actions: (host) => {
          keys = host.keys
          return {}
        },
      }
      await world.signedIn('ada', { provider })
      return keys === null
    },
  },
  'Purpose.startsSession': {
    async observe() {
      const { server, signedIn, clock } = createWorld()
      const issue = (sessionId: string) => ({ ...server.issue('ada'), sessionId })
      const provider: Provider<{ readonly name: string }, SessionUser> = {
        ...server.provider,
        signIn: async () => issue('one'),
        actions: ({ exchange }) => ({ verify: () => exchange({ send: async () => issue('two') }) }),
      }
      const { auth } = await signedIn('ada', { provider })
      await Reflect.get(auth.actions, 'verify')()
      await clock.settle()
      return server.revoked.length > 0
    },
  },
  'Purpose.withoutToken': {
    async observe() {
      const world = createWorld()
      let sent = false
      const provider: Provider<{ readonly name: string }, SessionUser> = {
        ...world.server.provider,
        actions: ({ exchange }) => ({
          verify: () =>
            exchange({
              async send() {
                sent = true
                return null
              },
            }),
        }),
      }
      const { auth } = await world.signedIn('ada', { provider, autoRefresh: false })
      await world.clock.advance(2 * HOUR)
      world.server.outage()
      await Reflect.get(auth.actions, 'verify')().catch(() => {})
      return sent
    },
  },
  'Purpose.target': {
    says: 'the session itself',
    async observe() {
      const world = createWorld()
      const provider: Provider<{ readonly name: string }, SessionUser> = {
        ...world.server.provider,
        tokens: resourceTokens(),
        actions: ({ exchange }) => ({
          verify: () => exchange({ send: async () => world.server.issue('ada') }),
        }),
      }
      const { auth } = await world.signedIn('ada', { provider })
      await Reflect.get(auth.actions, 'verify')()
      return (await auth.getAccessToken()) === 'access-2'
    },
  },
  'Purpose.event': {
    async observe() {
      const world = createWorld()
      const provider: Provider<{ readonly name: string }, SessionUser> = {
        ...world.server.provider,
        actions: ({ exchange }) => ({
          verify: () => exchange({ send: async () => world.server.issue('ada') }),
        }),
      }
      const { auth, events } = await world.signedIn('ada', { provider })
      await Reflect.get(auth.actions, 'verify')()
      await world.clock.settle()
      return events.at(-1)?.split(' ')[0]
    },
  },
  'Provider.readAnswer': {
    says: 'a 401 asks for a refresh, unless it wants another sign-in (RFC 9470)',
    async observe() {
      const refreshesFor = async (challenge: string): Promise<number> => {
        const world = createWorld()
        const { auth } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
        const headers = { 'WWW-Authenticate': challenge }
        vi.stubGlobal('fetch', async () => new Response(null, { status: 401, headers }))
        await auth.fetch('https://api.example/')
        return world.server.sent.length
      }
      const stepUp = 'Bearer error="insufficient_user_authentication"'
      return (await refreshesFor('Bearer')) === 1 && (await refreshesFor(stepUp)) === 0
    },
  },
  'Provider.tokens': {
    says: 'getAccessToken() has the session’s own token only',
    async observe() {
      const { auth } = await createWorld().signedIn()
      const other = await auth.getAccessToken({ resource: 'https://api.example' }).catch(() => null)
      return other === null && (await auth.getAccessToken()) === 'access-1'
    },
  },
  'Provider.authorize': {
    says: 'the access token as bearer',
    async observe() {
      const world = createWorld()
      const { auth } = await world.signedIn('ada', { fetchOrigins: ['https://api.example'] })
      const [header] = await carried(() => auth.fetch('https://api.example/'))
      return header === 'Bearer access-1'
    },
  },
}

const storages: Readonly<Record<string, Probe>> = {
  'WebStorageOptions.area': {
    observe() {
      const entries = plantPage()
      webStorage({}).set('key', 'text')
      return entries.get('key') === 'text' ? 'local' : 'session'
    },
  },
  'ChromeStorageOptions.area': {
    async observe() {
      const { chrome } = createFakeExtension()
      vi.stubGlobal('chrome', chrome)
      await chromeStorage({}).set('key', 'text')
      return 'key' in (await chrome.storage.local.get('key')) ? 'local' : 'session'
    },
  },
  'IndexedDBStorageOptions.database': {
    async observe() {
      const opened = plant(workingDatabase())
      await indexedDBStorage({}).get('key')
      return opened[0]
    },
  },
  'IndexedDBKeysOptions.database': {
    async observe() {
      const opened = plant(workingDatabase())
      await indexedDBKeys({}).get('name')
      return opened[0]
    },
  },
  'EngineOptions.storage': {
    says: 'localStorage where it works, else memory',
    async observe() {
      const memory = createWorld().open({ storage: undefined })
      await memory.auth.signIn({ name: 'ada' })
      const entries = plantPage()
      const { auth } = createWorld().open({ storage: undefined })
      await auth.signIn({ name: 'ada' })
      const isMemory = memory.auth.getSnapshot().session !== null && memory.tab.errors.length === 0
      return isMemory && entries.has('app')
    },
  },
  'EngineOptions.storageKey': {
    says: 'derived from the provider',
    async observe() {
      const world = createWorld()
      await world.signedIn('ada', { storageKey: undefined })
      return world.browser.storage.entries.has(`holdfast.${world.server.provider.id}`)
    },
  },
  'EngineOptions.timeouts': {
    says: 'never',
    async observe() {
      const world = createWorld()
      const { auth } = await world.signedIn()
      await world.clock.advance(100 * 24 * HOUR)
      return (await auth.getSession()) !== null
    },
  },
  'SessionTimeoutsOptions.idleTimeout': {
    says: 'no limit',
    async observe() {
      const world = createTimeoutsWorld({ absoluteTimeout: 50 * HOUR })
      const { auth } = await world.signedIn()
      await world.clock.advance(50 * HOUR - MINUTE)
      const before = await auth.getSession()
      await world.clock.advance(MINUTE)
      return before !== null && (await auth.getSession()) === null
    },
  },
  'SessionTimeoutsOptions.absoluteTimeout': {
    says: 'no limit',
    async observe() {
      const world = createTimeoutsWorld({ idleTimeout: 2 * MINUTE })
      const opened = await world.signedIn()
      await world.usedFor(1_000, opened)
      return (await opened.auth.getSession()) !== null
    },
  },
  'SessionTimeoutsOptions.notice': {
    async observe() {
      const world = createTimeoutsWorld({ idleTimeout: HOUR })
      const { near } = await world.signedIn()
      await world.clock.advance(HOUR)
      return near[0]
    },
  },
  'SessionTimeoutsOptions.activity': {
    says: 'presses, keys, wheels and touches in the page',
    async observe() {
      const heard: string[] = []
      vi.stubGlobal('addEventListener', (type: string) => heard.push(type))
      const world = createWorld()
      world.open({ timeouts: sessionTimeouts({ idleTimeout: HOUR }) })
      vi.unstubAllGlobals()
      return heard.join() === 'pointerdown,keydown,wheel,touchstart'
    },
  },
  'TakeOverOptions.storage': {
    says: "localStorage in pages, else the client's own storage",
    async observe() {
      const parse = (text: string) => ({ accessToken: text, lifetime: HOUR })
      const left = takeOver({ key: 'theirs', parse })
      const outside = createWorld()
      outside.browser.storage.entries.set('theirs', 'from its own')
      const own = await outside.open({ takeOver: left }).auth.getSession()
      plantPage().set('theirs', 'from localStorage')
      const page = await createWorld().open({ takeOver: left }).auth.getSession()
      return own?.accessToken === 'from its own' && page?.accessToken === 'from localStorage'
    },
  },
}

const calls: Readonly<Record<string, Probe>> = {
  'RefreshOptions.makeCurrent': {
    async observe() {
      const world = createWorld()
      const { auth } = world.open()
      const { refreshToken } = world.server.issue('ada')
      const { session } = await auth.refreshSession(refreshToken ?? '', {})
      return auth.getSnapshot().session === session
    },
  },
  'RefreshOptions.organizationId': {
    says: "the session's own",
    async observe() {
      const world = createWorld()
      const { auth } = await world.signedIn()
      await auth.refreshSession({ organizationId: 'org_2' })
      await auth.refreshSession()
      return world.server.organizations.join() === 'org_2,org_2'
    },
  },
  'AuthClientOptions.fetchOrigins': {
    says: 'none',
    async observe() {
      const { auth } = await createWorld().signedIn()
      const seen = await carried(() => auth.fetch('https://app.example/'))
      return seen.length === 1 && seen[0] === null
    },
  },
}

/** What the client does when it is told nothing. */
export const clientProbes: Readonly<Record<string, Probe>> = {
  ...environment,
  ...storages,
  ...timeProbes,
  ...calls,
}
