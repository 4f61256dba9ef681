import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { createCookieWorld, grantOf, outage } from '../support/cookie-world.js'
import { createWorld } from '../support/world.js'

const MINUTE = 60_000

/** A tab that cannot read storage, in which Ada is signed in. */
async function blind() {
  const world = createWorld()
  const { tab } = await world.signedIn('ada', { autoRefresh: false })
  tab.crash()
  world.browser.storage.block(true)
  const opened = world.open()
  await world.clock.advance(MINUTE)
  expect(opened.auth.getSnapshot()).toMatchObject({
    status: 'signed-out',
    error: { code: 'storage' },
  })
  return { ...world, ...opened }
}

describe('a sign-out while storage cannot be read', () => {
  it('ends the session that storage turns out to have', async () => {
    const { auth, clock, browser, open, events } = await blind()
    await Promise.all([auth.signOut(), clock.advance(MINUTE)])
    browser.storage.block(false)
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().status).toBe('signed-out')
    expect(events).toEqual(['INITIAL_SESSION -'])
    const next = open()
    await clock.advance(100)
    expect(next.auth.getSnapshot()).toMatchObject({ status: 'signed-out', user: null })
  })

  it('ends no session of somebody who signs in afterwards', async () => {
    const { auth, clock, browser, open } = await blind()
    await Promise.all([auth.signOut(), clock.advance(MINUTE)])
    browser.storage.block(false)
    const next = open()
    await Promise.all([next.auth.signIn({ name: 'grace' }), clock.advance(100)])
    await clock.advance(MINUTE)
    for (const { auth: each } of [{ auth }, next]) {
      expect(each.getSnapshot().user?.id).toBe('grace')
    }
  })

  it('ends no session of somebody who signs in once it is saved, though the clock was set back', async () => {
    const { auth, clock, browser, open } = await blind()
    await Promise.all([auth.signOut(), clock.advance(MINUTE)])
    browser.storage.block(false)
    await clock.advance(MINUTE)
    clock.jump(-10 * MINUTE)
    const next = open()
    await Promise.all([next.auth.signIn({ name: 'grace' }), clock.advance(100)])
    await clock.advance(MINUTE)
    expect(next.auth.getSnapshot().user?.id).toBe('grace')
  })
})

describe('a sign-in while storage cannot be read', () => {
  it('is not replaced by whom storage turns out to name', async () => {
    const { auth, clock, browser, open, events } = await blind()
    await Promise.all([auth.signIn({ name: 'grace' }), clock.advance(MINUTE)])
    browser.storage.block(false)
    await clock.advance(MINUTE)
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-2'])
    expect((await open().auth.getSession())?.user?.id).toBe('grace')
  })

  it('is not replaced either after somebody has left', async () => {
    const { auth, clock, browser, open } = await blind()
    await Promise.all([auth.signOut(), clock.advance(MINUTE)])
    await Promise.all([auth.signIn({ name: 'grace' }), clock.advance(MINUTE)])
    browser.storage.block(false)
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().user?.id).toBe('grace')
    expect((await open().auth.getSession())?.user?.id).toBe('grace')
  })

  it('is not replaced after its tokens have changed', async () => {
    const { auth, clock, browser } = await blind()
    await Promise.all([auth.signIn({ name: 'grace' }), clock.advance(MINUTE)])
    await Promise.all([auth.refreshSession(), clock.advance(MINUTE)])
    browser.storage.block(false)
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().session).toMatchObject({
      accessToken: 'access-3',
      user: { id: 'grace' },
    })
  })

  it('leaves nobody when its person leaves', async () => {
    const { auth, clock, browser, open } = await blind()
    await Promise.all([auth.signIn({ name: 'grace' }), clock.advance(MINUTE)])
    await Promise.all([auth.signOut(), clock.advance(MINUTE)])
    browser.storage.block(false)
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().status).toBe('signed-out')
    expect(await open().auth.getSession()).toBeNull()
  })
})

