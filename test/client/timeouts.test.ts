import { describe, expect, it } from 'vitest'
import { isAuthSessionMissingError, sessionTimeouts } from '../../src/index.js'
import { createTimeoutsWorld, MINUTE } from '../support/timeouts-world.js'
import { HOUR } from '../support/world.js'

const IDLE = { idleTimeout: 15 * MINUTE }
const ABSOLUTE = { absoluteTimeout: 8 * HOUR }

describe('a session that nobody uses', () => {
  it('ends by itself, in every tab, and at the server', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    const other = world.open()
    await world.clock.advance(15 * MINUTE)
    expect(await one.auth.getSession()).toBeNull()
    expect(await other.auth.getSession()).toBeNull()
    expect(one.events.at(-1)).toBe('SIGNED_OUT - because idle')
    expect(other.events.at(-1)).toMatch(/^SIGNED_OUT - because (idle|other-context elsewhere)$/)
    expect(other.auth.getSnapshot().error?.code).toBe('idle_timeout')
    expect(world.server.revoked).toEqual(['local access-1'])
    expect(world.stored()).not.toContain('refresh-')
  })

  it('is ended at the server once, by tabs that come to its end at the same time', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    const other = world.open()
    await other.auth.getSession()
    world.browser.bus.loseMessages(true)
    await world.clock.advance(15 * MINUTE)
    expect(one.events.at(-1)).toBe('SIGNED_OUT - because idle')
    expect(other.events.at(-1)).toBe('SIGNED_OUT - because idle')
    expect(world.server.revoked).toEqual(['local access-1'])
  })

  it('goes on as long as somebody is in any of its tabs', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    const other = world.open()
    await other.auth.getSession()
    await world.usedFor(120, other)
    expect(await one.auth.getSession()).not.toBeNull()
    await world.clock.advance(14 * MINUTE)
    expect(await one.auth.getSession()).not.toBeNull()
    await world.clock.advance(MINUTE)
    expect(await one.auth.getSession()).toBeNull()
    expect(await other.auth.getSession()).toBeNull()
  })

  it('goes on for a tab that was frozen while somebody was in another one', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    const other = world.open()
    await other.auth.getSession()
    one.tab.freeze()
    await world.usedFor(60, other)
    one.tab.thaw()
    expect(await one.auth.getSession()).not.toBeNull()
    expect(await other.auth.getSession()).not.toBeNull()
  })

  it('is not kept alive by refreshes, calls, or what goes on in a hidden tab', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth, tab, use } = await world.signedIn()
    tab.hide()
    for (let minute = 0; minute < 15; minute++) {
      use()
      await auth.refreshSession().catch(() => {})
      await auth.getSession()
      await world.clock.advance(MINUTE)
    }
    expect(await auth.getSession()).toBeNull()
  })

  it('is over when the device wakes, before anybody is given it', async () => {
    for (const monotonic of ['stops', 'continues'] as const) {
      const world = createTimeoutsWorld(IDLE)
      const { auth } = await world.signedIn()
      const session = world.clock.sleep(16 * MINUTE, { monotonic }).then(() => auth.getSession())
      expect(await session).toBeNull()
      await expect(auth.refreshSession()).rejects.toSatisfy(isAuthSessionMissingError)
      expect(world.server.sent).toHaveLength(0)
    }
  })

  it('is not refreshed once more when the device wakes', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth, tab } = await world.signedIn()
    await world.clock.sleep(2 * HOUR)
    tab.focus()
    await world.clock.settle()
    expect(auth.getSnapshot().session).toBeNull()
    expect(world.server.sent).toEqual([])
  })

  it('is over for whoever comes back to a browser that was closed', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { tab } = await world.signedIn()
    tab.crash()
    await world.clock.advance(16 * MINUTE)
    const next = world.open()
    expect(await next.auth.getSession()).toBeNull()
    expect(next.events).toEqual(['INITIAL_SESSION -'])
    expect(next.auth.getSnapshot().error?.code).toBe('idle_timeout')
    expect(world.server.revoked).toEqual(['local access-1'])
  })

  it('has what was left of its time after a crash, not all of it anew', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { tab } = await world.signedIn()
    await world.clock.advance(10 * MINUTE)
    tab.crash()
    const { auth } = world.open()
    expect(await auth.getSession()).not.toBeNull()
    await world.clock.advance(4 * MINUTE)
    expect(await auth.getSession()).not.toBeNull()
    await world.clock.advance(MINUTE)
    expect(await auth.getSession()).toBeNull()
  })

  it('is not there again for who uses the page once its time is up', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth, use } = await world.signedIn()
    const asleep = world.clock.sleep(16 * MINUTE)
    use()
    await asleep
    use()
    await auth.stay()
    expect(await auth.getSession()).toBeNull()
  })
})

