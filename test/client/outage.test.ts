import { describe, expect, it } from 'vitest'
import { AuthError, type AuthErrorCode } from '../../src/index.js'
import { createWorld, HOUR, untilSent } from '../support/world.js'

const transient: readonly AuthErrorCode[] = [
  'network',
  'timeout',
  'rate_limited',
  'server_error',
  'bad_response',
  'rejected',
]

describe('P4: only the server’s definite word ends a session', () => {
  it.each(transient)('%s keeps the session, in memory and in storage', async (code) => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    world.server.fail({ error: new AuthError(code, 'Not now.') })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code })
    expect((await auth.getSession())?.accessToken).toBe('access-1')
    expect(world.stored()).toContain('refresh-1')
    expect(events.at(-1)).toBe('REFRESH_FAILED access-1')
  })

  it.each([
    ['network', 2],
    ['timeout', 2],
    ['server_error', 2],
    ['bad_response', 2],
    ['rate_limited', 1],
    ['rejected', 1],
  ] as const)('a fresh token that met %s is shown %i times within seconds', async (code, times) => {
    // What may have been an answer has spent the token; servers forgive that for seconds.
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.fail({ error: new AuthError<typeof code>(code, 'Not now.') })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code })
    await world.clock.advance(5_000)
    expect(world.server.sent).toEqual(Array.from({ length: times }, () => 'refresh-1'))
  })

  it('a provider that throws anything else is treated as a bad answer', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', {
      provider: {
        ...world.server.provider,
        refresh: () => Promise.reject(new TypeError('a bug')),
      },
    })
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'bad_response' })
    expect(await auth.getSession()).not.toBeNull()
  })

  it('an expired token in an outage rejects with a retryable error, not with null', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR + 1)
    world.server.outage()
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'network', retryable: true })
    expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', error: { code: 'network' } })
  })

  it('callers in the backoff are answered at once and send nothing', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', { autoRefresh: false })
    await world.clock.advance(HOUR + 1)
    world.server.outage()
    for (let i = 0; i < 20; i++) await expect(auth.getSession()).rejects.toThrow()
    expect(world.server.sent).toHaveLength(1)
  })

  it('the refresh is tried again by itself, and the session recovers', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    world.server.outage(3)
    await world.clock.advance(HOUR)
    await world.clock.advance(60_000)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect(auth.getSnapshot().error).toBeNull()
    expect(events.filter((event) => event.startsWith('REFRESH_FAILED'))).toHaveLength(3)
  })

  it('Retry-After is honoured', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.fail({ error: new AuthError('rate_limited', 'Slow.', { retryAfter: 30_000 }) })
    await untilSent(world, 1)
    await world.clock.advance(29_000)
    expect(world.server.sent).toHaveLength(1)
    await world.clock.advance(2_000)
    expect(world.server.sent).toHaveLength(2)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('attempts pause offline and begin again with the network', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    world.server.outage(1)
    tab.goOffline()
    await world.clock.advance(HOUR * 3)
    expect(world.server.sent).toHaveLength(1)
    tab.goOnline()
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(2)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('the server’s definite word signs out, once, with the reason', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    world.server.endAll()
    await expect(auth.refreshSession()).rejects.toMatchObject({
      code: 'refresh_rejected',
      retryable: false,
    })
    expect(await auth.getSession()).toBeNull()
    expect(events.at(-1)).toBe('SIGNED_OUT - because refresh-rejected')
    expect(world.stored()).not.toContain('refresh-1')
  })

  it('a failed refresh is tried again at once when the network comes back', async () => {
    const world = createWorld()
    const { tab } = await world.signedIn()
    world.server.outage(9)
    await world.clock.advance(HOUR)
    const tried = world.server.sent.length
    tab.goOffline()
    tab.goOnline()
    await world.clock.settle()
    expect(world.server.sent).toHaveLength(tried + 1)
  })

  it('a token whose answer was lost is shown again soon, also where the next answer is a 429', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.outage()
    world.server.fail({ error: new AuthError('rate_limited', 'Slow.', { status: 429 }) })
    await auth.refreshSession().catch(() => {})
    await world.clock.advance(2_000)
    expect(world.server.sent).toHaveLength(2)
    // Servers forgive a spent token for seconds, not until the next one is due.
    await world.clock.advance(8_000)
    expect(world.server.sent).toHaveLength(3)
  })
})
