import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/index.js'
import { createWorld, HOUR, untilSent } from '../support/world.js'

const MINUTE = 60_000
const QUIET = { autoRefresh: false } as const

/** Tabs of one person, all of whose token has just died. */
async function tabsWithDeadToken(count: number, options = {}) {
  const world = createWorld()
  const first = await world.signedIn('ada', options)
  const others = Array.from({ length: count - 1 }, () => world.open(options))
  const tabs = [first, ...others]
  await Promise.all(tabs.map(({ auth }) => auth.getSession()))
  await world.clock.settle()
  for (const { tab } of tabs) tab.freeze()
  await world.clock.advance(HOUR)
  return { world, tabs }
}

/** What every tab's app does: it asks for the session each second. */
async function askFor(
  { world, tabs }: Awaited<ReturnType<typeof tabsWithDeadToken>>,
  ms: number,
): Promise<void> {
  for (let s = 0; s < ms / 1_000; s++) {
    for (const { auth } of tabs) auth.getSession().catch(() => {})
    await world.clock.advance(1_000)
  }
}

describe('what a server said of when to come again', () => {
  it.each([
    ['a Retry-After', new AuthError('rate_limited', 'Slow.', { retryAfter: 30_000 }), 30_000],
    ['a refusal that ends nothing', new AuthError('rejected', 'I am a teapot.'), 20_000],
  ])('is not forgotten over a request that was lost: %s', async (_, error, least) => {
    const crowd = await tabsWithDeadToken(1)
    const { world, tabs } = crowd
    world.server.fail({ error })
    for (const { auth, tab } of tabs) {
      tab.thaw()
      await auth.refreshSession().catch(() => {})
      world.server.outage(2)
      await auth.refreshSession().catch(() => {})
      await auth.refreshSession().catch(() => {})
      tab.focus()
    }
    const sibling = world.open()
    await askFor({ world, tabs: [...tabs, sibling] }, least - 1_000)
    expect(world.server.sent).toHaveLength(3)
    await askFor(crowd, 31_000)
    expect(world.server.sent).toHaveLength(4)
  })
})

describe('ten tabs with a dead token', () => {
  it('send what one client would in an outage of a minute, and all are well soon after', async () => {
    const crowd = await tabsWithDeadToken(10)
    const { world, tabs } = crowd
    world.server.outage(1_000)
    for (const { tab } of tabs) tab.thaw()
    await askFor(crowd, MINUTE)
    expect(world.server.sent.length).toBeLessThanOrEqual(8)
    world.server.recover()
    const before = world.server.sent.length
    // The longest pause while somebody asks, and the second until they ask again.
    await askFor(crowd, 31_000)
    expect(world.server.sent.length).toBe(before + 1)
    for (const { auth } of tabs) expect(auth.getSnapshot().session?.accessToken).toBe('access-2')
  })

  it('are still one client half an hour into an outage', async () => {
    const requestsOf = async (count: number): Promise<number> => {
      const crowd = await tabsWithDeadToken(count)
      const { world, tabs } = crowd
      world.server.outage(10_000)
      for (const { tab } of tabs) tab.thaw()
      await askFor(crowd, 30 * MINUTE)
      return world.server.sent.length
    }
    const alone = await requestsOf(1)
    // So many that a count which ends at thirty would tell the others nothing new.
    expect(alone).toBeGreaterThan(50)
    expect(await requestsOf(3)).toBeLessThanOrEqual(alone + 2)
  })

  it('send one request while the server asks to be left alone for half a minute', async () => {
    const crowd = await tabsWithDeadToken(10)
    const { world, tabs } = crowd
    world.server.fail({ error: new AuthError('rate_limited', 'Slow.', { retryAfter: 30_000 }) })
    for (const { tab } of tabs) tab.thaw()
    await askFor(crowd, 29_000)
    expect(world.server.sent).toHaveLength(1)
    await askFor(crowd, 3_000)
    for (const { auth } of tabs) expect((await auth.getSession())?.accessToken).toBe('access-2')
  })

  it('wait at least five seconds after a 429 without a readable Retry-After', async () => {
    const crowd = await tabsWithDeadToken(10)
    const { world, tabs } = crowd
    world.server.fail({ error: new AuthError('rate_limited', 'Slow.') })
    for (const { tab } of tabs) tab.thaw()
    await askFor(crowd, 4_000)
    expect(world.server.sent).toHaveLength(1)
  })
})

