import { describe, expect, it } from 'vitest'
import { ADA, APP, BOB, createGoTrueWorld, failureOf, holdable } from '../support/gotrue-tabs.js'

type World = ReturnType<typeof createGoTrueWorld>

/** An address with the tokens of a session of somebody's, which anybody can have sent. */
async function linkOf({ server }: World, person: typeof BOB): Promise<string> {
  const href = 'http://localhost/auth/v1/token?grant_type=password'
  const answer = await server.fetch(href, { method: 'POST', body: JSON.stringify(person) })
  const { access_token, refresh_token } = await answer.json()
  return `${APP}#${new URLSearchParams({ access_token, refresh_token })}`
}

describe('the tokens of another provider', () => {
  const GIVEN = {
    provider_token: 'github-access-token',
    provider_refresh_token: 'github-refresh-token',
  }

  it.each(['implicit', 'pkce'] as const)('are the session’s extras: %s', async (flow) => {
    const world = createGoTrueWorld()
    const { tab, auth } = world.open(undefined, undefined, { acceptFragmentTokens: true })
    const url = await auth.actions.authorizeUrl({ provider: 'github', redirectTo: APP, flow })
    tab.navigate(await world.follow(url))
    const result = await auth.actions.handleRedirect()
    expect(result?.session?.extras).toMatchObject(GIVEN)
    expect(tab.environment.page.href()).toBe(APP)
    expect((await auth.refreshSession()).session.extras).toMatchObject(GIVEN)
  })
})

describe('tokens in an address, of which the server takes its time to say whose they are,', () => {
  /** A tab in which Bob's session arrives by a link, and another one. */
  async function arriving() {
    const world = createGoTrueWorld()
    const link = await linkOf(world, BOB)
    const opened = world.open(link, undefined, { acceptFragmentTokens: true })
    const other = world.open()
    await Promise.all([opened.auth.getSession(), other.auth.getSession()])
    const release = world.hold('GET')
    const taken = failureOf(opened.auth.actions.handleRedirect())
    await world.browser.clock.settle()
    return { world, ...opened, other, taken, release }
  }

  it('sign in where nobody else has meanwhile', async () => {
    const { other, taken, release, world } = await arriving()
    release()
    expect(await taken).toMatchObject({ user: { email: BOB.email } })
    await world.browser.clock.settle()
    expect((await other.auth.getSession())?.user?.email).toBe(BOB.email)
  })

  it('never replace the session of somebody who has signed in in another tab meanwhile', async () => {
    const { tab, auth, other, taken, release, world } = await arriving()
    await other.auth.signIn(ADA)
    await world.browser.clock.settle()
    release()
    expect(await taken).toMatchObject({ code: 'invalid_argument' })
    await world.browser.clock.settle()
    expect((await auth.getSession())?.user?.email).toBe(ADA.email)
    expect((await other.auth.getSession())?.user?.email).toBe(ADA.email)
    expect(tab.environment.page.href()).toBe(APP)
  })
})

