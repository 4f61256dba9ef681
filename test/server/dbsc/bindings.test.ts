import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createBindings } from '../../../src/server/dbsc/bindings.js'
import type { DeviceBindingOptions, DeviceRequest } from '../../../src/server/dbsc/index.js'
import { type Coordinator, memoryCoordinator } from '../../../src/server/index.js'
import { createManualClock } from '../../../src/testing/index.js'
import { createDeviceWorld, createPair, sessionCookie } from './device-world.js'

const MINUTE = 60_000
/** How long a request may have been under way: a minute, and another one for clocks that differ. */
const UNDER_WAY = 2 * MINUTE

/** A store of several processes, each of which knows by itself what it was told, as with Redis. */
function createShared() {
  const clock = createManualClock()
  const store = new Map<string, number>()
  const state = { isDown: false, told: 0 }
  function start() {
    const own = new Map<string, number>()
    const devices = {
      async noteBinding(sessionId: string, key: string) {
        state.told += 1
        for (const name of [`${sessionId} ${key}`, sessionId]) {
          // The first one counts, as for `keepsFirst`.
          const at = own.get(name) ?? clock.now()
          own.set(name, at)
          if (!state.isDown && !store.has(name)) store.set(name, at)
        }
        if (state.isDown) throw new AuthError('storage', 'Redis fails.', { retryable: true })
      },
      async boundAt(name: string) {
        const at = own.get(name)
        if (at !== undefined) return at
        if (!state.isDown) return store.get(name) ?? null
        throw new AuthError('storage', 'Redis fails.', { retryable: true })
      },
      async isBoundTo(sessionId: string, key: string) {
        return (await devices.boundAt(`${sessionId} ${key}`)) !== null
      },
    }
    return createBindings({ devices, now: clock.now })
  }
  return { clock, store, state, start }
}

