import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, memoryStorage, type Storage } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Waits for the lock for a tenth of a second only. */
const HASTY = { requestTimeout: 50, storageTimeout: 10 }

describe('a read that waits for the lock', () => {
  it('is answered as soon as a sibling has refreshed', async () => {
    const world = createWorld()
    const sibling = await world.signedIn('ada', { ...HASTY, autoRefresh: false })
    const { auth } = world.open({ autoRefresh: false })
    await auth.getSession()
    world.browser.locks.neverGrant(true)
    await world.clock.advance(HOUR)
    const tokens: (string | undefined)[] = []
    auth.getSession().then((session) => tokens.push(session?.accessToken))
    sibling.auth.getSession()
    await world.clock.advance(1_000)
    expect(tokens).toEqual(['access-2'])
  })
})

describe('tabs that wait for another one’s refresh', () => {
  /** Tabs of ada whose holder of the lock keeps it for a second after each save. */
  async function laggingTabs(count: number) {
    const world = createWorld()
    const tabs = Array.from({ length: count }, () => {
      const { storage } = world.browser.tab({ storage: 'sync' })
      const fetchOrigins = ['https://api.example']
      return world.open({ ...QUIET, fetchOrigins, storage: { ...storage, lag: 1_000 } }).auth
    })
    await tabs[0]?.signIn({ name: 'ada' })
    await world.clock.settle()
    world.server.hold()
    return { world, tabs }
  }

  it('have the new token as soon as they hear of it, while the lock is still held', async () => {
    const { world, tabs } = await laggingTabs(10)
    await world.clock.advance(HOUR + 1)
    const answers: (string | undefined)[] = []
    for (const auth of tabs) auth.getSession().then((it) => answers.push(it?.accessToken))
    await world.clock.settle()
    world.server.release()
    await world.clock.settle()
    expect(answers).toEqual(tabs.map(() => 'access-2'))
    expect(world.browser.locks.queue('holdfast:app')).toHaveLength(1)
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('send their requests again with it, when theirs was refused', async () => {
    const { world, tabs } = await laggingTabs(2)
    vi.stubGlobal('fetch', async ({ headers }: Request) => {
      const stale = headers.get('authorization') === 'Bearer access-1'
      return new Response(null, { status: stale ? 401 : 200 })
    })
    const answers: unknown[] = []
    for (const auth of tabs) {
      const answer = auth.fetch('https://api.example/')
      answer.then(({ status }) => answers.push(status)).catch((error) => answers.push(error))
    }
    await world.clock.settle()
    world.server.release()
    await world.clock.settle()
    expect(answers).toEqual([200, 200])
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('need not wait for the lock, nor need those who ask while the request is on its way', async () => {
    const { world, tabs } = await laggingTabs(1)
    await world.clock.advance(HOUR + 1)
    const answers: (string | undefined)[] = []
    for (let n = 0; n < 3; n++) {
      tabs[0]?.getSession().then((it) => answers.push(it?.accessToken))
      await world.clock.settle()
    }
    world.server.release()
    await world.clock.settle()
    expect(answers).toEqual(['access-2', 'access-2', 'access-2'])
  })
})

const codeOf = (error: { readonly code?: unknown }): unknown => error.code

/** Tabs in which ada is signed in, with a server that takes so many ms for each answer. */
async function slowTabs(count: number, ms: number) {
  const world = createWorld()
  const { provider } = world.server
  const refresh: typeof provider.refresh = async (...its) => {
    const answer = await provider.refresh(...its)
    await new Promise<void>((resolve) => void world.clock.schedule(ms, resolve))
    return answer
  }
  const open = () => world.open({ ...QUIET, provider: { ...provider, refresh } })
  const tabs = Array.from({ length: count }, open)
  await tabs[0]?.auth.signIn({ name: 'ada' })
  await world.clock.settle()
  return { world, tabs }
}

describe('tabs that all call refreshSession() while the server is slow', () => {
  it.each([
    [10, 3_000],
    [20, 1_500],
    [12, 9_000],
  ])('are served one by one: %i tabs, %i ms', async (count, ms) => {
    const { world, tabs } = await slowTabs(count, ms)
    const answers = tabs.map(({ auth }) => auth.refreshSession().catch(codeOf))
    await world.clock.advance(count * ms + 1_000)
    expect(new Set(world.server.sent).size).toBe(count)
    expect(world.server.sent).toHaveLength(count)
    expect(await Promise.all(answers)).not.toContain('refresh_rejected')
    expect(tabs.map(({ auth }) => auth.getSnapshot().status)).toEqual(tabs.map(() => 'signed-in'))
    expect(tabs.flatMap(({ tab }) => tab.errors)).toEqual([])
  })

  it('send nothing out of turn when the line is too long to wait for, and say so', async () => {
    const { world, tabs } = await slowTabs(30, 9_900)
    const answers = tabs.map(({ auth }) => auth.refreshSession().catch((error) => error))
    await world.clock.advance(600_000)
    const late = (await Promise.all(answers)).filter((answer) => answer instanceof AuthError)
    expect(late.length).toBeGreaterThan(0)
    for (const error of late) expect(error).toMatchObject({ code: 'timeout', retryable: true })
    expect(new Set(world.server.sent).size).toBe(world.server.sent.length)
    expect(tabs.map(({ auth }) => auth.getSnapshot().status)).toEqual(tabs.map(() => 'signed-in'))
  })

  it('leave a tab that only wants a token no longer in the line than it takes to learn of a failure', async () => {
    const { world, tabs } = await slowTabs(10, 0)
    await world.clock.advance(HOUR + 1)
    world.browser.bus.loseMessages(true)
    world.server.hold()
    const [last, ...others] = [...tabs].reverse()
    const forced = others.map(({ auth }) => auth.refreshSession().catch(codeOf))
    await world.clock.settle()
    let waits = true
    const answer = last?.auth.getSession().catch(codeOf)
    answer?.finally(() => {
      waits = false
    })
    await world.clock.advance(70_000)
    expect(waits).toBe(false)
    expect(await answer).toBe('timeout')
    await world.clock.advance(100_000)
    expect(await Promise.all(forced)).toEqual(others.map(() => 'timeout'))
  })
})

describe('the lock', () => {
  it('is asked for once by a tab that could not save, however long it is not granted', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada', QUIET)
    world.browser.storage.setQuotaExceeded(true)
    await auth.refreshSession()
    world.browser.locks.neverGrant(true)
    await world.clock.advance(15_000)
    expect(world.browser.locks.queue('holdfast:app')).toEqual([tab.name])
  })

  it.each([0, 5_000])(
    'is waited for as long as its holder may need, with a storage of a lag of %d ms',
    async (lag) => {
      const world = createWorld()
      const { clock, server } = world
      const options = { ...QUIET, requestTimeout: 1_000, storageTimeout: 200 }
      const state = { slow: false, failing: false, refuses: 0 }
      const take = async (ms: number): Promise<void> => {
        if (state.slow) await new Promise<void>((resolve) => void clock.schedule(ms, resolve))
      }
      const { storage } = world.browser.tab({ storage: 'sync' })
      // Just in time, each of them; the first try at the save fails then.
      const slow: Storage = {
        get: async (key) => {
          await take(99)
          return storage.get(key)
        },
        set: async (key, text) => {
          await take(key === 'app.patience' ? 99 : 199)
          if (state.slow && state.refuses-- > 0) throw new Error('Full.')
          await storage.set(key, text)
        },
        remove: async (key) => {
          await take(99)
          await storage.remove(key)
        },
        lag,
      }
      const provider = {
        ...server.provider,
        async refresh(...its: Parameters<typeof server.provider.refresh>) {
          if (state.failing) throw new AuthError('network', 'Down.')
          const answer = await server.provider.refresh(...its)
          await take(999)
          return answer
        },
      }
      const { auth } = await world.signedIn('ada', { ...options, provider, storage: slow })
      const waiting = world.open({ ...options, storage: { ...storage, lag } })
      await waiting.auth.getSession()
      state.failing = true
      await expect(auth.refreshSession()).rejects.toThrow('Down.')
      await clock.advance(lag + 1_000)
      Object.assign(state, { slow: true, failing: false, refuses: 1 })
      const first = auth.refreshSession()
      const second = waiting.auth.refreshSession()
      await clock.advance(20_000)
      expect((await first).session.accessToken).toBe('access-2')
      expect((await second).session.accessToken).toBe('access-3')
      expect(waiting.tab.errors).toEqual([])
      expect(server.sent).toEqual(['refresh-1', 'refresh-2'])
    },
  )

  it('that is never granted costs time, not the session', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    world.browser.locks.neverGrant(true)
    const refresh = auth.refreshSession()
    await world.clock.advance(22_000)
    expect((await refresh).session.accessToken).toBe('access-2')
  })

  it('is waited for no longer by a refresh whose session ended', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.browser.locks.neverGrant(true)
    const refresh = expect(auth.refreshSession()).rejects.toMatchObject({ code: 'session_missing' })
    await world.clock.settle()
    await auth.signOut()
    await refresh
    expect(world.browser.locks.queue('holdfast:app')).toEqual([])
  })
})

describe('a refresh that takes a second round', () => {
  it('asks for the lock anew: it may have been lost in the first', async () => {
    const world = createWorld()
    const { lock: inner } = world.browser.tab().environment
    let asked = 0
    const acquire: typeof inner.acquire = (name, signal) => {
      asked++
      return inner.acquire(name, signal)
    }
    const environment = { lock: { acquire } }
    const { auth } = await world.signedIn('ada', { autoRefresh: false, environment })
    asked = 0
    world.server.fail({ answer: world.server.issue('ada', 'org_1') })
    await auth.refreshSession({ organizationId: 'org_2' })
    expect(asked).toBe(2)
  })
})

describe('a refresh whose page sleeps between its look at storage and its request', () => {
  it('asks for the lock again, and for what another one has stored meanwhile', async () => {
    const world = createWorld()
    const sibling = await world.signedIn('ada', QUIET)
    const { lock: inner } = world.browser.tab().environment
    let asked = 0
    /** The first grant is lost at once, to a sibling that refreshes. */
    const acquire: typeof inner.acquire = async (name, signal) => {
      const release = await inner.acquire(name, signal)
      if (++asked > 1) return release
      const holds = async (): Promise<boolean> => {
        release()
        sibling.auth.refreshSession().catch(() => {})
        return false
      }
      return Object.assign(() => release(), { holds })
    }
    const { auth } = world.open({ ...QUIET, environment: { lock: { acquire } } })
    await auth.getSession()
    await world.clock.advance(HOUR + 1)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect([asked, world.server.sent]).toEqual([2, ['refresh-1']])
  })
})

describe('tabs that wake from sleep together', () => {
  it('wait for the lock again, and do not all send the token that one of them is trading', async () => {
    const world = createWorld()
    const one = await world.signedIn('ada', QUIET)
    const two = world.open(QUIET)
    await two.auth.getSession()
    world.server.hold()
    const calls = [one.auth.refreshSession(), two.auth.refreshSession()].map((call) =>
      call.catch((error: unknown) => error),
    )
    await world.clock.settle()
    for (const { tab } of [one, two]) tab.freeze()
    await world.clock.advance(60_000)
    two.tab.thaw()
    await world.clock.advance(5_000)
    expect(world.server.sent).toEqual(['refresh-1'])
    world.server.release()
    one.tab.thaw()
    await world.clock.advance(20_000)
    await Promise.all(calls)
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })
})

describe('a request that may take longer than usual', () => {
  it.each([10_000, 30_000])(
    'is waited for by the other tabs: with %i ms no token is sent twice',
    async (requestTimeout) => {
      const world = createWorld()
      const one = await world.signedIn('ada', { ...QUIET, requestTimeout })
      const two = world.open({ ...QUIET, requestTimeout })
      await two.auth.getSession()
      world.server.hold()
      const first = one.auth.refreshSession()
      await world.clock.advance(1)
      const second = two.auth.refreshSession()
      await world.clock.advance(requestTimeout - 5_000)
      world.server.release()
      await world.clock.advance(60_000)
      expect((await first).session.accessToken).toBe('access-2')
      expect((await second).session.accessToken).toBe('access-3')
      expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
    },
  )
})

describe('a storage whose writes are seen by other processes a moment later', () => {
  const LAG = 100
  const SEEN_AFTER = 50

  it.each(['a refresh', 'a save that is tried again', 'a failed attempt'])(
    'costs no second request after %s',
    async (what) => {
      const world = createWorld()
      const { storage } = world.browser.tab({ storage: 'sync' })
      /** What the second process sees. */
      const copy = new Map<string, string>()
      const follow = (): void => {
        copy.clear()
        for (const [key, text] of world.browser.storage.entries) copy.set(key, text)
      }
      const one = world.open({ ...QUIET, storage: { ...storage, lag: LAG } })
      await one.auth.signIn({ name: 'ada' })
      await world.clock.settle()
      // The turn after a save keeps the lock in any case: this one is not that of the failure.
      if (what === 'a failed attempt') await one.auth.refreshSession()
      await world.clock.advance(LAG)
      follow()
      const { storage: behind } = world.browser.tab({ storage: 'sync' })
      const two = world.open({
        ...QUIET,
        storage: {
          get: (key) => copy.get(key) ?? null,
          set: behind.set,
          remove: behind.remove,
          lag: LAG,
        },
        environment: { channel: { open: () => ({ post() {}, close() {} }) } },
      })
      expect(await two.auth.getSession()).toEqual(await one.auth.getSession())
      if (what === 'a failed attempt') {
        await world.clock.advance(HOUR)
        world.server.outage()
        await one.auth.getSession().catch(() => {})
      } else {
        world.browser.storage.setQuotaExceeded(what !== 'a refresh')
        await one.auth.refreshSession()
        world.browser.storage.setQuotaExceeded(false)
        for (let ms = 0; ms < 60_000 && !world.stored().includes('refresh-2'); ms += 10) {
          await world.clock.advance(10)
        }
      }
      const sent = world.server.sent.length
      const answer = two.auth.getSession().catch(() => null)
      const forced = what === 'a failed attempt' ? null : two.auth.refreshSession()
      await world.clock.advance(SEEN_AFTER)
      follow()
      await world.clock.advance(SEEN_AFTER)
      await Promise.all([answer, forced])
      expect(world.server.sent.filter((token) => token === 'refresh-1')).toHaveLength(1)
      expect(world.server.sent.length).toBe(sent + (forced ? 1 : 0))
    },
  )

  /** Two processes, each of which sees what the other writes 50 ms later; of two writes the last stays. */
  function laggingViews(world: ReturnType<typeof createWorld>): readonly Storage[] {
    const truth = new Map<string, string>()
    const views = [new Map<string, string>(), new Map<string, string>()]
    const change = (mine: Map<string, string>, key: string, text: string | null): void => {
      for (const entries of [mine, truth])
        text === null ? entries.delete(key) : entries.set(key, text)
      const written = truth.get(key)
      world.clock.schedule(SEEN_AFTER, () => {
        if (truth.get(key) !== written) return
        for (const view of views) written === undefined ? view.delete(key) : view.set(key, written)
      })
    }
    return views.map((view) => ({
      lag: LAG,
      get: (key) => view.get(key) ?? null,
      set: (key, text) => change(view, key, text),
      remove: (key) => change(view, key, null),
    }))
  }

  it('ends no sign-in that the process could not see yet whose own session is refused', async () => {
    const world = createWorld()
    const [first, second] = laggingViews(world)
    const { auth } = await world.signedIn('ada', { ...QUIET, storage: first })
    await world.clock.advance(1_000)
    const sibling = world.open({ ...QUIET, storage: second })
    await sibling.auth.getSession()
    world.server.setRefusal(new AuthError('refresh_rejected', 'Banned.', { status: 403 }))
    const refused = auth.refreshSession().catch((error: unknown) => error)
    await sibling.auth.signIn({ name: 'bob' })
    await world.clock.advance(5_000)
    await refused
    const people = [await auth.getSession(), await sibling.auth.getSession()]
    expect(people.map((session) => session?.user?.id)).toEqual(['bob', 'bob'])
  })

  it('costs no second refresh when a token has expired', async () => {
    const world = createWorld()
    const [first, second] = laggingViews(world)
    const { auth } = await world.signedIn('ada', { storage: first, autoRefresh: false })
    await world.clock.advance(1_000)
    const sibling = world.open({ storage: second, autoRefresh: false })
    await sibling.auth.getSession()
    await world.clock.advance(HOUR)
    const sessions = Promise.all([auth.getSession(), sibling.auth.getSession()])
    await world.clock.advance(1_000)
    expect((await sessions).map((session) => session?.accessToken)).toEqual([
      'access-2',
      'access-2',
    ])
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})

describe('clients of one name', () => {
  /** What two of them have sent while the server has not answered yet. */
  async function sentBy(one: Storage, other: Storage): Promise<readonly string[]> {
    const world = createWorld()
    const tabs = [one, other].map((storage) => world.open({ ...QUIET, storage }))
    for (const { auth } of tabs) await auth.signIn({ name: 'ada' })
    await world.clock.settle()
    world.server.hold()
    for (const { auth } of tabs) auth.refreshSession().catch(() => {})
    await world.clock.settle()
    return world.server.sent
  }

  it('do not wait for each other, where each has a memory of its own', async () => {
    expect(await sentBy(memoryStorage(), memoryStorage())).toEqual(['refresh-1', 'refresh-2'])
  })

  it('take turns, where they share a memory', async () => {
    const shared = memoryStorage()
    expect(await sentBy(shared, shared)).toEqual(['refresh-2'])
  })

  it('do not wait for each other, where their storages have another id', async () => {
    const storageOf = (id: string): Storage => ({ ...memoryStorage(), id })
    expect(await sentBy(storageOf('one'), storageOf('other'))).toHaveLength(2)
    expect(await sentBy(storageOf('one'), storageOf('one'))).toHaveLength(1)
  })

  it('are not told of changes in memories of others', async () => {
    const world = createWorld()
    const memory = memoryStorage()
    let reads = 0
    const counted: Storage = {
      ...memory,
      get: (key) => {
        reads++
        return memory.get(key)
      },
    }
    world.open({ ...QUIET, storage: counted })
    const { auth } = world.open({ ...QUIET, storage: memoryStorage() })
    await world.clock.advance(1_000)
    const before = reads
    await auth.signIn({ name: 'ada' })
    await world.clock.advance(1_000)
    expect(reads).toBe(before)
  })
})
