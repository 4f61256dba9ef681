import { describe, expect, it } from 'vitest'
import { createWorld, DAY, HOUR } from '../support/world.js'

describe('P10: clocks may lie', () => {
  it.each([-DAY, DAY, -400 * DAY, 400 * DAY])(
    'a device clock that is off by %i ms costs one refresh per token lifetime',
    async (clockSkew) => {
      const world = createWorld()
      const { auth } = world.open({}, { clockSkew })
      await auth.signIn({ name: 'ada' })
      await world.clock.advance(10 * HOUR)
      expect(world.server.sent.length).toBeGreaterThanOrEqual(10)
      // One per 49 minutes, where the margin and its window are the widest.
      expect(world.server.sent.length).toBeLessThanOrEqual(12)
    },
  )

  it.each([-DAY, DAY])('a clock that jumps by %i ms costs at most one refresh more', async (by) => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR / 2)
    world.clock.jump(by)
    for (let i = 0; i < 20; i++) await auth.getSession()
    expect(world.server.sent.length).toBeLessThanOrEqual(1)
    const next = world.open({ autoRefresh: false })
    for (let i = 0; i < 20; i++) await next.auth.getSession()
    expect(world.server.sent.length).toBeLessThanOrEqual(1)
  })

  it('a token that another host saves again is as old as before, to whoever finds it then', async () => {
    const QUIET = { autoRefresh: false } as const
    const world = createWorld()
    const first = world.open(QUIET, { clockSkew: HOUR })
    const second = world.open(QUIET)
    await second.auth.getSession()
    await first.auth.signIn({ name: 'ada' })
    await world.clock.settle()
    first.auth.dispose()
    await world.clock.advance(HOUR / 2)
    const { entries } = world.browser.storage
    const slot = [...entries.keys()].find((key) => entries.get(key)?.includes('access-1')) ?? ''
    entries.set(slot, 'damaged')
    const third = world.open(QUIET)
    expect(await third.auth.getSession()).toBeNull()
    second.tab.focus()
    await world.clock.advance(5_000)
    expect((await third.auth.getSession())?.accessToken).toBe('access-1')
    await world.clock.advance(HOUR / 2)
    expect((await third.auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a clock set back does not make a dead token look alive', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR + 1)
    world.clock.jump(-DAY)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a token of twenty seconds works: one refresh per twelve to fifteen', async () => {
    const world = createWorld({ lifetime: 20_000 })
    const { auth } = await world.signedIn()
    await world.clock.advance(150_000)
    expect(world.server.sent.length).toBeGreaterThanOrEqual(10)
    expect(world.server.sent.length).toBeLessThanOrEqual(12)
    expect(await auth.getSession()).not.toBeNull()
  })

  it('a clock that is set back during a refresh does not cost another one', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    world.server.hold()
    const refresh = auth.refreshSession()
    await world.clock.advance(1_000)
    tab.setClockSkew(-DAY)
    world.server.release()
    await refresh
    await world.clock.advance(HOUR / 2)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})

describe('a session that was found in storage', () => {
  it('is as old as it was: a clock that is set back then does not make its token live longer', async () => {
    const world = createWorld()
    await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(50 * 60_000)
    const { auth, tab } = world.open({ autoRefresh: false })
    await auth.getSession()
    tab.setClockSkew(-DAY)
    await world.clock.advance(11 * 60_000)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('is as old as it was for a tab that could not read storage when it was opened', async () => {
    const world = createWorld()
    await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(2 * HOUR)
    world.browser.storage.block()
    const { auth } = world.open({ autoRefresh: false })
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'storage' })
    await world.clock.settle()
    world.browser.storage.block(false)
    // A sibling tells of something: it need not be the session that this tab has missed.
    world.browser
      .tab()
      .environment.channel.open('holdfast:app', () => {})
      .post()
    await world.clock.settle()
    expect(auth.getSnapshot().session?.accessToken).toBe('access-1')
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })
})

const MINUTE = 60_000

describe('hosts whose clocks differ and that share a storage', () => {
  it.each([
    [-30 * MINUTE, 'visible'],
    [30 * MINUTE, 'visible'],
    [-3 * HOUR, 'visible'],
    [3 * HOUR, 'visible'],
    [-30 * MINUTE, false],
    [30 * MINUTE, false],
    [3 * HOUR, false],
  ] as const)(
    'refresh once per life, and serve no dead token (%i ms apart, autoRefresh %s)',
    async (clockSkew, autoRefresh) => {
      const world = createWorld()
      const right = await world.signedIn('ada', { autoRefresh })
      const other = world.open({ autoRefresh }, { clockSkew })
      await other.auth.getSession()
      await world.clock.settle()
      /** When each token was issued, by a clock of the world's own. */
      const issued = new Map<string, number>([['access-1', 0]])
      const slack = MINUTE
      for (let minute = 0; minute < 10 * 60; minute++) {
        await world.clock.advance(MINUTE)
        for (const { auth } of [right, other]) {
          const { accessToken = '' } = (await auth.getSession()) ?? {}
          const now = world.clock.monotonic()
          if (!issued.has(accessToken)) issued.set(accessToken, now - slack)
          expect(now - (issued.get(accessToken) ?? 0)).toBeLessThanOrEqual(HOUR + slack)
        }
      }
      // Ten lives, each a sixth and a minute shorter at the most.
      expect(world.server.sent.length).toBeLessThanOrEqual(13)
      expect(new Set(world.server.sent).size).toBe(world.server.sent.length)
    },
  )
})