describe('a tab that opens in an outage', () => {
  it('sends nothing before it is time, and tells its caller at once what failed and when to ask', async () => {
    const { world, tabs } = await tabsWithDeadToken(1, QUIET)
    tabs[0]?.tab.thaw()
    world.server.fail({
      error: new AuthError('server_error', 'Down.', { status: 503, retryAfter: 20_000 }),
    })
    await expect(tabs[0]?.auth.getSession()).rejects.toMatchObject({ code: 'server_error' })
    await world.clock.advance(5_000)
    const next = world.open(QUIET)
    await expect(next.auth.getSession()).rejects.toMatchObject({
      code: 'server_error',
      status: 503,
      retryable: true,
      retryAfter: 15_000,
    })
    expect(next.events.at(-1)).toBe('REFRESH_FAILED access-1 elsewhere')
    expect(world.server.sent).toHaveLength(1)
    await world.clock.advance(15_000)
    expect((await next.auth.getSession())?.accessToken).toBe('access-2')
  })

  it('asks at once when the pause lies in a past that a wrong clock made', async () => {
    const { world, tabs } = await tabsWithDeadToken(1, QUIET)
    tabs[0]?.tab.thaw()
    world.server.outage()
    await expect(tabs[0]?.auth.getSession()).rejects.toMatchObject({ code: 'network' })
    world.clock.jump(-30 * 24 * HOUR)
    const next = world.open(QUIET)
    await next.auth.getSession().catch(() => {})
    await world.clock.advance(2_000)
    expect((await next.auth.getSession())?.accessToken).toBe('access-2')
  })

  it('is not stopped by what somebody wrote in the place of patience', async () => {
    for (const text of ['', '{', '{"v":1}', '{"v":2}', '[]', 'null', '\u0000'.repeat(1_000)]) {
      const { world } = await tabsWithDeadToken(1, QUIET)
      world.browser.storage.entries.set('app.patience', text)
      expect((await world.open(QUIET).auth.getSession())?.accessToken).toBe('access-2')
    }
  })
})

describe('refreshSession()', () => {
  it('reaches the server also in a pause, and what it learns is everybody’s', async () => {
    const { world, tabs } = await tabsWithDeadToken(2, QUIET)
    for (const { tab } of tabs) tab.thaw()
    const [one, two] = tabs
    world.server.outage(2)
    await expect(one?.auth.getSession()).rejects.toMatchObject({ code: 'network' })
    await expect(two?.auth.refreshSession()).rejects.toMatchObject({ code: 'network' })
    expect(world.server.sent).toHaveLength(2)
    // The second failure doubled the pause for both.
    await world.clock.advance(1_000)
    await expect(one?.auth.getSession()).rejects.toMatchObject({ code: 'network' })
    expect(world.server.sent).toHaveLength(2)
    await world.clock.advance(1_000)
    expect((await one?.auth.getSession())?.accessToken).toBe('access-2')
  })
})