describe('a session that has lasted long enough', () => {
  it('ends however much it is used, counted from the sign-in', async () => {
    const world = createTimeoutsWorld({ ...IDLE, ...ABSOLUTE })
    const one = await world.signedIn()
    await world.usedFor(4 * 60, one)
    one.tab.crash()
    const two = world.open()
    expect(await two.auth.getSession()).not.toBeNull()
    await world.usedFor(4 * 60 - 1, two)
    expect(await two.auth.getSession()).not.toBeNull()
    await two.auth.stay()
    await world.clock.advance(MINUTE)
    expect(await two.auth.getSession()).toBeNull()
    expect(two.events.at(-1)).toBe('SIGNED_OUT - because absolute')
  })

  it('does not begin anew where the note of its beginning was deleted, while a tab lives that knows', async () => {
    const world = createTimeoutsWorld(ABSOLUTE)
    const one = await world.signedIn()
    await world.clock.advance(4 * HOUR)
    world.browser.storage.entries.delete('app.timeouts')
    const two = world.open()
    expect(await two.auth.getSession()).not.toBeNull()
    await world.clock.advance(4 * HOUR)
    expect(await one.auth.getSession()).toBeNull()
    expect(await two.auth.getSession()).toBeNull()
  })

  it('keeps its beginning though a tab is used that has not heard of its sign-in', async () => {
    const world = createTimeoutsWorld({ ...IDLE, ...ABSOLUTE })
    const one = await world.signedIn()
    const other = world.open()
    await other.auth.getSession()
    world.browser.bus.loseMessages(true)
    await other.auth.signIn({ name: 'bob' })
    await world.clock.settle()
    const note = world.browser.storage.entries.get('app.timeouts')
    await world.usedFor(2, one)
    expect(one.auth.getSnapshot().session?.user?.id).toBe('ada')
    expect(world.browser.storage.entries.get('app.timeouts')).toBe(note)
  })

  it('begins anew with the next sign-in', async () => {
    const world = createTimeoutsWorld(ABSOLUTE)
    const { auth } = await world.signedIn()
    await world.clock.advance(7 * HOUR)
    await auth.signIn({ name: 'ada' })
    await world.clock.advance(7 * HOUR)
    expect(await auth.getSession()).not.toBeNull()
    await world.clock.advance(HOUR)
    expect(await auth.getSession()).toBeNull()
  })
})

describe('an end that is near', () => {
  it('is told a minute before, once, with the time at which it comes', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth, near } = await world.signedIn()
    await world.clock.advance(14 * MINUTE - 1)
    expect(near).toEqual([])
    await world.clock.advance(30_000)
    expect(near).toEqual([MINUTE])
    await world.clock.advance(MINUTE)
    expect(near).toEqual([MINUTE])
    expect(await auth.getSession()).toBeNull()
  })

  it('moves away when somebody says to stay, in all tabs within two seconds', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    const other = world.open()
    await world.clock.advance(14 * MINUTE + 30_000)
    await one.auth.stay()
    await world.clock.advance(2_000)
    expect(one.near).toEqual([MINUTE, null])
    expect(other.near).toEqual([MINUTE, null])
    await world.clock.advance(14 * MINUTE)
    expect(await other.auth.getSession()).not.toBeNull()
  })

  it('is told in no tab while somebody is in another one', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    const other = world.open()
    await other.auth.getSession()
    await world.usedFor(60, other)
    expect(one.near).toEqual([])
  })

  it('is half of a short timeout away at the most', async () => {
    const world = createTimeoutsWorld({ idleTimeout: MINUTE, notice: HOUR })
    const { near } = await world.signedIn()
    await world.clock.advance(45_000)
    expect(near).toEqual([30_000])
  })

  it('is forgotten with its session', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth, near } = await world.signedIn()
    await world.clock.advance(14 * MINUTE + 30_000)
    await auth.signOut()
    await auth.signIn({ name: 'bob' })
    await world.clock.advance(10_000)
    expect(near).toEqual([MINUTE])
  })
})

