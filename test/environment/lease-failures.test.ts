import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/core/errors.js'
import type { Storage } from '../../src/core/ports.js'
import { leaseLock } from '../../src/environment/lease.js'
import { createFakeBrowser, type Step } from '../../src/testing/browser.js'
import { createContest, KINDS, NOTICE, storageOf, TERM } from '../support/contest.js'
import { createWorld, HOUR, untilSent } from '../support/world.js'

/** Bound of one call to storage, in ms. */
const LIMIT = 2_000

describe.each(KINDS)('a lease in %s storage', (kind) => {
  it.each([undefined, ''])('is free at once where %j stands for nothing', async (nothing) => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    const storage = storageOf(tab, kind)
    const say = (text: string | null | undefined) => text ?? nothing
    const update: Storage['update'] = async (key, change) =>
      storage.update?.(key, (text) => change(say(text) ?? null)) ?? null
    const vague: Storage = Object.assign({}, storage, {
      get: async (key: string) => say(await storage.get(key)),
      ...(storage.update && { update }),
    })
    const lock = leaseLock({ ...tab.environment, storage: vague })
    for (let round = 0; round < 2; round++) {
      let release = (): void => {}
      lock.acquire('lease', new AbortController().signal).then((free) => {
        release = free
      })
      await browser.clock.advance(NOTICE)
      expect(browser.storage.entries.has('lease')).toBe(true)
      release()
      await browser.clock.settle()
      expect(browser.storage.entries.has('lease')).toBe(false)
    }
  })
})

describe.each(KINDS)('a lease in %s storage that fails', (kind) => {
  it('is refused with a storage error at once where storage is blocked', async () => {
    const { browser, clock, ask } = createContest(kind)
    browser.storage.block()
    const contender = ask()
    await clock.settle()
    expect(contender.state).toBe('refused')
    expect(isAuthError(contender.reason, 'storage')).toBe(true)
    expect(clock.pending()).toBe(0)
  })

  it('is refused with a storage error in time where storage hangs', async () => {
    const { browser, clock, ask } = createContest(kind)
    browser.storage.hangReads(true)
    browser.storage.hangWrites(true)
    const contender = ask()
    await clock.advance(LIMIT - 10)
    expect(contender.state).toBe('waiting')
    await clock.advance(10)
    expect(contender.state).toBe('refused')
    expect(isAuthError(contender.reason, 'storage')).toBe(true)
    await clock.advance(LIMIT)
    expect(clock.pending()).toBe(0)
  })

  it('is refused to one who waits when storage begins to fail', async () => {
    const { browser, clock, ask, hold } = createContest(kind)
    await hold()
    const second = ask()
    await clock.advance(NOTICE)
    browser.storage.block()
    await clock.advance(NOTICE)
    expect(second.state).toBe('refused')
    expect(isAuthError(second.reason, 'storage')).toBe(true)
  })

  it('goes on after renewals that failed for less than its term', async () => {
    const { browser, clock, ask, hold } = createContest(kind)
    await hold()
    browser.storage.setQuotaExceeded(true)
    await clock.advance(TERM - 2_000)
    browser.storage.setQuotaExceeded(false)
    const second = ask()
    await clock.advance(2 * TERM)
    expect(second.state).toBe('waiting')
  })

  it('is free after its term when the release could not be written', async () => {
    const { browser, clock, ask, hold } = createContest(kind)
    const first = await hold()
    browser.storage.block()
    first.release()
    await clock.settle()
    browser.storage.block(false)
    const second = ask()
    await clock.advance(TERM + NOTICE)
    expect(second.state).toBe('holding')
  })
})

describe('a lease in storage without update', () => {
  /** Two ask at once, and the write of the second lands `delay` ms after both found it free. */
  async function race(delay: number, lag?: number) {
    const scheduler = ({ tab, kind }: Step) =>
      new Promise<void>((go) => {
        if (tab !== 'tab-2' || kind !== 'storage.set') go()
        else contest.clock.schedule(delay, go)
      })
    const contest = createContest('plain', { scheduler, lag })
    const both = [contest.ask(), contest.ask()]
    await contest.clock.advance(2 * (lag ?? 0) + delay + NOTICE)
    return { ...contest, both, holders: both.filter(({ state }) => state === 'holding').length }
  }

  it.each([0, 1, 10, 25, 49])('has one holder of two that write within %i ms', async (delay) => {
    const { both, holders, clock, peak } = await race(delay)
    expect(holders).toBe(1)
    for (const contender of both) contender.release()
    await clock.advance(2 * NOTICE)
    expect(both.filter(({ state }) => state === 'waiting')).toEqual([])
    expect(peak.holders).toBe(1)
  })

  it.each([100, 500, 900, 1_049])(
    'has one of two that write within a lag: %i ms',
    async (delay) => {
      expect((await race(delay, 1_000)).holders).toBe(1)
    },
  )

  it('is granted no earlier than others could read its claim', async () => {
    const { clock, ask } = createContest('plain', { lag: 1_000 })
    const contender = ask()
    await clock.advance(1_000)
    expect(contender.state).toBe('waiting')
    await clock.advance(1_000 + NOTICE)
    expect(contender.state).toBe('holding')
  })
})