describe('where nobody knows who is signed in', () => {
  it('a refresh that is asked for asks the server, whatever the pause', async () => {
    const { jar, clock, asked, open, provider } = createCookieWorld()
    jar.answer = outage
    const refresh = async () => grantOf('ada', 's1', 2)
    const { auth } = open({ provider: { ...provider, refresh } })
    await clock.advance(10 * MINUTE)
    const before = asked.length
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'network' })
    expect(asked.length).toBe(before + 1)
    jar.answer = () => grantOf('ada', 's1')
    expect((await auth.refreshSession()).session?.accessToken).toBe('access-s1-2')
  })

  it('a refresh that is asked for during a question sends one of its own when that fails', async () => {
    const { jar, clock, asked, open, provider } = createCookieWorld()
    let fail = (_: AuthError): void => {}
    jar.answer = () => new Promise((_, reject) => (fail = reject))
    const refresh = async () => grantOf('ada', 's1', 2)
    const { auth } = open({ provider: { ...provider, refresh } })
    await clock.advance(100)
    const refreshed = auth.refreshSession()
    await clock.advance(100)
    jar.answer = () => grantOf('ada', 's1')
    fail(new AuthError('network', 'No answer.'))
    expect((await refreshed).session?.accessToken).toBe('access-s1-2')
    expect(asked).toHaveLength(2)
  })

  it('what ended the last session is told once that is known', async () => {
    const world = createWorld()
    const { auth, clock, browser, server, open } = { ...world, ...(await world.signedIn()) }
    server.endAll()
    await auth.refreshSession().catch(() => {})
    const { error } = auth.getSnapshot()
    expect(error).toMatchObject({ code: 'refresh_rejected' })
    browser.storage.block(true)
    const later = open()
    await clock.advance(1_500)
    expect(later.auth.getSnapshot()).toMatchObject({ unknown: true })
    browser.storage.block(false)
    await clock.advance(MINUTE)
    expect(later.auth.getSnapshot()).toMatchObject({
      status: 'signed-out',
      error: { code: 'refresh_rejected' },
    })
  })
})

/** A tab that shows Ada, as storage names her and the server could not say whose session the cookies hold. */
async function unanswered(
  prepare = (_: ReturnType<typeof createCookieWorld>): void => {},
  failing = { on: false },
  fails = (_: string): boolean => false,
) {
  const world = createCookieWorld()
  world.jar.answer = () => grantOf('ada', 's1')
  const earlier = world.open()
  await world.clock.advance(100)
  earlier.tab.crash()
  world.jar.answer = outage
  prepare(world)
  const { storage } = world.browser.tab()
  const get = async (key: string) => {
    if (failing.on && fails(key)) throw new Error('Storage fails.')
    return storage.get(key)
  }
  const opened = world.open({ storage: { ...storage, get } })
  await world.clock.advance(100)
  expect(opened.auth.getSnapshot().user?.id).toBe('ada')
  return { ...world, ...opened }
}

describe('a page that starts while the server cannot say whose session the cookies hold', () => {
  it('asks again, though storage names somebody', async () => {
    const { jar, clock, auth, events, asked } = await unanswered()
    const { length } = asked
    jar.answer = () => grantOf('grace', 's2')
    await clock.advance(MINUTE)
    expect(asked.length).toBe(length + 1)
    expect(auth.getSnapshot().user?.id).toBe('grace')
    expect(events).toEqual(['INITIAL_SESSION access-s1-1', 'SIGNED_IN access-s2-1 elsewhere'])
  })

  it('asks again, though it cannot tell others of its failure', async () => {
    const { jar, clock, auth } = await unanswered(({ browser }) =>
      browser.storage.setQuotaExceeded(true),
    )
    jar.answer = () => grantOf('grace', 's2')
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().user?.id).toBe('grace')
  })

  it.each([
    ['all of storage, for a minute', () => true],
    ['what others tell of the server', (key: string) => key.endsWith('.patience')],
  ])('asks again, though storage fails in between: %s', async (_, fails) => {
    const failing = { on: false }
    const { jar, clock, auth } = await unanswered(undefined, failing, fails)
    failing.on = true
    await clock.advance(MINUTE)
    failing.on = false
    jar.answer = () => grantOf('grace', 's2')
    await clock.advance(10 * MINUTE)
    expect(auth.getSnapshot().user?.id).toBe('grace')
  })

  it('asks again where the answer is half a session, and shows what storage names', async () => {
    const half = { ...grantOf('ada', 's1', 2), accessToken: '' }
    const { jar, clock, auth, events } = await unanswered(({ jar }) => {
      jar.answer = () => half
    })
    expect(events).toEqual(['INITIAL_SESSION access-s1-1'])
    jar.answer = () => grantOf('grace', 's2')
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().user?.id).toBe('grace')
  })

  it('asks nothing by itself once that one has left', async () => {
    const { clock, auth, asked } = await unanswered()
    await auth.signOut()
    const { length } = asked
    await clock.advance(10 * MINUTE)
    expect(asked).toHaveLength(length)
  })

  it('serves whom it knows at once, while it asks', async () => {
    const { jar, clock, auth } = await unanswered()
    jar.answer = () => new Promise(() => {})
    const served: unknown[] = []
    for (let second = 0; second < 60; second++) {
      auth.getSession().then((session) => served.push(session?.user?.id))
      await clock.advance(1_000)
      expect(served).toHaveLength(second + 1)
    }
    await auth.signOut()
    expect(await auth.getSession()).toBeNull()
  })

  it('serves whoever signs in during a question at once', async () => {
    const { jar, clock, open } = createCookieWorld()
    jar.answer = outage
    const { auth } = open()
    await clock.advance(100)
    jar.answer = () => new Promise(() => {})
    await clock.advance(2_000)
    await auth.signIn({ name: 'grace' })
    expect((await auth.getSession())?.user?.id).toBe('grace')
  })
})