describe('a refusal that ends no session', () => {
  it('is asked about ever more rarely on GoTrue and WorkOS too, which call what they do not know retryable', async () => {
    const world = createWorld()
    await world.signedIn()
    world.server.setRefusal(new AuthError('rejected', 'A gateway.', { retryable: true }))
    await world.clock.advance(2 * HOUR)
    // From half a minute to a quarter of an hour, of which jitter takes away a third at the most.
    expect(world.server.sent.length).toBeGreaterThan(5)
    expect(world.server.sent.length).toBeLessThanOrEqual(15)
  })

  it.each([false, true])(
    'is asked about ever more rarely, asked for or not (%s)',
    async (asked) => {
      const world = createWorld()
      const first = await world.signedIn()
      world.server.setRefusal(new AuthError('rejected', 'Not from here.', { status: 403 }))
      const crowd = { world, tabs: asked ? [first] : [] }
      for (let hour = 0; hour < 25; hour++) {
        if (asked) await askFor(crowd, MINUTE)
        await world.clock.advance(HOUR)
      }
      expect(world.server.sent.length).toBeGreaterThan(20)
      // A quarter of an hour, of which jitter takes away a third at the most.
      expect(world.server.sent.length).toBeLessThanOrEqual(25 * 6 + 10)
      expect(first.auth.getSnapshot()).toMatchObject({ status: 'signed-in' })
    },
  )

  it('of another organization does not slow the session’s own refreshes', async () => {
    const { world, tabs } = await tabsWithDeadToken(1, QUIET)
    tabs[0]?.tab.thaw()
    world.server.fail({ error: new AuthError('step_required', 'SSO first.') })
    await expect(tabs[0]?.auth.refreshSession({ organizationId: 'org_2' })).rejects.toMatchObject({
      code: 'step_required',
    })
    expect((await tabs[0]?.auth.getSession())?.accessToken).toBe('access-2')
  })

  it('is one thing, an outage another: that counts also when another organization was wanted', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.outage()
    await auth.refreshSession({ organizationId: 'org_1' }).catch(() => {})
    expect(auth.getSnapshot().error).toMatchObject({ code: 'network' })
  })
})

describe('a client that nobody asks for tokens', () => {
  /** How many requests a client sends in ten minutes, the first of which fails as all others do. */
  async function requestsInOutage(ask: boolean): Promise<number> {
    const world = createWorld()
    const tabs = [await world.signedIn()]
    world.server.outage(1_000)
    await untilSent(world, 1)
    if (ask) await askFor({ world, tabs }, 10 * MINUTE)
    else await world.clock.advance(10 * MINUTE)
    return world.server.sent.length
  }

  it('sends at most eight requests in an outage of ten minutes', async () => {
    expect(await requestsInOutage(false)).toBeLessThanOrEqual(8)
  })

  it('sends more when it is asked: the pace is that of the callers', async () => {
    expect(await requestsInOutage(true)).toBeGreaterThan(15)
  })

  it.each([30_000, 120_000])(
    'keeps the time that it told whoever asked once, in the longest pause (%i ms) too',
    async (maxRetryDelay) => {
      const { world, tabs } = await tabsWithDeadToken(1, {
        maxRetryDelay,
        environment: { random: () => 0.999 },
      })
      const [one] = tabs
      world.server.outage(100)
      one?.tab.thaw()
      // The waking counts as a question, which is forgotten by then.
      await world.clock.advance(maxRetryDelay + MINUTE)
      for (let n = 0; n < 8; n++) await one?.auth.refreshSession().catch(() => {})
      await world.clock.advance(maxRetryDelay)
      const { sent } = world.server
      const before = sent.length
      world.server.hold()
      const answer = one?.auth.getSession().catch(() => {})
      await world.clock.advance(9_000)
      world.server.release()
      await answer
      expect(sent).toHaveLength(before + 1)
      world.server.recover()
      await world.clock.advance(maxRetryDelay)
      expect(one?.auth.getSnapshot()).toMatchObject({ error: null })
      expect(sent).toHaveLength(before + 2)
    },
  )

  it('tries again sooner for somebody who asks while the token lives', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.outage(100)
    await untilSent(world, 5)
    expect((await auth.getSession())?.accessToken).toBe('access-1')
    expect(world.server.sent).toHaveLength(5)
    await world.clock.advance(16_000)
    expect(world.server.sent).toHaveLength(6)
  })

  it('tries again as soon as somebody asks, at the callers’ pace', async () => {
    const longest = { random: () => 0.999 }
    const { world, tabs } = await tabsWithDeadToken(1, { environment: longest })
    const [one] = tabs
    world.server.outage(100)
    one?.tab.thaw()
    await world.clock.advance(100_000)
    const tried = world.server.sent.length
    world.server.recover()
    expect((await one?.auth.getSession())?.accessToken).toBe('access-2')
    expect(world.server.sent).toHaveLength(tried + 1)
  })
})

