import { describe, expect, it } from 'vitest'
import { identities } from '../../src/providers/gotrue/identities.js'
import { ADA, APP, BOB, createGoTrueWorld, failureOf, holdable } from '../support/gotrue-tabs.js'

type World = ReturnType<typeof createGoTrueWorld>
type Tab = ReturnType<World['open']>

/** Ada, signed in, on her way back from a provider that she went to for a link. */
async function comingBack(options: Parameters<typeof createGoTrueWorld>[0] = {}) {
  const world = createGoTrueWorld(options)
  const opened = world.open()
  const { session } = await opened.auth.signIn(ADA)
  const url = await identities(opened.auth).linkUrl({ provider: 'github', redirectTo: APP })
  const back = await world.follow(url)
  world.server.clearLog()
  return { world, ...opened, back, before: session }
}

const arrive = ({ tab, auth }: Pick<Tab, 'tab' | 'auth'>, href: string) => {
  tab.navigate(href)
  return auth.actions.handleRedirect()
}

describe('a link by redirect', () => {
  it('goes on as the same sign-in: one event, the new session, and a clean address', async () => {
    const { world, auth, events, tab, back, before } = await comingBack()
    const result = await arrive({ tab, auth }, back)
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'USER_UPDATED'])
    expect(result?.session?.sessionId).not.toBe(before?.sessionId)
    expect(await auth.getSession()).toBe(result?.session)
    expect(result?.user?.identities).toHaveLength(2)
    expect(tab.environment.page.href()).toBe(APP)
    expect(world.sessionIds()).toContain(result?.session?.sessionId)
  })

  it('leaves no session alive at the server but the new one', async () => {
    const { world, auth, tab, back } = await comingBack()
    const result = await arrive({ tab, auth }, back)
    await world.browser.clock.settle()
    expect(world.sessionIds()).toEqual([result?.session?.sessionId])
    expect(world.sent()).toEqual(['POST /token', 'POST /logout'])
    const { session } = await auth.refreshSession()
    expect(session.sessionId).toBe(result?.session?.sessionId)
  })

  it('reaches the other tabs, which go on with the new session', async () => {
    const { world, auth, tab, back } = await comingBack()
    const other = world.open()
    await other.auth.getSession()
    const result = await arrive({ tab, auth }, back)
    await world.browser.clock.settle()
    expect(await other.auth.getSession()).toMatchObject({ sessionId: result?.session?.sessionId })
    expect(other.events).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED'])
    expect((await other.auth.refreshSession()).session.sessionId).toBe(result?.session?.sessionId)
  })

  it('that somebody else began is not taken over the person who has signed in since', async () => {
    const { world, auth, events, tab, back } = await comingBack()
    const { session: bobs } = await auth.signIn(BOB)
    const before = world.sessionIds()
    world.server.clearLog()
    expect(await failureOf(arrive({ tab, auth }, back))).toMatchObject({ code: 'superseded' })
    expect(world.sent()).toEqual([])
    expect(await auth.getSession()).toBe(bobs)
    expect(events.at(-1)).toBe('SIGNED_IN')
    expect(world.sessionIds()).toEqual(before)
  })

  it('that somebody else began is not taken over whoever is saved in another tab meanwhile', async () => {
    const { world, auth, tab, back } = await comingBack()
    const [writes, { auth: theirs }] = [holdable(), world.open()]
    const there = world.open(undefined, writes.wrap)
    await Promise.all([theirs.getSession(), there.auth.getSession()])
    world.server.endSessionsOf((await auth.getSession())?.user?.id ?? '')
    await auth.refreshSession().catch(() => {})
    const save = writes.hold()
    const signedIn = there.auth.signIn(BOB)
    await world.browser.clock.settle()
    const answer = world.hold('POST')
    const taken = failureOf(arrive({ tab, auth }, back))
    await world.browser.clock.settle()
    save()
    await signedIn
    answer()
    expect(await taken).toMatchObject({ code: 'invalid_argument' })
    expect((await auth.getSession())?.user?.email).toBe(BOB.email)
    await world.browser.clock.settle()
    expect((await theirs.getSession())?.user?.email).toBe(BOB.email)
  })

  it('signs in where nobody is signed in any more', async () => {
    const { world, auth, events, tab, back, before } = await comingBack()
    world.server.endSessionsOf(before?.user?.id ?? '')
    await auth.refreshSession().catch(() => {})
    expect(await auth.getSession()).toBeNull()
    const result = await arrive({ tab, auth }, back)
    expect(result?.user?.email).toBe(ADA.email)
    expect(events.slice(-2)).toEqual(['SIGNED_OUT', 'SIGNED_IN'])
  })

  it('is nobody’s after a sign-out: its secret is gone', async () => {
    const { world, auth, tab, back } = await comingBack()
    await auth.signOut()
    await world.browser.clock.settle()
    const error = await failureOf(arrive({ tab, auth }, back))
    expect(error).toMatchObject({ code: 'invalid_credentials' })
    expect(world.sessionIds()).toEqual([])
  })

  it('that was given up does not stand in the way of a sign-in by redirect', async () => {
    const { world, auth, events, tab } = await comingBack()
    const there = await auth.actions.authorizeUrl({ provider: 'gitlab', redirectTo: APP })
    const result = await arrive({ tab, auth }, await world.follow(there))
    expect(result?.user?.email).toBe('person@gitlab.example')
    expect(events.at(-1)).toBe('SIGNED_IN')
  })

  it('that the server refused says why, and leaves the session as it was', async () => {
    const { world, auth, tab, back, before } = await comingBack()
    await arrive({ tab, auth }, back)
    const url = await identities(auth).linkUrl({ provider: 'github', redirectTo: APP })
    const { accessToken } = (await auth.getSession()) ?? {}
    const refused = arrive({ tab, auth }, await world.follow(url))
    expect(await failureOf(refused)).toMatchObject({
      code: 'rejected',
      serverCode: 'identity_already_exists',
    })
    expect(await auth.getSession()).toMatchObject({ accessToken, user: { id: before?.user?.id } })
    expect(tab.environment.page.href()).toBe(APP)
  })
})

