import { describe, expect, it } from 'vitest'
import { createCookieWorld, grantOf } from '../support/cookie-world.js'
import { createTimeoutsWorld } from '../support/timeouts-world.js'
import { createWorld } from '../support/world.js'

const MINUTE = 60_000

describe('storage that works again after it could not be read at the start', () => {
  it('costs no rush for the lock, where the server is asked whose session the cookies hold', async () => {
    const { jar, clock, asked, open, browser } = createCookieWorld()
    jar.answer = () => grantOf('ada', 's1')
    browser.storage.block(true)
    const { auth } = open()
    await clock.advance(5 * MINUTE)
    browser.storage.block(false)
    const end = clock.now() + 2 * MINUTE
    let timers = 0
    for (; clock.now() + clock.untilNext() < end && timers < 100; timers++) {
      await clock.advance(clock.untilNext())
    }
    expect(timers).toBeLessThan(100)
    expect(auth.getSnapshot().user?.id).toBe('ada')
    expect(asked).toHaveLength(1)
  })

  it.each(['a wake', 'another tab'] as const)(
    'shows nobody before the server has said whose session the cookies hold: %s',
    async (sign) => {
      const { jar, clock, open, browser, asked } = createCookieWorld()
      jar.answer = () => grantOf('ada', 's1')
      const earlier = open()
      await clock.advance(100)
      earlier.tab.crash()
      jar.answer = () => grantOf('grace', 's2')
      browser.storage.block(true)
      const { auth, events, tab } = open()
      await clock.advance(100)
      const { length } = asked
      browser.storage.block(false)
      if (sign === 'a wake') tab.focus()
      else
        browser
          .tab()
          .environment.channel.open('holdfast:app', () => {})
          .post()
      await clock.advance(100)
      expect(asked.length).toBe(length + 1)
      expect(auth.getSnapshot().user?.id).toBe('grace')
      expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-s2-1 elsewhere'])
    },
  )

  it('gives nobody a session whose time was up by then', async () => {
    const world = createTimeoutsWorld({ idleTimeout: 10 * MINUTE })
    const { clock, browser } = world
    const earlier = await world.signedIn()
    await clock.advance(MINUTE)
    earlier.tab.crash()
    await clock.advance(20 * MINUTE)
    browser.storage.block(true)
    const { auth, events, tab } = world.open()
    await clock.advance(1_200)
    browser.storage.block(false)
    tab.focus()
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().status).toBe('signed-out')
    expect(events.join()).not.toContain('access')
  })

  it('is looked at by all hints together, and a look that fails delays no try', async () => {
    const { jar, clock, open, browser } = createCookieWorld()
    jar.answer = () => grantOf('ada', 's1')
    browser.storage.block(true)
    const { auth, tab } = open()
    await clock.advance(100)
    for (let look = 0; look < 20; look++) {
      tab.focus()
      await clock.advance(10)
    }
    browser.storage.block(false)
    await clock.advance(1_000)
    expect(auth.getSnapshot().user?.id).toBe('ada')
  })

  it('keeps no page from hearing of a sign-out, while the server is asked', async () => {
    const { jar, clock, open, browser } = createCookieWorld()
    jar.answer = () => grantOf('ada', 's1')
    browser.storage.block(true)
    const [one, two] = [open(), open()]
    await clock.advance(100)
    browser.storage.block(false)
    jar.answer = () => new Promise(() => {})
    one.tab.focus()
    await clock.advance(50)
    await Promise.all([one.auth.signIn({ name: 'grace' }), clock.advance(50)])
    expect(one.auth.getSnapshot().user?.id).toBe('grace')
    await Promise.all([two.auth.signOut(), clock.advance(100)])
    expect(one.auth.getSnapshot().status).toBe('signed-out')
  })
})

describe('a failure at the start that is none of storage', () => {
  it('is not met at each hint: what another library left cannot be taken over', async () => {
    const { clock, open } = createWorld()
    let tries = 0
    const find = async (): Promise<never> => {
      tries++
      throw new Error('The other library’s storage fails.')
    }
    const { auth, tab } = open({ takeOver: { find } })
    await clock.advance(10)
    for (let hint = 0; hint < 20; hint++) {
      tab.focus()
      await clock.advance(10)
    }
    expect(tries).toBe(1)
    expect(auth.getSnapshot()).toMatchObject({ unknown: true })
  })
})