describe('that a session is bound', () => {
  it('is told by each process once, however many requests prove it', async () => {
    const { clock, state, start } = createShared()
    const [first, second] = [start(), start()]
    for (let request = 0; request < 50; request += 1) await first.note('session_1', 'key_1')
    expect(state.told).toBe(1)
    await second.note('session_1', 'key_1')
    expect(state.told).toBe(2)
    for (const bindings of [first, second]) {
      expect(await bindings.stateOf('session_1')).toBe('just-bound')
      expect(await bindings.stateOf('session_2')).toBe('unbound')
    }
    await clock.advance(UNDER_WAY)
    for (const bindings of [first, second]) {
      expect(await bindings.stateOf('session_1')).toBe('bound')
      expect(await bindings.stateOf('session_2')).toBe('unbound')
    }
  })

  it('counts from the first request that proves it, whatever comes later, anywhere', async () => {
    const { clock, start } = createShared()
    const [first, second] = [start(), start()]
    await first.note('session_1', 'key_1')
    await clock.advance(UNDER_WAY - 1)
    await second.note('session_1', 'key_1')
    expect(await first.stateOf('session_1')).toBe('just-bound')
    await clock.advance(1)
    expect(await first.stateOf('session_1')).toBe('bound')
  })

  it('is told later, and seldom tried, where the store fails; the requests notice nothing', async () => {
    const { clock, store, state, start } = createShared()
    const [first, second] = [start(), start()]
    state.isDown = true
    for (let request = 0; request < 50; request += 1) await first.note('session_1', 'key_1')
    expect(state.told).toBe(1)
    for (let thirds = 0; thirds < 6; thirds += 1) {
      await clock.advance(MINUTE / 3)
      await first.note('session_1', 'key_1')
    }
    // This process knows of it by itself.
    expect(await first.stateOf('session_1')).toBe('bound')
    expect(await second.stateOf('session_1')).toBe('unknown')
    state.isDown = false
    await clock.advance(10_000)
    await first.note('session_1', 'key_1')
    expect(store.has('session_1')).toBe(true)
    expect(await second.stateOf('session_1')).toBe('bound')
  })

  it('is told with the key, and no other one counts from then on, in any process', async () => {
    const { store, start } = createShared()
    const [first, second] = [start(), start()]
    const states = (key: string) =>
      Promise.all([first, second].map((bindings) => bindings.keyStateOf('session_1', key)))
    expect(await states('key_2')).toEqual(['counts', 'counts'])
    await first.note('session_1', 'key_1')
    expect(await states('key_1')).toEqual(['counts', 'counts'])
    expect(await states('key_2')).toEqual(['other', 'other'])
    store.clear()
    expect(await start().keyStateOf('session_1', 'key_2')).toBe('counts')
  })

  it('is not known of a key where the store fails: no key that somebody has registered counts for want of an answer', async () => {
    const { clock, state, start } = createShared()
    const [first, second] = [start(), start()]
    const states = (key: string) =>
      Promise.all([first, second].map((bindings) => bindings.keyStateOf('session_1', key)))
    state.isDown = true
    expect(await states('key_2')).toEqual(['unknown', 'unknown'])
    await first.note('session_1', 'key_1')
    // Only this process knows of that key; of another one nobody does: two may have been proved at once.
    expect(await states('key_1')).toEqual(['counts', 'unknown'])
    expect(await states('key_2')).toEqual(['unknown', 'unknown'])
    state.isDown = false
    await clock.advance(10_000)
    await first.note('session_1', 'key_1')
    expect(await states('key_1')).toEqual(['counts', 'counts'])
    expect(await states('key_2')).toEqual(['other', 'other'])
  })

  it('is not known of a key where the store answers half of what it is asked', async () => {
    const down = async () => {
      throw new AuthError('storage', 'Redis fails.', { retryable: true })
    }
    const noteBinding = async () => {}
    const whole = { noteBinding, boundAt: async () => 1, isBoundTo: async () => false }
    const stateBy = (half: object) =>
      createBindings({ devices: { ...whole, ...half }, now: () => 2 }).keyStateOf('s', 'key')
    expect(await stateBy({})).toBe('other')
    expect(await stateBy({ boundAt: down })).toBe('unknown')
    expect(await stateBy({ isBoundTo: down })).toBe('unknown')
    expect(await stateBy({ boundAt: down, isBoundTo: async () => true })).toBe('counts')
  })

  it('is told again where the store has forgotten it', async () => {
    const { clock, store, start } = createShared()
    const [first, second] = [start(), start()]
    await first.note('session_1', 'key_1')
    store.clear()
    await second.note('session_1', 'key_1')
    await clock.advance(UNDER_WAY)
    expect(await start().stateOf('session_1')).toBe('bound')
  })

  it('stays so by a clock that was set back', async () => {
    const { clock, start } = createShared()
    const bindings = start()
    await bindings.note('session_1', 'key_1')
    clock.jump(-5 * MINUTE)
    expect(await bindings.stateOf('session_1')).toBe('bound')
  })

  it('is as good by servers whose clocks are a minute apart: none refuses a request of half a minute', async () => {
    for (const apart of [MINUTE, -MINUTE]) {
      const { clock, start } = createShared()
      const [first, second] = [start(), start()]
      await first.note('session_1', 'key_1')
      clock.jump(apart)
      await clock.advance(MINUTE / 2)
      expect(await second.stateOf('session_1')).toBe('just-bound')
    }
  })
})

