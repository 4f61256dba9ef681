import { describe, expect, it } from 'vitest'
import { isAuthSessionMissingError } from '../../src/index.js'
import { createWorld, HOUR, untilSent } from '../support/world.js'

/** Waits for the lock for a tenth of a second only. */
const HASTY = { requestTimeout: 50, storageTimeout: 10 }

describe('P1: one refresh per expiry', () => {
  it('ten tabs that each ask ten times for an expired session cost one request', async () => {
    const world = createWorld()
    await world.signedIn('ada', { autoRefresh: false })
    const tabs = Array.from({ length: 10 }, () => world.open({ autoRefresh: false }))
    await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    await world.clock.advance(HOUR)
    const answers = tabs.flatMap(({ auth }) => Array.from({ length: 10 }, () => auth.getSession()))
    await world.clock.settle()
    const tokens = (await Promise.all(answers)).map((session) => session?.accessToken)
    expect(new Set(tokens)).toEqual(new Set(['access-2']))
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('tabs that refresh by themselves send one request per lifetime between them', async () => {
    const world = createWorld()
    const { events } = await world.signedIn()
    for (let i = 0; i < 4; i++) world.open()
    await world.clock.settle()
    await untilSent(world, 5)
    expect(world.server.sent).toEqual([1, 2, 3, 4, 5].map((n) => `refresh-${n}`))
    expect(events.filter((event) => event.startsWith('TOKEN_REFRESHED'))).toHaveLength(5)
  })

  it('several clients of one page share the session and its refresh', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada', { autoRefresh: false })
    const { storage, environment } = tab
    const twin = world.open({ storage, environment, autoRefresh: false })
    await twin.auth.getSession()
    await world.clock.advance(HOUR)
    const both = Promise.all([auth.getSession(), twin.auth.getSession()])
    await world.clock.settle()
    const [a, b] = await both
    expect(a?.accessToken).toBe(b?.accessToken)
    expect(world.server.sent).toHaveLength(1)
  })
})

describe('P2: refreshSession always reaches the endpoint, after the call', () => {
  it('a fresh token is refreshed all the same', async () => {
    const { auth, events } = await createWorld().signedIn()
    const { session, user } = await auth.refreshSession()
    expect(session.accessToken).toBe('access-2')
    expect(user?.id).toBe('ada')
    expect(events.at(-1)).toBe('TOKEN_REFRESHED access-2')
  })

  it('calls that are waiting together share one request', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const answers = await Promise.all([1, 2, 3].map(() => auth.refreshSession()))
    expect(world.server.sent).toEqual(['refresh-1'])
    expect(new Set(answers.map(({ session }) => session.accessToken)).size).toBe(1)
  })

  it('a call made while an older request is in flight gets a new one, with the new token', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.hold()
    const older = auth.refreshSession()
    await world.clock.settle()
    world.server.setRole('admin')
    const newer = auth.refreshSession()
    await world.clock.settle()
    expect(world.server.sent).toEqual(['refresh-1'])
    world.server.release()
    expect((await older).session.accessToken).toBe('access-2')
    expect((await newer).session).toMatchObject({ accessToken: 'access-3', role: 'admin' })
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('a refresh in another tab does not stand in for this one', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const other = world.open()
    await other.auth.getSession()
    const both = Promise.all([auth.refreshSession(), other.auth.refreshSession()])
    await world.clock.settle()
    const tokens = (await both).map(({ session }) => session.accessToken)
    expect(new Set(tokens)).toEqual(new Set(['access-2', 'access-3']))
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
  })

  it('it asks the server itself, also when a read joins it and a sibling is faster', async () => {
    const world = createWorld()
    const sibling = await world.signedIn('ada', { autoRefresh: false })
    const { auth } = world.open({ autoRefresh: false })
    await auth.getSession()
    await world.clock.advance(HOUR - 30_000)
    world.server.hold()
    const theirs = sibling.auth.refreshSession()
    await world.clock.settle()
    const mine = auth.refreshSession()
    await auth.getSession()
    world.server.release()
    await world.clock.settle()
    expect((await theirs).session.accessToken).toBe('access-2')
    expect((await mine).session.accessToken).toBe('access-3')
  })

  it('it asks the server itself, also when it queues behind a mere read', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.locks.neverGrant(true)
    const before = expect(auth.refreshSession()).rejects.toMatchObject({ code: 'superseded' })
    await world.clock.settle()
    world.server.setLifetime(20_000)
    await auth.signIn({ name: 'bob' })
    const sibling = world.open({ ...HASTY, autoRefresh: false })
    await sibling.auth.getSession()
    await world.clock.advance(16_000)
    await auth.getSession()
    const mine = auth.refreshSession()
    const theirs = sibling.auth.refreshSession()
    await world.clock.advance(1_000)
    expect((await theirs).session.accessToken).toBe('access-3')
    world.browser.locks.neverGrant(false)
    await world.clock.settle()
    await before
    expect((await mine).session.accessToken).toBe('access-4')
  })
})

describe('P3: getSession does not wait when it need not', () => {
  it('answers from memory while a refresh runs behind it', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    world.server.hold()
    await world.clock.advance(HOUR - 30_000)
    expect((await auth.getSession())?.accessToken).toBe('access-1')
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(1)
    world.server.release()
    await world.clock.settle()
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('waits for the next token within the last ten seconds', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR - 9_000)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('an outage while the token is valid is invisible, also within those seconds', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    world.server.outage(2)
    await world.clock.advance(HOUR - 30_000)
    expect((await auth.getSession())?.accessToken).toBe('access-1')
    await world.clock.advance(25_000)
    expect((await auth.getSession())?.accessToken).toBe('access-1')
    expect(world.server.sent).toHaveLength(2)
  })
})

describe('the missing session', () => {
  it('is told by its own error when nobody is signed in, or the token is empty', async () => {
    const { auth } = createWorld().open()
    for (const call of [auth.refreshSession(), auth.refreshSession('')]) {
      expect(isAuthSessionMissingError(await call.catch((error: unknown) => error))).toBe(true)
    }
    expect(await auth.getSession()).toBeNull()
  })

  it('is told when the refresh comes back without a session, which ends nothing', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.fail({ answer: null })
    const error = await auth.refreshSession().catch((e: unknown) => e)
    expect(isAuthSessionMissingError(error)).toBe(true)
    expect((await auth.getSession())?.accessToken).toBe('access-1')
  })
})
