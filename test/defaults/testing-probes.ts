import { vi } from 'vitest'
import { createFakeBrowser, createManualClock } from '../../src/testing/index.js'
import { createServer, type ServerParts } from '../../src/testing/server/serve.js'
import type { Probe } from './documented.js'
import { at, DAY, lasts } from './times.js'

const clocks: Readonly<Record<string, Probe>> = {
  'ManualClockOptions.now': { observe: () => createManualClock().now() },
  'ManualClockOptions.monotonic': { observe: () => createManualClock().monotonic() },
  'ManualClockOptions.settle': {
    says: 'some turns of the event loop, and the end of tracked work',
    async observe() {
      const clock = createManualClock()
      const ended: string[] = []
      const turns = async (): Promise<void> => {
        for (let count = 0; count < 3; count++) await new Promise((next) => setImmediate(next))
        ended.push('turns')
      }
      const digest = async (): Promise<void> => {
        // Longer than the turns that promises are given: real work, in threads of the platform.
        for (let count = 0; count < 50; count++) {
          await crypto.subtle.digest('SHA-256', new Uint8Array(100_000))
        }
        ended.push('tracked')
      }
      void clock.track(digest())
      void turns()
      await clock.settle()
      return ended.join() === 'turns,tracked'
    },
  },
  'SleepOptions.monotonic': {
    async observe() {
      const clock = createManualClock()
      await clock.sleep(1_000)
      return clock.monotonic() === 0 ? 'stops' : 'continues'
    },
  },
}

/** What a browser with this seed draws first, in its first tab. */
const drawn = (seed?: number): number | undefined =>
  createFakeBrowser({ seed }).tab().environment.random?.()

const browsers: Readonly<Record<string, Probe>> = {
  'FakeBrowserOptions.clock': {
    says: 'a new manual clock',
    async observe() {
      const [one, other] = [createFakeBrowser(), createFakeBrowser()]
      await one.clock.advance(1_000)
      return one.clock.monotonic() === 1_000 && other.clock.monotonic() === 0
    },
  },
  'FakeBrowserOptions.scheduler': {
    says: 'at once, in order',
    async observe() {
      const browser = createFakeBrowser()
      const { storage } = browser.tab()
      const done: string[] = []
      for (const key of ['a', 'b', 'c']) {
        void Promise.resolve(storage.set(key, '1')).then(() => done.push(key))
      }
      await browser.clock.settle()
      return done.join() === 'a,b,c' && browser.clock.monotonic() === 0
    },
  },
  'FakeBrowserOptions.seed': {
    observe: () => [1, 2, 3].find((seed) => drawn(seed) === drawn()),
  },
  'FakeBrowserStorage.failNextSet': {
    async observe() {
      const browser = createFakeBrowser()
      const { storage } = browser.tab({ storage: 'sync' })
      browser.storage.failNextSet(new Error('The disk is full.'))
      const fails = async (): Promise<boolean> => {
        try {
          await storage.set('key', 'value')
          return false
        } catch {
          return true
        }
      }
      let failures = 0
      while (failures < 10 && (await fails())) failures++
      return failures
    },
  },
  'FakeTabOptions.name': {
    says: "'tab-1', 'tab-2', …",
    observe() {
      const browser = createFakeBrowser()
      return [browser.tab(), browser.tab()].map(({ name }) => name).join() === 'tab-1,tab-2'
    },
  },
  'FakeTabOptions.storage': {
    observe: () =>
      createFakeBrowser().tab().storage.get('key') instanceof Promise ? 'async' : 'sync',
  },
  'FakeTabOptions.clockSkew': {
    observe() {
      const browser = createFakeBrowser()
      return (browser.tab().environment.clock?.now() ?? Number.NaN) - browser.clock.now()
    },
  },
  'FakeTabOptions.href': {
    observe: () => createFakeBrowser().tab().environment.page?.href(),
  },
  'FakeTabOptions.cors': {
    says: 'false; a server that is written for one test seldom speaks of that',
    async observe() {
      const send = createFakeBrowser()
        .tab()
        .fetch(async () => new Response('fine'))
      return (await send('https://auth.example')).ok
    },
  },
}

/** A server that says fine, to each request that no fault meets. */
const createFine = (parts: Partial<ServerParts<object>> = {}) =>
  createServer({
    limit: () => new Response(null, { status: 429 }),
    now: () => 0,
    about: ({ url }) => ({ path: url.pathname, grant: null, presented: null }),
    answer: async () => Response.json({}),
    said: () => ({ code: null, returned: null }),
    ...parts,
  })

const servers: Readonly<Record<string, Probe>> = {
  'ServerParts.wait': {
    says: 'setTimeout',
    async observe() {
      const server = createFine()
      server.fail({ type: 'slow', delay: 1_230 })
      return (await lasts(() => server.fetch('http://localhost/a'))) === 1_230
    },
  },
  'Fault.status': {
    async observe() {
      const server = createFine()
      server.fail({ type: 'html' })
      const { status, headers } = await server.fetch('http://localhost/a')
      return headers.get('content-type') === 'text/html' && status
    },
  },
  'FaultScope.times': {
    async observe() {
      const server = createFine()
      server.fail({ type: 'status', status: 503 })
      let failures = 0
      while (failures < 10 && !(await server.fetch('http://localhost/a')).ok) failures++
      return failures
    },
  },
  'FaultScope.path': {
    says: 'any',
    async observe() {
      const server = createFine()
      server.fail({ type: 'status', status: 503 }, { times: 3 })
      const paths = ['/a', '/b', '/c/d']
      const answers = await Promise.all(
        paths.map((path) => server.fetch(`http://localhost${path}`)),
      )
      return answers.every(({ status }) => status === 503)
    },
  },
}

/** A scripted server, made with nothing but these. */
export interface PlainServer {
  readonly fetch: typeof fetch
  readonly requests: readonly { readonly at: number }[]
  fail(fault: { readonly type: 'slow'; readonly delay: number }): unknown
}

/** What every scripted server is made of when it is told nothing: `work` draws random numbers. */
export function platformProbes(
  owner: string,
  make: () => PlainServer,
  work: (server: PlainServer) => Promise<unknown>,
): Readonly<Record<string, Probe>> {
  return {
    [`${owner}.clock`]: {
      says: "the system's clock",
      async observe() {
        const server = make()
        await at(DAY, () => work(server))
        await at(2 * DAY, () => work(server))
        const times = server.requests.map((entry) => entry.at)
        return times[0] === DAY && times.at(-1) === 2 * DAY
      },
    },
    [`${owner}.wait`]: {
      says: 'setTimeout',
      async observe() {
        const server = make()
        server.fail({ type: 'slow', delay: 1_230 })
        return (await lasts(() => work(server))) === 1_230
      },
    },
    [`${owner}.random`]: {
      says: 'Math.random',
      async observe() {
        const random = vi.spyOn(Math, 'random')
        await work(make())
        const drew = random.mock.calls.length > 0
        random.mockRestore()
        return drew
      },
    },
  }
}

/** What the kit for tests does when it is told nothing. */
export const testingProbes: Readonly<Record<string, Probe>> = {
  ...clocks,
  ...browsers,
  ...servers,
}
