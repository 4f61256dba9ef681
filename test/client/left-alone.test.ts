import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { createWorld, HOUR, untilSent } from '../support/world.js'

const QUIET = { autoRefresh: false } as const
const codeOf = (error: { readonly code?: unknown }): unknown => error.code

describe('a server that asks to be left alone', () => {
  it('is left alone, also when the network comes back in between', async () => {
    const world = createWorld()
    const { tab } = await world.signedIn()
    world.server.fail({ error: new AuthError('rate_limited', 'Slow.', { retryAfter: 30_000 }) })
    await untilSent(world, 1)
    tab.goOffline()
    tab.goOnline()
    await world.clock.advance(29_000)
    expect(world.server.sent).toHaveLength(1)
    await world.clock.advance(2_000)
    expect(world.server.sent).toHaveLength(2)
  })

  it('leaves nothing of that in storage once it works again', async () => {
    const world = createWorld()
    await world.signedIn()
    world.server.outage()
    await untilSent(world, 1)
    expect(world.browser.storage.entries.has('app.patience')).toBe(true)
    await world.clock.advance(60_000)
    expect(world.server.sent).toHaveLength(2)
    expect(world.browser.storage.entries.has('app.patience')).toBe(false)
  })

  it.each([
    [0, 500],
    [0.9, 950],
  ])('meets clients of different patience: with chance %f a pause of %i ms', async (chance, ms) => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', {
      ...QUIET,
      environment: { random: () => chance },
    })
    await world.clock.advance(HOUR)
    world.server.outage()
    await auth.getSession().catch(() => {})
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'network', retryAfter: ms })
  })

  it('is not forgotten for what another tab wrote before, where nothing more can be written', async () => {
    const world = createWorld()
    const one = await world.signedIn('ada', QUIET)
    const two = world.open(QUIET)
    await two.auth.getSession()
    world.server.outage(100)
    await one.auth.refreshSession().catch(() => {})
    world.browser.storage.setQuotaExceeded(true)
    for (let n = 0; n < 3; n++) await two.auth.refreshSession().catch(() => {})
    const failures = two.events.filter((event) => event.startsWith('REFRESH_FAILED'))
    expect(failures.filter((event) => event.endsWith(' elsewhere'))).toHaveLength(1)
    expect(failures).toHaveLength(4)
  })

  it('is what the caller hears of, also where nothing of it can be written', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.browser.storage.setQuotaExceeded(true)
    world.server.outage()
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'network' })
    expect(auth.getSnapshot().error).toMatchObject({ code: 'network' })
  })
})

describe('a refresh that failed while a sibling’s session arrived', () => {
  it('is not sent again before the time that the server asked for', async () => {
    const world = createWorld({ lifetime: 60_000 })
    const { auth, tab } = await world.signedIn('ada', QUIET)
    await world.clock.advance(60_000)
    world.server.hold()
    const error = new AuthError('rate_limited', 'Not now.', { retryAfter: 30_000 })
    world.server.fail({ error })
    const call = auth.getSession().catch(codeOf)
    await world.clock.settle()
    const { entries } = world.browser.storage
    for (const [key, text] of entries) {
      const theirs = text
        .replace('access-1', 'access-x')
        .replace('"revision":1', '"revision":2')
        .replace(/"savedAt":\d+/, `"savedAt":${world.clock.now()}`)
      entries.set(key, theirs)
    }
    tab.focus()
    await world.clock.settle()
    expect(auth.getSnapshot().session?.accessToken).toBe('access-x')
    world.server.release()
    expect(await call).toBe('rate_limited')
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('is no reason to show the new token soon', async () => {
    const world = createWorld()
    // Locks that keep nobody out.
    const environment = { lock: { acquire: async () => () => {} } }
    const one = await world.signedIn('ada', { autoRefresh: true, environment })
    // Its requests are answered at once.
    const provider = { ...world.server.provider, refresh: async () => world.server.issue('ada') }
    const two = world.open({ autoRefresh: false, environment, provider })
    await two.auth.getSession()
    world.server.hold()
    world.server.outage()
    await untilSent(world, 1)
    await two.auth.refreshSession()
    await world.clock.settle()
    world.server.release()
    await world.clock.advance(60_000)
    expect((await one.auth.getSession())?.accessToken).toBe('access-2')
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})