describe('a step that has spent the refresh token', () => {
  const details = { step: 'mfa_required', spent: true }
  const step = () => new AuthError('step_required', 'A code, please.', { details })

  it('keeps every tab from sending it, also where an organization or news were wanted', async () => {
    const { world, tabs } = await tabsWithDeadToken(3, QUIET)
    for (const { tab } of tabs) tab.thaw()
    const [one, ...others] = tabs
    world.server.fail({ error: step() })
    const switched = one?.auth.refreshSession({ organizationId: 'org_2' })
    await expect(switched).rejects.toMatchObject({ code: 'step_required' })
    for (const { auth } of [...tabs, world.open()]) {
      for (const organizationId of [undefined, 'org_3']) {
        const call = auth.refreshSession({ organizationId })
        await expect(call).rejects.toMatchObject({ details: { step: 'mfa_required' } })
      }
      await expect(auth.getSession()).rejects.toMatchObject({ retryAfter: undefined })
    }
    await world.clock.advance(24 * HOUR)
    expect(world.server.sent).toHaveLength(1)
    expect(others[0]?.events.at(-1)).toBe('REFRESH_FAILED access-1 elsewhere')
    await one?.auth.signIn({ name: 'ada' })
    expect((await one?.auth.refreshSession())?.session.accessToken).toBe('access-3')
  })

  it('says nothing of the tokens that another tab has brought meanwhile, without a working lock', async () => {
    const world = createWorld()
    let answer = (): void => {}
    const refusals = [
      new Promise<never>((_, reject) => {
        answer = () => reject(step())
      }),
    ]
    const { provider: works } = world.server
    const provider: typeof works = {
      ...works,
      refresh: (token, context) => refusals.shift() ?? works.refresh(token, context),
    }
    const environment = { lock: { acquire: async () => () => {} } }
    const { auth } = await world.signedIn('ada', { ...QUIET, environment, provider })
    const sibling = world.open({ ...QUIET, environment })
    await sibling.auth.getSession()
    const refused = auth.refreshSession()
    await world.clock.settle()
    await sibling.auth.refreshSession()
    await world.clock.settle()
    answer()
    expect((await refused).session.accessToken).toBe('access-3')
    expect((await sibling.auth.refreshSession()).session.accessToken).toBe('access-4')
    expect((await world.open(QUIET).auth.refreshSession()).session.accessToken).toBe('access-5')
  })
})

describe('a request to be left alone that comes late, without a working lock', () => {
  /** A tab whose refresh waits for its answer, which another tab of the same person does not. */
  async function waiting() {
    const world = createWorld()
    const { provider: works } = world.server
    let answer = (): void => {}
    const late = new Promise<never>((_, reject) => {
      answer = () => reject(new AuthError('rate_limited', 'Slow.', { retryAfter: HOUR }))
    })
    const answers = [late]
    const provider: typeof works = {
      ...works,
      refresh: (token, context) => answers.shift() ?? works.refresh(token, context),
    }
    const environment = { lock: { acquire: async () => () => {} } }
    const { auth } = await world.signedIn('ada', { ...QUIET, environment, provider })
    const sibling = world.open({ ...QUIET, environment })
    await sibling.auth.getSession()
    await world.clock.advance(HOUR - 30_000)
    await auth.getSession()
    await world.clock.settle()
    expect(answers).toEqual([])
    return { world, auth, sibling: sibling.auth, answer }
  }

  /** How many refreshes are sent when the session of a tab is due again. */
  async function sentWhenDue({ world, auth, answer }: Awaited<ReturnType<typeof waiting>>) {
    await world.clock.settle()
    answer()
    await world.clock.settle()
    const { length: before } = world.server.sent
    await world.clock.advance(HOUR - 30_000)
    await auth.getSession()
    await world.clock.settle()
    return world.server.sent.length - before
  }

  it('is heeded, though another tab has brought the session’s next tokens meanwhile', async () => {
    const crowd = await waiting()
    await crowd.sibling.refreshSession()
    expect(await sentWhenDue(crowd)).toBe(0)
  })

  it('is none for who has signed in meanwhile, in another tab', async () => {
    const crowd = await waiting()
    await crowd.sibling.signIn({ name: 'bob' })
    expect(await sentWhenDue(crowd)).toBe(1)
  })
})