describe('a lease in a storage that is slow', () => {
  /** Contenders for a lease whose storage takes so many ms for each call, and a write so many. */
  function slow(ms: number, writing = ms) {
    const contest: ReturnType<typeof createContest> = createContest('plain', {
      scheduler: ({ kind }) =>
        new Promise((go) => {
          if (kind.startsWith('storage.') && !kind.endsWith(':answer'))
            contest.clock.schedule(kind.startsWith('storage.set') ? writing : ms, go)
          else go()
        }),
    })
    return contest
  }

  it.each([500, 900, 1_300])('is granted, and kept by whoever asks for it: %i ms', async (ms) => {
    const { clock, ask } = slow(ms)
    const contender = ask()
    await clock.advance(6 * ms)
    expect(contender.state).toBe('holding')
    for (let n = 0; n < 5; n++) {
      await clock.advance(3 * ms)
      const held = contender.holds()
      await clock.advance(4 * ms)
      expect(await held).toBe(true)
    }
  })

  it('is free at once when it is released during a renewal', async () => {
    const { clock, ask, entry } = slow(100, 1_200)
    const contender = ask()
    let before = entry()
    while (before === undefined || entry() === before) {
      before = entry()
      await clock.advance(100)
    }
    // The next renewal has read that the lease is its own, and is about to write so.
    await clock.advance(900)
    expect(contender.state).toBe('holding')
    contender.release()
    await clock.advance(10_000)
    expect([entry(), clock.pending()]).toEqual([undefined, 0])
  })
})

describe.each(KINDS)('clients that share %s storage and no Web Locks', (kind) => {
  /** A tab with a client whose lock is a lease, as in a page outside secure contexts. */
  function openIn(world: ReturnType<typeof createWorld>, ms = 0) {
    const tab = world.browser.tab()
    const quick = storageOf(tab, kind)
    const slowly = async <T>(work: () => T | PromiseLike<T>): Promise<T> => {
      if (ms > 0) await new Promise<void>((go) => void world.clock.schedule(ms, go))
      return work()
    }
    const { update } = quick
    const storage: Storage = {
      get: (key) => slowly(() => quick.get(key)),
      set: (key, text) => slowly(() => quick.set(key, text)),
      remove: (key) => slowly(() => quick.remove(key)),
      ...(update && { update: (key, change) => slowly(() => update(key, change)) }),
    }
    const lock = leaseLock({ ...tab.environment, storage })
    return world.open({ storage, environment: { ...tab.environment, lock } })
  }

  it('send one refresh for one expiry to a slow server, and leave no lease behind', async () => {
    const world = createWorld()
    const tabs = [openIn(world), openIn(world), openIn(world)] as const
    const signedIn = tabs[0].auth.signIn({ name: 'ada' })
    await world.clock.advance(2 * NOTICE)
    await signedIn
    world.server.hold()
    await untilSent(world, 1)
    await world.clock.advance(TERM + 2 * NOTICE)
    expect(world.browser.storage.entries.has('holdfast:app')).toBe(true)
    world.server.release()
    await world.clock.advance(5_000)
    expect(world.browser.storage.entries.has('holdfast:app')).toBe(false)
    const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(world.server.sent).toEqual(['refresh-1'])
    expect(sessions.map((session) => session?.accessToken)).toEqual(Array(3).fill('access-2'))
  })

  it('refresh also where each call to storage takes most of a second', async () => {
    const world = createWorld()
    const tabs = [openIn(world, 900), openIn(world, 900)] as const
    const signedIn = tabs[0].auth.signIn({ name: 'ada' })
    await world.clock.advance(20_000)
    await signedIn
    await world.clock.advance(HOUR)
    const sessions = Promise.all(tabs.map(({ auth }) => auth.getSession()))
    await world.clock.advance(60_000)
    expect((await sessions).map((session) => session?.accessToken)).toEqual([
      'access-2',
      'access-2',
    ])
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})
