import { describe, expect, it } from 'vitest'
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

describe('a page that starts while the server cannot say whose session the cookies hold', () => {
  it('asks again, though storage names somebody', async () => {
    const { jar, clock, open, asked } = createCookieWorld()
    jar.answer = () => grantOf('ada', 's1')
    const earlier = open()
    await clock.advance(100)
    earlier.tab.crash()
    jar.answer = outage
    const { auth, events } = open()
    await clock.advance(100)
    expect(auth.getSnapshot().user?.id).toBe('ada')
    const { length } = asked
    jar.answer = () => grantOf('grace', 's2')
    await clock.advance(MINUTE)
    expect(asked.length).toBe(length + 1)
    expect(auth.getSnapshot().user?.id).toBe('grace')
    expect(events).toEqual(['INITIAL_SESSION access-s1-1', 'SIGNED_IN access-s2-1 elsewhere'])
  })
})
