import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { createCookieWorld, grantOf } from '../support/cookie-world.js'
import { createWorld } from '../support/world.js'

const MINUTE = 60_000

const unavailable = (): never => {
  throw new AuthError('server_error', 'Not now.', { status: 503 })
}
const slowDown = (): never => {
  throw new AuthError('rate_limited', 'Slow down.', { status: 429, retryAfter: 30_000 })
}

/** What came of calls at once: the code of each failure, or whose session it was. */
const outcomes = async (calls: readonly Promise<{ user: { id: string } | null } | null>[]) =>
  (await Promise.allSettled(calls)).map((outcome) =>
    outcome.status === 'rejected' ? outcome.reason.code : (outcome.value?.user?.id ?? null),
  )

describe('a start whose question to the server fails', () => {
  it('is made up for without anybody asking', async () => {
    const world = createCookieWorld()
    world.jar.answer = unavailable
    const { auth, events } = world.open()
    await world.clock.advance(100)
    expect(auth.getSnapshot()).toMatchObject({
      status: 'signed-out',
      error: { code: 'server_error', status: 503 },
    })
    world.jar.answer = () => grantOf('ada', 's1')
    await world.clock.advance(MINUTE)
    expect(auth.getSnapshot()).toMatchObject({ session: { sessionId: 's1' }, error: null })
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-s1-1 elsewhere'])
  })

  it('says no more why once the server knows of nobody', async () => {
    const world = createCookieWorld()
    world.jar.answer = unavailable
    const { auth, events } = world.open()
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'server_error' })
    world.jar.answer = () => null
    await world.clock.advance(MINUTE)
    expect(auth.getSnapshot()).toMatchObject({ status: 'signed-out', error: null })
    expect(await auth.getSession()).toBeNull()
    expect(events).toEqual(['INITIAL_SESSION -'])
    expect(world.asked).toHaveLength(2)
  })

  it('is made up for at a wake, however rarely the server was asked by then', async () => {
    const world = createCookieWorld()
    world.jar.answer = unavailable
    const { auth, tab } = world.open()
    await world.clock.advance(60 * MINUTE)
    world.jar.answer = () => grantOf('ada', 's1')
    await world.clock.advance(40_000)
    expect(auth.getSnapshot().session).toBeNull()
    tab.focus()
    await world.clock.advance(1_000)
    expect(auth.getSnapshot().session?.sessionId).toBe('s1')
  })

  it('waits for the network, and for somebody who sees the page', async () => {
    const world = createCookieWorld()
    world.jar.answer = unavailable
    const { auth, tab } = world.open()
    tab.hide()
    await world.clock.advance(60 * MINUTE)
    expect(world.asked).toHaveLength(1)
    tab.goOffline()
    tab.show()
    await world.clock.advance(60 * MINUTE)
    expect(world.asked).toHaveLength(1)
    world.jar.answer = () => grantOf('ada', 's1')
    tab.goOnline()
    await world.clock.settle()
    expect(auth.getSnapshot().session?.sessionId).toBe('s1')
  })

  it('asks ever more rarely while nobody asks: an hour of outage is a few requests', async () => {
    const world = createCookieWorld()
    world.jar.answer = unavailable
    world.open()
    await world.clock.advance(60 * MINUTE)
    expect(world.asked.length).toBeGreaterThan(10)
    expect(world.asked.length).toBeLessThan(25)
  })

  it('answers all who ask while the server wants to be left alone, without a request', async () => {
    const world = createCookieWorld()
    world.jar.answer = slowDown
    const { auth } = world.open()
    await expect(auth.getSession()).rejects.toMatchObject({ retryAfter: 30_000 })
    await world.clock.advance(10_000)
    const calls = Array.from({ length: 30 }, () => auth.getSession())
    expect(new Set(await outcomes(calls))).toEqual(new Set(['rate_limited']))
    await expect(auth.getSession()).rejects.toMatchObject({ retryAfter: 20_000 })
    expect(world.asked).toHaveLength(1)
  })

  it('is tried again once for all who ask', async () => {
    const world = createCookieWorld()
    world.jar.answer = unavailable
    const { auth, tab } = world.open()
    tab.hide()
    await world.clock.advance(MINUTE)
    world.jar.answer = () => grantOf('ada', 's1')
    const calls = Array.from({ length: 30 }, () => auth.getSession())
    expect(new Set(await outcomes(calls))).toEqual(new Set(['ada']))
    expect(world.asked).toHaveLength(2)
  })

  it('is over with a sign-out: nobody is brought back by a later answer', async () => {
    const world = createCookieWorld()
    world.jar.answer = unavailable
    const { auth } = world.open()
    await auth.signOut()
    world.jar.answer = () => grantOf('ada', 's1')
    await world.clock.advance(10 * MINUTE)
    expect(await auth.getSession()).toBeNull()
  })

  it('leaves it open who is signed in, also where the provider itself fails', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => {
      throw new TypeError('planted')
    }
    const { auth } = world.open()
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'bad_response' })
  })
})