describe('tokens in an address, while somebody else signs in here,', () => {
  const accepting = { acceptFragmentTokens: true }

  /** A tab with Bob's link, and another one; the writes of each can be held back. */
  async function start() {
    const world = createGoTrueWorld()
    const [its, others] = [holdable(), holdable()]
    const here = world.open(await linkOf(world, BOB), its.wrap, accepting)
    const there = world.open(undefined, others.wrap, accepting)
    await Promise.all([here.auth.getSession(), there.auth.getSession()])
    const people = () =>
      Promise.all(
        [here, there].map(async ({ auth }) => (await auth.getSession())?.user?.email ?? null),
      )
    return { world, here, there, its, others, people, settle: () => world.browser.clock.settle() }
  }

  it('are not saved over whoever is saved in another tab between their look and their save', async () => {
    const { here, there, its, people, settle } = await start()
    const release = its.hold()
    const taken = failureOf(here.auth.actions.handleRedirect())
    await settle()
    const signedIn = failureOf(there.auth.signIn(ADA))
    await settle()
    release()
    await Promise.all([taken, signedIn])
    await settle()
    expect(await signedIn).toMatchObject({ user: { email: ADA.email } })
    expect(await people()).toEqual([ADA.email, ADA.email])
  })

  it('find whoever another tab was just saving, and leave them their session', async () => {
    const { here, there, others, people, settle } = await start()
    const release = others.hold()
    const signedIn = failureOf(there.auth.signIn(ADA))
    await settle()
    const taken = failureOf(here.auth.actions.handleRedirect())
    await settle()
    release()
    expect(await taken).toMatchObject({ code: 'invalid_argument', retryable: false })
    expect(await signedIn).toMatchObject({ user: { email: ADA.email } })
    expect((await here.auth.getSession())?.user?.email).toBe(ADA.email)
    await settle()
    expect(await people()).toEqual([ADA.email, ADA.email])
    expect(here.events).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
    expect(here.tab.environment.page.href()).toBe(APP)
  })

  it('find whoever was just being saved in the same tab', async () => {
    const { here, its, people, settle } = await start()
    const release = its.hold()
    const signedIn = failureOf(here.auth.signIn(ADA))
    await settle()
    const taken = failureOf(here.auth.actions.handleRedirect())
    await settle()
    release()
    expect(await taken).toMatchObject({ code: 'invalid_argument' })
    expect(await signedIn).toMatchObject({ user: { email: ADA.email } })
    await settle()
    expect(await people()).toEqual([ADA.email, ADA.email])
  })

  it('take nobody’s turn: whoever was signing in in the same tab is signed in when the answer comes', async () => {
    const { world, here, people, settle } = await start()
    const answer = world.hold('POST')
    const signedIn = failureOf(here.auth.signIn(ADA))
    await settle()
    expect(await here.auth.actions.handleRedirect()).toMatchObject({ user: { email: BOB.email } })
    answer()
    expect(await signedIn).toMatchObject({ user: { email: ADA.email } })
    await settle()
    expect(await people()).toEqual([ADA.email, ADA.email])
  })

  it('give way to whoever signs in in the same tab while they are saved', async () => {
    const { here, its, people, settle } = await start()
    const release = its.hold()
    const taken = failureOf(here.auth.actions.handleRedirect())
    await settle()
    const signedIn = failureOf(here.auth.signIn(ADA))
    await settle()
    release()
    expect(await taken).toMatchObject({ code: 'superseded' })
    expect(await signedIn).toMatchObject({ user: { email: ADA.email } })
    await settle()
    expect(await people()).toEqual([ADA.email, ADA.email])
  })

  it('of the same person take the place of the session that another tab was just saving', async () => {
    const { world, here, there, others, people, settle } = await start()
    here.tab.navigate(await linkOf(world, ADA))
    const release = others.hold()
    const signedIn = there.auth.signIn(ADA)
    await settle()
    const taken = here.auth.actions.handleRedirect()
    await settle()
    release()
    await signedIn
    const { sessionId } = (await taken)?.session ?? {}
    await settle()
    expect(await people()).toEqual([ADA.email, ADA.email])
    expect((await there.auth.getSession())?.sessionId).toBe(sessionId)
  })

  it('find whoever is known in this tab alone, because storage is full', async () => {
    const { world, here, settle } = await start()
    world.browser.storage.setQuotaExceeded(true)
    await here.auth.signIn(ADA)
    world.browser.storage.setQuotaExceeded(false)
    const taken = failureOf(here.auth.actions.handleRedirect())
    expect(await taken).toMatchObject({ code: 'invalid_argument' })
    await settle()
    expect((await here.auth.getSession())?.user?.email).toBe(ADA.email)
  })

  it('are not taken where storage does not say who is signed in', async () => {
    const { world, here, settle } = await start()
    const answer = world.hold('GET')
    const taken = failureOf(here.auth.actions.handleRedirect())
    await settle()
    world.browser.storage.block()
    answer()
    await settle()
    expect(await taken).toMatchObject({ code: 'storage' })
    expect(await here.auth.getSession()).toBeNull()
  })

  it('are not saved where the person signs out while they wait for another tab', async () => {
    const { here, its, others, there, settle } = await start()
    const release = others.hold()
    const signedIn = there.auth.signIn(BOB)
    await settle()
    const taken = failureOf(here.auth.actions.handleRedirect())
    await settle()
    await here.auth.signOut()
    its.written.length = 0
    release()
    await signedIn
    expect(await taken).toMatchObject({ code: 'superseded' })
    expect(its.written).toEqual([])
  })

  it('are given up with their client, which waits for another tab no longer', async () => {
    const { here, there, others, settle } = await start()
    others.hold()
    there.auth.signIn(ADA)
    await settle()
    const taken = failureOf(here.auth.actions.handleRedirect())
    await settle()
    here.auth.dispose()
    expect(await taken).toMatchObject({ code: 'disposed' })
  })
})

describe('a sign-in where tokens in an address are taken', () => {
  const accepting = { acceptFragmentTokens: true }

  it('that was answered after its client was disposed of is there for the next one', async () => {
    const world = createGoTrueWorld()
    const { auth } = world.open(undefined, undefined, accepting)
    await auth.getSession()
    const release = world.hold('POST')
    const signedIn = failureOf(auth.signIn(ADA))
    await world.browser.clock.settle()
    auth.dispose()
    release()
    await signedIn
    await world.browser.clock.settle()
    const next = world.open(undefined, undefined, accepting)
    expect((await next.auth.getSession())?.user?.email).toBe(ADA.email)
  })

  it('wins over a refresh of a token kept elsewhere that was waiting to be saved', async () => {
    const world = createGoTrueWorld()
    const others = holdable()
    // What other tabs say comes late.
    const deaf = { channel: { open: () => ({ post() {}, close() {} }) } }
    const here = world.open(undefined, undefined, accepting, deaf)
    const there = world.open(undefined, others.wrap, accepting)
    await Promise.all([here.auth.getSession(), there.auth.getSession()])
    const kept = new URL((await linkOf(world, BOB)).replace('#', '?')).searchParams
    const release = others.hold()
    const signedIn = failureOf(there.auth.signIn(ADA))
    await world.browser.clock.settle()
    const refreshed = failureOf(here.auth.refreshSession(kept.get('refresh_token')))
    await world.browser.clock.settle()
    release()
    await signedIn
    expect(await refreshed).toMatchObject({ user: { email: BOB.email } })
    await world.browser.clock.settle()
    expect((await there.auth.getSession())?.user?.email).toBe(ADA.email)
    expect((await here.auth.getSession())?.user?.email).toBe(ADA.email)
  })
})