describe('clocks that are set', () => {
  it('win nothing by being set back while a tab sees it', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth, tab } = await world.signedIn()
    await world.clock.advance(10 * MINUTE)
    world.clock.jump(-9 * MINUTE)
    const other = world.open()
    expect(await other.auth.getSession()).not.toBeNull()
    await world.clock.advance(5 * MINUTE)
    expect(await auth.getSession()).toBeNull()
    expect(await other.auth.getSession()).toBeNull()
    expect(tab.errors).toEqual([])
  })

  it('cost nobody a session who is there when they are set back: a new tab goes on with it at once', async () => {
    for (const back of [2 * MINUTE, 3 * HOUR]) {
      const world = createTimeoutsWorld(IDLE)
      const one = await world.signedIn()
      await world.usedFor(20, one)
      world.clock.jump(-back)
      one.use()
      await world.clock.settle()
      const other = world.open()
      expect(await other.auth.getSession()).not.toBeNull()
      await world.clock.advance(14 * MINUTE)
      expect(await one.auth.getSession()).not.toBeNull()
      await world.clock.advance(MINUTE)
      expect(await one.auth.getSession()).toBeNull()
      expect(await other.auth.getSession()).toBeNull()
    }
  })

  it('cost nobody a session who opens a tab before any other has looked at its clock', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    await world.usedFor(20, one)
    await world.clock.advance(5 * MINUTE)
    world.clock.jump(-3 * HOUR)
    const other = world.open()
    const opened = other.auth.getSession()
    await world.clock.advance(2_000)
    expect(await opened).not.toBeNull()
    // And it is no later than it was.
    await world.clock.advance(10 * MINUTE)
    expect(await other.auth.getSession()).toBeNull()
    expect(await one.auth.getSession()).toBeNull()
  })

  it('are noticed by whoever asks for a session, also while nobody is there', async () => {
    const world = createTimeoutsWorld(IDLE)
    const one = await world.signedIn()
    await world.clock.advance(10 * MINUTE)
    world.clock.jump(-5 * MINUTE)
    expect(await one.auth.getSession()).not.toBeNull()
    await world.clock.settle()
    one.tab.crash()
    const other = world.open()
    expect(await other.auth.getSession()).not.toBeNull()
    await world.clock.advance(5 * MINUTE)
    expect(await other.auth.getSession()).toBeNull()
  })

  it('end the session when they were set back while nobody could see it', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { tab } = await world.signedIn()
    await world.clock.advance(10 * MINUTE)
    tab.crash()
    world.clock.jump(-12 * MINUTE)
    const next = world.open().auth.getSession()
    // No other tab answers.
    await world.clock.advance(2_000)
    expect(await next).toBeNull()
  })

  it('may be corrected by some seconds', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { tab } = await world.signedIn()
    tab.crash()
    world.clock.jump(-30_000)
    expect(await world.open().auth.getSession()).not.toBeNull()
  })

  it('count as time that has passed when they are set forward, as sleep does', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth } = await world.signedIn()
    world.clock.jump(15 * MINUTE)
    expect(await auth.getSession()).toBeNull()
  })
})

describe('storage that fails', () => {
  it('does not keep a session alive', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth } = await world.signedIn()
    world.browser.storage.block()
    await world.clock.advance(16 * MINUTE)
    expect(await auth.getSession()).toBeNull()
  })

  it('ends a session that it kept in memory only', async () => {
    const world = createTimeoutsWorld(IDLE)
    world.browser.storage.block()
    const { auth, use } = await world.signedIn()
    await world.usedFor(20, { use })
    expect(await auth.getSession()).not.toBeNull()
    await world.clock.advance(15 * MINUTE)
    expect(await auth.getSession()).toBeNull()
  })

  it('is believed only where it says of this sign-in what can be', async () => {
    const notes = [
      'not json',
      '{"v":1}',
      '{"v":2,"lineage":"x","startedAt":0,"usedAt":0}',
      '{"v":1,"lineage":{"toString":null},"startedAt":1e999,"usedAt":"soon"}',
      `{"v":1,"lineage":"another","startedAt":0,"usedAt":0}`,
    ]
    for (const note of notes) {
      const world = createTimeoutsWorld(IDLE)
      const { tab } = await world.signedIn()
      tab.crash()
      world.browser.storage.entries.set('app.timeouts', note)
      const { auth, tab: next } = world.open()
      expect(await auth.getSession()).not.toBeNull()
      await world.clock.advance(15 * MINUTE)
      expect(await auth.getSession()).toBeNull()
      expect(next.errors).toEqual([])
    }
  })
})