describe('a secret that storage does not give up', () => {
  it('costs nobody the session that it was for', async () => {
    const world = createGoTrueWorld()
    let broken = false
    const { tab, auth } = world.open(APP, ({ get, set, remove }) => ({
      get,
      set,
      async remove(name) {
        if (broken && name.endsWith('.flows')) throw new Error('This storage keeps its secrets.')
        await remove(name)
      },
    }))
    const there = await auth.actions.authorizeUrl({ provider: 'github', redirectTo: APP })
    broken = true
    const result = await arrive({ tab, auth }, await world.follow(there))
    expect(result?.user?.email).toBe('person@github.example')
    expect(await auth.getSession()).toBe(result?.session)
  })
})

describe('the session that a link leaves behind', () => {
  it('is ended later where the server cannot do it now, and the new one is there at once', async () => {
    const { world, auth, tab, back } = await comingBack()
    world.server.fail({ type: 'status', status: 503 }, { path: '/logout', times: 2 })
    const result = await arrive({ tab, auth }, back)
    await world.browser.clock.settle()
    expect(world.sessionIds()).toHaveLength(2)
    expect(await auth.getSession()).toBe(result?.session)
    await world.browser.clock.advance(120_000)
    expect(world.sessionIds()).toEqual([result?.session?.sessionId])
    expect(world.sent().filter((sent) => sent === 'POST /logout')).toHaveLength(3)
  })

  it('is the new one where a sign-out in another tab came first: nobody would ever end it', async () => {
    const { world, auth, tab, back } = await comingBack()
    const other = world.open()
    await other.auth.getSession()
    const release = world.hold()
    const linked = failureOf(arrive({ tab, auth }, back))
    await world.browser.clock.settle()
    // What the tab does not hear of, it cannot give up its request for.
    world.browser.bus.loseMessages(true)
    await other.auth.signOut()
    release()
    expect(await linked).toMatchObject({ code: 'session_missing' })
    await world.browser.clock.settle()
    expect(world.sessionIds()).toEqual([])
    expect(await auth.getSession()).toBeNull()
  })

  it('is not ended twice, nor is the new one, when the caller no longer waits', async () => {
    const { world, auth, events } = await comingBack()
    const idToken = await world.server.issueIdToken({ email: 'ada@work.example' })
    const release = world.hold()
    const abort = new AbortController()
    const call = { signal: abort.signal }
    const linked = failureOf(identities(auth).link({ provider: 'google', idToken }, call))
    await world.browser.clock.settle()
    abort.abort()
    expect(await linked).toMatchObject({ code: 'aborted' })
    release()
    await world.browser.clock.settle()
    expect(events.at(-1)).toBe('USER_UPDATED')
    expect(world.sessionIds()).toEqual([(await auth.getSession())?.sessionId])
  })
})
