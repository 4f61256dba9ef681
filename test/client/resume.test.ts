import { describe, expect, it } from 'vitest'
import { AuthError, type Grant, resumeWith } from '../../src/index.js'
import { createCookieWorld, grantOf, outage } from '../support/cookie-world.js'
import { createWorld } from '../support/world.js'

describe('a session that only the browser’s cookies hold', () => {
  it('is known at start, without a token in storage', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const { auth, events } = world.open()
    expect((await auth.getSession())?.user?.id).toBe('ada')
    expect(events).toEqual(['INITIAL_SESSION access-s1-1'])
  })

  it('is the same one in all tabs that ask, and tells none of them anything new', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const tabs = [world.open(), world.open(), world.open()]
    await world.clock.settle()
    for (const { auth, events } of tabs) {
      expect((await auth.getSession())?.sessionId).toBe('s1')
      expect(events).toEqual(['INITIAL_SESSION access-s1-1'])
    }
    expect(
      [...world.browser.storage.entries.keys()].filter((key) => key.includes('.')),
    ).toHaveLength(1)
  })

  it('replaces what storage has when somebody else has signed in since', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const old = world.open()
    await old.auth.getSession()
    world.jar.answer = () => grantOf('bob', 's2')
    const { auth, events } = world.open()
    expect((await auth.getSession())?.user?.id).toBe('bob')
    expect(events).toEqual(['INITIAL_SESSION access-s2-1'])
    await world.clock.settle()
    expect(old.auth.getSnapshot().session?.user?.id).toBe('bob')
    expect(world.stored()).not.toContain('access-s1')
  })

  it('is brought up to date when the server has refreshed it', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    await world.open().auth.getSession()
    world.jar.answer = () => grantOf('ada', 's1', 2)
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-s1-2')
    expect(world.asked).toEqual([undefined, 'access-s1-1'])
  })

  it('ends here when the cookies hold nobody any more', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    await world.open().auth.getSession()
    world.jar.answer = () => null
    const { auth, events } = world.open()
    expect(await auth.getSession()).toBeNull()
    expect(events).toEqual(['INITIAL_SESSION -'])
    expect(world.stored()).not.toContain('access-s1')
  })

  it('stays ended after a sign-out that the server did not hear of, and tells it again', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const { auth } = world.open()
    await auth.getSession()
    await auth.signOut()
    world.server.revoked.splice(0)
    const { auth: reloaded, events } = world.open()
    expect(await reloaded.getSession()).toBeNull()
    expect(events).toEqual(['INITIAL_SESSION -'])
    expect(world.server.revoked).toEqual(['local access-s1-1'])
    world.jar.answer = () => grantOf('ada', 's2')
    expect((await world.open().auth.getSession())?.sessionId).toBe('s2')
  })

  it('stays ended when somebody signs out in another tab while a new one asks the server', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const old = world.open()
    await old.auth.getSession()
    // The question of the new tab has come before the sign-out to the server, and its answer after it.
    let signedOut: Promise<void> | undefined
    world.jar.answer = () => {
      signedOut = old.auth.signOut()
      return grantOf('ada', 's1', 2)
    }
    const late = world.open()
    expect(await late.auth.getSession()).toBeNull()
    await signedOut
    await world.clock.settle()
    expect(old.events.filter((event) => event.startsWith('SIGNED_IN'))).toEqual([])
    expect(world.stored()).not.toContain('access-s1')
  })

  it('is the new one when somebody signs in elsewhere while the server says that nobody is', async () => {
    const world = createCookieWorld()
    const old = world.open()
    await old.auth.getSession()
    let signedIn: Promise<unknown> | undefined
    world.jar.answer = () => {
      signedIn = old.auth.signIn({ name: 'bob' })
      return null
    }
    const late = world.open()
    await late.auth.getSession()
    await signedIn
    await world.clock.settle()
    for (const { auth } of [old, late]) expect((await auth.getSession())?.user?.id).toBe('bob')
  })

  it('stays as storage has it when there is nothing to ask, or no answer', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    await world.open().auth.getSession()
    for (const answer of [() => undefined, outage]) {
      world.jar.answer = answer
      expect((await world.open().auth.getSession())?.user?.id).toBe('ada')
    }
  })

  it('is not taken for signed out while the server cannot be asked', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth } = world.open()
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'network', retryable: true })
    world.jar.answer = () => grantOf('ada', 's1')
    await world.clock.advance(1_000)
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })

  it('does not stand in the way of a sign-in while the server cannot be asked', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth } = world.open()
    await auth.signIn({ name: 'bob' })
    expect((await auth.getSession())?.user?.id).toBe('bob')
  })

  it('is asked for by tabs that start together one after the other, each with what is known by then', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const tabs = [world.open(), world.open()]
    await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(world.asked).toEqual([undefined, 'access-s1-1'])
  })

  it('and that the server knows by no name is not taken for one that ended', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', '')
    const { auth } = world.open()
    await auth.getSession()
    await auth.signOut()
    expect((await world.open().auth.getSession())?.user?.id).toBe('ada')
  })

  it('that the server tells of late does not replace whoever has signed in meanwhile', async () => {
    const world = createWorld()
    const answers: (() => Promise<Grant>)[] = [async () => outage()]
    let tell = (_: Grant): void => {}
    answers.push(
      () =>
        new Promise((resolve) => {
          tell = resolve
        }),
    )
    const resume = resumeWith(async () => (await answers.shift()?.()) ?? null)
    const { auth } = world.open({ provider: { ...world.server.provider, resume } })
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'network' })
    await world.clock.advance(1_000)
    const asked = auth.getSession()
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    tell(grantOf('ada', 's1'))
    expect((await asked)?.user?.id).toBe('bob')
  })

  it('and that storage has too leaves no doubt behind after its sign-out, though the server is away', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    await world.open().auth.getSession()
    world.jar.answer = outage
    const { auth } = world.open()
    expect((await auth.getSession())?.sessionId).toBe('s1')
    await auth.signOut()
    expect(await auth.getSession()).toBeNull()
  })

  it('stays as another tab tells meanwhile when the server, asked again, does not answer', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth, events } = world.open()
    const other = world.open()
    await other.auth.signIn({ name: 'ada' })
    await other.auth.signOut()
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'network' })
    await world.clock.settle()
    events.splice(0)
    // Before the question storage had nobody; by the end of it another tab has told of ada.
    let fail = (): void => {}
    const pending = new Promise<never>((_, reject) => {
      fail = () => reject(new AuthError('network', 'No answer.'))
    })
    world.jar.answer = () => pending
    await world.clock.advance(1_000)
    const asked = auth.getSession()
    await world.clock.settle()
    // A sign-in waits for no lock, once its tab has started.
    await other.auth.signIn({ name: 'ada' })
    await world.clock.settle()
    fail()
    expect((await asked)?.user?.id).toBe('ada')
    expect(events.filter((event) => event.startsWith('SIGNED_OUT'))).toEqual([])
  })

  it('is not answered for by what storage said before the question, when neither it nor the server answers', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth, events } = world.open()
    await auth.getSession().catch(() => {})
    let fail = (): void => {}
    const pending = new Promise<never>((_, reject) => {
      fail = () => reject(new AuthError('network', 'No answer.'))
    })
    world.jar.answer = () => pending
    await world.clock.advance(1_000)
    const asked = auth.getSession()
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    world.browser.storage.block(true)
    fail()
    expect((await asked)?.user?.id).toBe('bob')
    expect(auth.getSnapshot().session?.user?.id).toBe('bob')
    expect(events.filter((event) => event.startsWith('SIGNED_OUT'))).toEqual([])
  })

  it('is not believed of whoever has signed out and been followed by another since the question', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const old = world.open()
    await old.auth.getSession()
    let changed: Promise<unknown> | undefined
    world.jar.answer = () => {
      changed = old.auth.signOut().then(() => old.auth.signIn({ name: 'bob' }))
      return changed.then(() => grantOf('ada', 's1'))
    }
    const late = world.open()
    expect((await late.auth.getSession())?.user?.id).toBe('bob')
    await world.clock.settle()
    expect((await old.auth.getSession())?.user?.id).toBe('bob')
  })

  it('is as old as it is, also where the server was asked for long after storage was read', async () => {
    const world = createCookieWorld()
    world.server.setLifetime(5_000)
    world.jar.answer = outage
    // Nothing tells it of a change: it sees what it reads.
    const { subscribe: _, ...storage } = world.browser.tab().storage
    const channel = { open: () => ({ post() {}, close() {} }) }
    const waiting = world.open({ autoRefresh: false, storage, environment: { channel } })
    await waiting.auth.getSession().catch(() => {})
    await world.clock.settle()
    const sibling = world.open({ autoRefresh: false })
    await sibling.auth.getSession().catch(() => {})
    await sibling.auth.signIn({ name: 'ada' })
    let answer = (_grant: undefined): void => {}
    world.jar.answer = () => new Promise((resolve) => (answer = resolve))
    await world.clock.advance(1_000)
    const asked = waiting.auth.getSession()
    await world.clock.advance(6_000)
    answer(undefined)
    // The token that it read has died meanwhile.
    expect((await asked)?.accessToken).toBe('access-2')
  })

  it('is as old as it is, also where storage was read more than once before it became current', async () => {
    const world = createCookieWorld()
    world.server.setLifetime(40_000)
    world.jar.answer = outage
    const sibling = world.open({ autoRefresh: false })
    await sibling.auth.signIn({ name: 'ada' })
    await world.clock.advance(60_000)
    world.server.outage()
    world.browser.locks.neverGrant(true)
    const { storage } = world.browser.tab()
    let late = 3_000
    const tab = world.open({
      autoRefresh: false,
      storage: {
        ...storage,
        async get(key) {
          const wait = new Promise<void>((resolve) => world.clock.schedule(late, resolve))
          late = 0
          await wait
          return storage.get(key)
        },
      },
    })
    const answers: unknown[] = []
    const ask = (): void => {
      tab.auth.getSession().then(
        (session) => answers.push(session?.accessToken),
        ({ code }) => answers.push(code),
      )
    }
    // It waits for the lock, and looks after a while whether anybody has had a turn; storage has Ada all the time.
    for (let seconds = 0; seconds < 30; seconds++) {
      ask()
      if (tab.auth.getSnapshot().user) world.browser.locks.neverGrant(false)
      await world.clock.advance(1_000)
    }
    expect(answers).not.toContain('access-1')
    expect(tab.auth.getSnapshot().user?.id).toBe('ada')
  })
})