describe('limits that the server has told of', () => {
  it('count where they are narrower than those of the app, from the start on', async () => {
    const world = createTimeoutsWorld({ idleTimeout: HOUR })
    const { provider } = world.server
    const limits = { idle: 10 * MINUTE, absolute: HOUR }
    const limited: typeof provider = {
      ...provider,
      signIn: async ({ name }) => ({ ...world.server.issue(name), limits }),
      async refresh(token, context) {
        const grant = await provider.refresh(token, context)
        return grant && { ...grant, limits }
      },
    }
    const one = await world.signedIn({ provider: limited })
    await world.usedFor(50, one)
    await world.clock.advance(9 * MINUTE)
    expect(await one.auth.getSession()).not.toBeNull()
    await world.clock.advance(MINUTE)
    expect(one.events.at(-1)).toBe('SIGNED_OUT - because absolute')
    await one.auth.signIn({ name: 'ada' })
    await world.clock.settle()
    one.tab.crash()
    await world.clock.advance(10 * MINUTE)
    expect(await world.open({ provider: limited }).auth.getSession()).toBeNull()
  })
})

describe('limits in storage that are none', () => {
  it.each(['soon', null, { idle: 'x' }, { idle: -1, absolute: Number.NaN }])(
    'neither lengthen a session nor stop the clock: %j',
    async (limits) => {
      const world = createTimeoutsWorld(IDLE)
      const { tab } = await world.signedIn()
      tab.crash()
      const { entries } = world.browser.storage
      for (const [key, text] of entries) {
        const stored = JSON.parse(text)
        if (stored.session)
          entries.set(
            key,
            JSON.stringify(Object.assign(stored, { session: { ...stored.session, limits } })),
          )
      }
      const { auth, tab: next } = world.open()
      expect(await auth.getSession()).not.toBeNull()
      await world.clock.advance(15 * MINUTE)
      expect(auth.getSnapshot().session).toBeNull()
      expect(next.errors).toEqual([])
    },
  )
})

describe('what timeouts are told', () => {
  it('is refused where it is no time', () => {
    const refused = expect.objectContaining({ code: 'invalid_argument' })
    const wrong = [
      { idleTimeout: 0 },
      { absoluteTimeout: Number.NaN },
      { idleTimeout: -1 },
      { idleTimeout: MINUTE, notice: 0 },
    ]
    for (const options of wrong) expect(() => sessionTimeouts(options)).toThrow(refused)
    // @ts-expect-error A text is no time.
    expect(() => sessionTimeouts({ idleTimeout: '5' })).toThrow(refused)
    // @ts-expect-error A text is no function.
    expect(() => sessionTimeouts({ activity: 'x' })).toThrow(refused)
    // @ts-expect-error A name that is misspelt would end nothing, ever.
    expect(() => sessionTimeouts({ idleTimout: MINUTE })).toThrow(refused)
  })

  it('writes nothing for somebody who is not there', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth } = await world.signedIn()
    await auth.signOut()
    const before = world.stored()
    world.browser.storage.failNextSet(new Error('A write that is not due.'))
    await auth.stay()
    expect(world.stored()).toBe(before)
  })

  it('is missed by a client without them that is to stay', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth } = world.open({ timeouts: undefined })
    await expect(auth.stay()).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('is over with the client', async () => {
    const world = createTimeoutsWorld(IDLE)
    const { auth, watched } = await world.signedIn()
    expect(watched()).toBe(1)
    auth.dispose()
    expect(watched()).toBe(0)
    expect(world.clock.pending()).toBe(0)
  })
})
