import { describe, expect, it } from 'vitest'
import { createOutbox } from '../../src/core/events.js'
import { step } from '../../src/core/machine.js'
import { toRecord, withUser } from '../../src/core/record.js'
import { AuthError, type SessionUser } from '../../src/index.js'
import { createWorld, DAY, HOUR, untilSent } from '../support/world.js'

/** Waits for the lock for a tenth of a second only. */
const HASTY = { requestTimeout: 50, storageTimeout: 10 }

// Each of these was written because a planted bug survived all other tests: npm run mutants.

describe('a session that was found in storage', () => {
  it('is as old as it was: a clock that is set back then does not make its token live longer', async () => {
    const world = createWorld()
    await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(50 * 60_000)
    const { auth, tab } = world.open({ autoRefresh: false })
    await auth.getSession()
    tab.setClockSkew(-DAY)
    await world.clock.advance(11 * 60_000)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('that was deleted comes back to all tabs by one that went on in memory', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.storage.setQuotaExceeded(true)
    await auth.refreshSession()
    world.browser.storage.clear()
    sibling.tab.focus()
    await world.clock.advance(2_000)
    expect(sibling.events.at(-1)).toBe('SIGNED_OUT - because storage-cleared')
    world.browser.storage.setQuotaExceeded(false)
    await world.clock.advance(60_000)
    expect((await sibling.auth.getSession())?.accessToken).toBe('access-2')
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })
})

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
})

describe('a change of the user', () => {
  it('does not bring back the tokens that a sibling has replaced while it was being saved', () => {
    const limits = { refreshMargin: 1, waitMargin: 1, retryDelay: 1, maxRetryDelay: 1 }
    const now = { wall: 0, monotonic: 0, asked: false }
    const ada: SessionUser = { id: 'ada' }
    const grant = (token: string) => ({ accessToken: token, lifetime: HOUR, user: ada })
    const first = toRecord(grant('old'), 'lineage', 0)
    const theirs = toRecord(grant('new'), first, 0)
    const seen = { kind: 'session', record: theirs } as const
    const [signedIn] = step({ status: 'loading' }, { type: 'observed', seen }, now, limits)
    const record = withUser(first, { ...ada, email: 'ada@example.com' })
    const [after] = step(signedIn, { type: 'user-updated', record, saved: true }, now, limits)
    expect(after).toBe(signedIn)
  })
})

describe('listeners', () => {
  it('hear all that happens, also while another one never ends', async () => {
    const { auth } = await createWorld().signedIn()
    auth.onAuthStateChange(() => new Promise(() => {}))
    const heard: string[] = []
    auth.onAuthStateChange((event) => heard.push(event))
    await auth.refreshSession()
    await auth.refreshSession()
    await auth.signOut()
    expect(heard).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED', 'TOKEN_REFRESHED', 'SIGNED_OUT'])
  })

  it('that come late are told the session of their turn first', async () => {
    const { auth } = await createWorld().signedIn()
    await auth.refreshSession()
    const heard: string[] = []
    auth.onAuthStateChange((event, session) => heard.push(`${event} ${session?.accessToken}`))
    await auth.signOut()
    expect(heard).toEqual(['INITIAL_SESSION access-2', 'SIGNED_OUT undefined'])
  })

  it('that come while changes are being told hear INITIAL_SESSION before any of them', async () => {
    const world = createWorld()
    const { auth } = world.open()
    const heard: string[] = []
    const stop = auth.onAuthStateChange((event) => {
      if (event !== 'SIGNED_IN') return
      stop()
      auth.onAuthStateChange((event, session) => heard.push(`${event} ${session?.accessToken}`))
    })
    const { refreshToken } = world.server.issue('ada')
    await auth.refreshSession(refreshToken)
    await world.clock.settle()
    expect(heard).toEqual(['INITIAL_SESSION access-2'])
  })

  it('all hear one change before any hears the next, whoever asks for the delivery', () => {
    const outbox = createOutbox<SessionUser>(() => {})
    const heard: string[] = []
    outbox.listen(outbox.flush)
    outbox.listen((...[event]) => heard.push(event))
    outbox.open(null)
    const detail = { origin: 'this-context', reason: 'user' } as const
    const { session } = toRecord({ accessToken: 'a', lifetime: HOUR }, 'lineage', 0)
    outbox.add([
      ['SIGNED_IN', session, { origin: 'this-context' }],
      ['SIGNED_OUT', null, detail],
    ])
    outbox.flush()
    expect(heard).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'SIGNED_OUT'])
  })
})

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
})

describe('refreshSession()', () => {
  it('asks the server itself, also when a read joins it and a sibling is faster', async () => {
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

  it('asks the server itself, also when it queues behind a mere read', async () => {
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

describe('a read that waits for the lock', () => {
  it('is answered as soon as a sibling has refreshed', async () => {
    const world = createWorld()
    const sibling = await world.signedIn('ada', { ...HASTY, autoRefresh: false })
    const { auth } = world.open({ autoRefresh: false })
    await auth.getSession()
    world.browser.locks.neverGrant(true)
    await world.clock.advance(HOUR)
    const tokens: (string | undefined)[] = []
    auth.getSession().then((session) => tokens.push(session?.accessToken))
    sibling.auth.getSession()
    await world.clock.advance(1_000)
    expect(tokens).toEqual(['access-2'])
  })
})

describe('a page that comes back from the back/forward cache', () => {
  it('does not wait for the answer to what it sent before it went', async () => {
    const world = createWorld()
    const { environment } = world.browser.tab()
    let hear: Parameters<typeof environment.wake.subscribe>[0] = () => {}
    const subscribe: typeof environment.wake.subscribe = (listener) => {
      hear = listener
      return () => {}
    }
    const wake = { ...environment.wake, subscribe }
    const { auth } = await world.signedIn('ada', { environment: { wake } })
    world.server.hold()
    const refresh = expect(auth.refreshSession()).rejects.toMatchObject({ code: 'network' })
    await world.clock.settle()
    hear('restored')
    await world.clock.settle()
    await refresh
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-1'])
  })
})