describe('requests of bound sessions', () => {
  function createFailing() {
    const base = memoryCoordinator()
    const state = { end: false, endedAt: false, ends: 0 }
    const coordinator: Coordinator = {
      ...base,
      async end(name, ...rest) {
        if (name.startsWith('bound:')) state.ends += 1
        if (state.end) throw new AuthError('storage', 'Down.', { retryable: true })
        return base.end(name, ...rest)
      },
      async endedAt(name) {
        if (state.endedAt && name.startsWith('bound:')) throw new AuthError('bad_response', 'Odd.')
        return base.endedAt(name)
      },
    }
    return { state, world: { sealed: { coordinator } } }
  }

  it('write to the store once, and are served where that fails', async () => {
    const { state, world } = createFailing()
    const { createBrowser } = createDeviceWorld({ world })
    const browser = createBrowser()
    state.end = true
    const { first } = await browser.begin()
    expect((await first.json()).session).not.toBeNull()
    state.end = false
    const other = createBrowser()
    await other.begin()
    const { ends } = state
    for (let request = 0; request < 5; request += 1) await other.page('/auth/session')
    expect(state.ends).toBe(ends)
  })

  it('tell the store again after ten seconds, where it could not tell the other processes', async () => {
    const base = memoryCoordinator()
    const told: boolean[] = []
    const coordinator: Coordinator = {
      ...base,
      async end(name, ttl, options) {
        await base.end(name, ttl, options)
        if (!name.startsWith('bound:')) return
        // As redisCoordinator while Redis does not answer: this process knows, which is enough for a sign-out.
        told.push(options?.everywhere === true)
        if (options?.everywhere) throw new AuthError('storage', 'Down.', { retryable: true })
      },
    }
    const { createBrowser, clock } = createDeviceWorld({ world: { sealed: { coordinator } } })
    const browser = createBrowser()
    await browser.begin()
    const first = told.length
    await clock.advance(10_000)
    await browser.page('/auth/session')
    expect(told).toHaveLength(2 * first)
  })

  it('are known by their seal where the store has forgotten: a thief ends no other session', async () => {
    const base = memoryCoordinator()
    const coordinator: Coordinator = {
      ...base,
      endedAt: async (name) => (name.startsWith('bound:') ? null : base.endedAt(name)),
    }
    const { createBrowser, running } = createDeviceWorld({ world: { sealed: { coordinator } } })
    const browser = createBrowser()
    await browser.begin()
    const stolen = sessionCookie(browser.jar)
    const ended = await running.sessions.signOut(stolen, { scope: 'global' })
    expect(ended.error?.code).toBe('session_missing')
  })

  it('by another key are a thief’s, though the store says nothing of what it does not know', async () => {
    const coordinator = memoryCoordinator()
    const { endedAt } = coordinator
    const orNothing = async (name: string) => (await endedAt(name)) ?? undefined
    Reflect.set(coordinator, 'endedAt', orNothing)
    const { createBrowser } = createDeviceWorld({ world: { sealed: { coordinator } } })
    const [browser, thief] = [createBrowser(), createBrowser()]
    const answer = await browser.signIn()
    const Cookie = sessionCookie(browser.jar)
    await thief.register(answer, await createPair())
    await browser.register(answer, await createPair())
    expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
    const headers = { Cookie: `${Cookie}; ${thief.jar.header()}` }
    expect((await (await thief.page('/auth/session', headers)).json()).session).toBeNull()
  })

  it('are not let through by a store that cannot say whether the session is bound', async () => {
    const { state, world } = createFailing()
    const { createBrowser, running } = createDeviceWorld({ world })
    const browser = createBrowser()
    const answer = await browser.signIn()
    const unbound = sessionCookie(browser.jar)
    await browser.register(answer, await createPair())
    await browser.page('/auth/session')
    state.endedAt = true
    await expect(running.sessions.getSession(unbound)).rejects.toMatchObject({
      code: 'bad_response',
    })
  })
})