describe('tabs that start while the server cannot answer', () => {
  it('are one client: all ten ask no more often than one does', async () => {
    const world = createCookieWorld()
    world.jar.answer = slowDown
    const tabs = Array.from({ length: 10 }, () => world.open())
    await world.clock.advance(1_000)
    expect(world.asked).toHaveLength(1)
    for (let second = 0; second < 20; second++) {
      for (const { auth } of tabs) auth.getSession().catch(() => {})
      await world.clock.advance(1_000)
    }
    expect(world.asked).toHaveLength(1)
    world.jar.answer = () => grantOf('ada', 's1')
    await world.clock.advance(MINUTE)
    for (const { auth } of tabs) expect(auth.getSnapshot().session?.sessionId).toBe('s1')
  })

  it('obey the pause of a refresh that failed before, and show whom storage has', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const { auth } = world.open()
    await auth.getSession()
    world.jar.answer = slowDown
    world.server.fail({
      error: new AuthError('rate_limited', 'Slow down.', { retryAfter: 30_000 }),
    })
    await auth.refreshSession().catch(() => {})
    world.asked.splice(0)
    const tabs = Array.from({ length: 10 }, () => world.open())
    await world.clock.advance(1_000)
    for (const opened of tabs) {
      expect(opened.auth.getSnapshot()).toMatchObject({ session: { sessionId: 's1' }, error: null })
    }
    expect(world.asked).toEqual([])
  })

  it('leave the server alone for as long as the first of them was told, where storage has somebody', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    await world.open().auth.getSession()
    world.jar.answer = slowDown
    world.asked.splice(0)
    const tabs: ReturnType<typeof world.open>[] = []
    for (let opened = 0; opened < 5; opened++) {
      const tab = world.open()
      expect((await tab.auth.getSession())?.sessionId).toBe('s1')
      tabs.push(tab)
      await world.clock.advance(1_000)
    }
    expect(world.asked).toHaveLength(1)
    world.jar.answer = () => grantOf('ada', 's1', 2)
    await world.clock.advance(30_000)
    expect(world.asked).toHaveLength(2)
    for (const { auth } of [...tabs, world.open()]) {
      expect((await auth.getSession())?.accessToken).toBe('access-s1-2')
    }
    expect(world.browser.storage.entries.has('app.patience')).toBe(false)
  })
})

describe('a first look into storage that comes late', () => {
  /** A tab whose storage answers nothing for a while after it was opened. */
  async function slowTab(ms: number) {
    const world = createWorld()
    await world.signedIn()
    await world.clock.advance(1_000)
    world.browser.storage.hangReads(true)
    world.clock.schedule(ms, () => world.browser.storage.hangReads(false))
    return { ...world, ...world.open({ environment: { report() {} } }) }
  }

  it('signs nobody out of the page: it is read again', async () => {
    const { auth, events, clock } = await slowTab(3_000)
    const asked = expect(auth.getSession()).rejects.toMatchObject({ code: 'storage' })
    await clock.advance(2_500)
    await asked
    expect(auth.getSnapshot()).toMatchObject({ status: 'signed-out', error: { code: 'storage' } })
    await clock.advance(5_000)
    expect(auth.getSnapshot()).toMatchObject({ user: { id: 'ada' }, error: null })
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-1 elsewhere'])
  })

  it('is made up for in a hidden page too, and without a network', async () => {
    const { auth, tab, clock } = await slowTab(3_000)
    tab.hide()
    tab.goOffline()
    await clock.advance(10_000)
    expect(auth.getSnapshot().user?.id).toBe('ada')
  })

  it('tells of nobody in the end where storage never answers, and goes on trying', async () => {
    const { auth, clock } = await slowTab(10 * MINUTE)
    await clock.advance(20_000)
    const asked = auth.getSession()
    await clock.advance(2_000)
    expect(await asked).toBeNull()
    expect(auth.getSnapshot().error).toMatchObject({ code: 'storage' })
    await clock.advance(11 * MINUTE)
    expect(auth.getSnapshot().user?.id).toBe('ada')
  })
})
