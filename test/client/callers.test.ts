import { describe, expect, it } from 'vitest'
import { createWorld, HOUR } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

const codeOf = (error: { readonly code?: unknown }): unknown => error.code

describe('a caller', () => {
  it('whose signal has aborted already is not served, and nothing is sent', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const signal = AbortSignal.abort()
    await expect(auth.getSession({ signal })).rejects.toMatchObject({ code: 'aborted' })
    await expect(auth.refreshSession(null, { signal })).rejects.toMatchObject({ code: 'aborted' })
    await expect(auth.signIn({ name: 'bob' }, { signal })).rejects.toMatchObject({
      code: 'aborted',
    })
    await world.clock.settle()
    expect(world.server.sent).toEqual([])
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })

  it('is not refused because a refresh for the person before still waits for the lock', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.locks.neverGrant(true)
    const before = expect(auth.refreshSession()).rejects.toMatchObject({ code: 'superseded' })
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    const refresh = auth.refreshSession()
    await world.clock.advance(60_000)
    await before
    expect((await refresh).user?.id).toBe('bob')
  })

  it('is not refused because somebody queued for a refresh of the person before', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.hold()
    const before = [auth.refreshSession()]
    await world.clock.settle()
    before.push(auth.refreshSession())
    const refused = Promise.allSettled(before)
    world.browser.storage.hangReads(true)
    await auth.signIn({ name: 'bob' })
    const refresh = auth.refreshSession()
    await world.clock.settle()
    world.browser.storage.hangReads(false)
    world.server.release()
    await world.clock.advance(60_000)
    expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await refresh).user?.id).toBe('bob')
  })

  it('of getSession() has the session of whoever signed in while it waited', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    await world.clock.advance(HOUR)
    world.server.hold()
    const session = auth.getSession()
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    expect((await session)?.user?.id).toBe('bob')
  })

  it('is told at once that its session ended, also behind another call, whoever has the lock', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.hold()
    const calls = [auth.refreshSession().catch(codeOf)]
    await world.clock.settle()
    calls.push(auth.refreshSession().catch(codeOf))
    await world.clock.settle()
    world.browser.locks.neverGrant(true)
    await auth.signOut()
    await world.clock.settle()
    const answers = await Promise.race([Promise.all(calls), world.clock.settle()])
    expect(answers).toEqual(['session_missing', 'session_missing'])
  })

  it('that gives up hears of that, also while the token still lives', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    await world.clock.advance(HOUR - 5_000)
    world.server.hold()
    const abort = new AbortController()
    const session = auth.getSession({ signal: abort.signal }).catch(codeOf)
    await world.clock.settle()
    abort.abort()
    expect(await session).toBe('aborted')
  })
})

describe('a call that was made for ada', () => {
  it('is not answered with bob’s session when it stands behind an older request', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.hold()
    const older = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    const queued = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    const bobs = auth.refreshSession()
    world.server.release()
    expect([await older, await queued]).toEqual(['superseded', 'superseded'])
    expect((await bobs).user?.id).toBe('bob')
    expect((await auth.getSession())?.user?.id).toBe('bob')
  })

  it('is not answered with bob’s session when it waits for the lock', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.browser.locks.neverGrant(true)
    const first = auth.refreshSession().catch(codeOf)
    const joined = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    world.server.setLifetime(10_000)
    await auth.signIn({ name: 'bob' })
    await world.clock.advance(9_500)
    const bobs = auth.getSession()
    const forced = auth.refreshSession()
    world.browser.locks.neverGrant(false)
    expect([await first, await joined]).toEqual(['superseded', 'superseded'])
    expect(await bobs).toMatchObject({ user: { id: 'bob' }, accessToken: 'access-3' })
    expect((await forced).session.accessToken).toBe('access-3')
    expect(world.server.sent).toEqual(['refresh-2'])
  })
})