describe('while a Redis does not answer', () => {
  /** A store that is asked for all processes, and does not answer from then on. */
  function createOutage() {
    const base = memoryCoordinator()
    const state = { isDown: false, onlyAboutKeys: false }
    const coordinator: Coordinator = {
      ...base,
      async endedAt(name, options) {
        const isAboutKey = name.startsWith('bound-to:')
        if (!state.isDown || (state.onlyAboutKeys && !isAboutKey)) return base.endedAt(name)
        if (options?.everywhere) throw new AuthError('storage', 'Redis fails.', { retryable: true })
        return null
      },
    }
    return { state, world: { sealed: { coordinator } } }
  }

  async function signedIn(required?: DeviceBindingOptions['required']) {
    const { state, world } = createOutage()
    const { createBrowser, events, running } = createDeviceWorld({ world, required })
    const browser = createBrowser()
    const answer = await browser.signIn()
    const Cookie = sessionCookie(browser.jar)
    await browser.register(answer, await createPair())
    await browser.page('/auth/session')
    state.isDown = true
    const copy = () => createBrowser().page('/auth/session', { Cookie })

    /** Who has copied what the sign-in brought, and registers a key of their own. */
    async function thief() {
      const stolen = createBrowser()
      await stolen.register(answer, await createPair())
      const proof = stolen.jar.header()
      return { ...stolen, headers: { Cookie: `${Cookie}; ${proof}` } }
    }
    return { browser, copy, thief, Cookie, events, running, state }
  }

  it.each([
    ['`when-supported`', 'when-supported' as const],
    ['a function that wants to know', ({ mayBeBound }: DeviceRequest) => mayBeBound],
    ['a function that wants a bound session', () => true],
  ])(
    'a copy from before the binding gets 503 by %s, and its owner notices nothing',
    async (_, required) => {
      const { browser, copy, events } = await signedIn(required)
      const refused = await copy()
      expect([refused.status, refused.headers.getSetCookie()]).toEqual([503, []])
      expect(refused.headers.has('Retry-After')).toBe(true)
      expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
      expect(events).toEqual([])
    },
  )

  it.each([
    ['`when-supported`', 'when-supported' as const, 503],
    ['a function that wants a bound session', () => true, 503],
    ['`never`', 'never' as const, 200],
  ])(
    'another key that was registered by a copy proves nothing and binds nothing, by %s',
    async (_, required, status) => {
      const { browser, thief, events, state } = await signedIn(required)
      const { page, headers } = await thief()
      for (const [path, method] of [
        ['/auth/session', 'GET'],
        ['/auth/refresh', 'POST'],
      ] as const) {
        const answer = await page(path, headers, method)
        expect(answer.status).toBe(status)
        expect(answer.headers.has('Retry-After')).toBe(status === 503)
      }
      state.isDown = false
      // Nothing was noted of it, and no seal was given that names it.
      expect((await (await page('/auth/session', headers)).json()).session).toBeNull()
      expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
      await Promise.resolve()
      expect(events).toMatchObject([{ type: 'device-missing' }])
    },
  )

  it('another key that a copy has registered is neither believed nor the end of the session, where only that cannot be told', async () => {
    const { browser, thief, events, state } = await signedIn()
    const { page, headers } = await thief()
    state.onlyAboutKeys = true
    const answer = await page('/auth/session', headers)
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []])
    expect((await (await browser.page('/auth/session')).json()).session).not.toBeNull()
    expect(events).toEqual([])
  })

  it.each([
    ['when-supported', 'with a key of its own', 'session_missing'],
    ['when-supported', 'without a key', 'session_missing'],
    // The auth server was asked, which cannot do that.
    ['never', 'with a key of its own', 'invalid_argument'],
    ['never', 'without a key', 'invalid_argument'],
  ] as const)(
    'a copy ends no other session of the person where the policy would not serve it: %s, %s',
    async (required, how, code) => {
      const { thief, Cookie, running } = await signedIn(required)
      const copied = how === 'without a key' ? Cookie : (await thief()).headers.Cookie
      const { error } = await running.sessions.signOut(copied, { scope: 'global' })
      expect(error?.code).toBe(code)
    },
  )

  it.each([undefined, 'never' as const, () => false])(
    'nobody who could not bind a session loses it, by %s',
    async (required) => {
      const { copy } = await signedIn(required)
      expect((await (await copy()).json()).session).not.toBeNull()
    },
  )
})
