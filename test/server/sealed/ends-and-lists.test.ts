import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { sealText } from '../../../src/server/sealed/seal.js'
import type { SealedSessionsOptions } from '../../../src/server/sealed/sealed-sessions.js'
import type { SessionList } from '../../../src/server/sealed/session-list.js'
import { createOpaqueStage, MINUTE, password } from './opaque-stage.js'
import { createGate, START } from './sealed-sessions-stage.js'
import { createStoreStage, large } from './store-stage.js'

const over = { signedIn: false, reason: 'invalid_session_cookie' }
const alive = { signedIn: true }
const full = () => new AuthError('storage', 'It is full.')

describe('an end of all sessions of a person', () => {
  it('counts for those that began up to a minute after, by clocks that differ, and no later', async () => {
    const coordinator = memoryCoordinator({ now: () => START })
    const ending = createOpaqueStage({ coordinator })
    await ending.sessions.endSessions({ userId: 'ada' })
    for (const [ahead, expected] of [
      [0, over],
      [MINUTE, over],
      [MINUTE + 1, alive],
    ] as const) {
      // A process that has heard of no end.
      const apart = createOpaqueStage()
      apart.clock.time = START + ahead
      const value = await apart.signIn()
      ending.clock.time = apart.clock.time
      expect(await ending.load(value).getSession()).toMatchObject(expected)
    }
  })

  it('is none where a coordinator of the app’s says nothing at all of ends', async () => {
    const coordinator = memoryCoordinator({ now: () => START })
    Reflect.set(coordinator, 'endedAt', async () => undefined)
    const { signIn, load } = createOpaqueStage({ coordinator })
    expect(await load(await signIn()).getSession()).toMatchObject(alive)
  })

  it('and one by the server’s name end a session of a server with a name for each', async () => {
    const { signIn, load, sessions } = createOpaqueStage()
    const value = await signIn({ sessionId: 'sid-1' })
    await sessions.endSessions({ serverSessionId: 'sid-2' })
    expect(await load(value).getSession()).toMatchObject(alive)
    await sessions.endSessions({ serverSessionId: 'sid-1' })
    expect(await load(value).getSession()).toMatchObject(over)
  })
})

describe('whoever watches a session', () => {
  /** A session that is watched, and what hears of its ends. */
  async function watched(options: { readonly atOnce?: boolean; readonly isOver?: boolean } = {}) {
    const coordinator = memoryCoordinator({ now: () => START })
    const wire = { hear: (): void => {}, stops: 0, told: 0, hold: Promise.resolve() }
    Reflect.set(coordinator, 'watch', async (_: unknown, hear: () => void) => {
      wire.hear = hear
      if (options.atOnce) hear()
      await new Promise<void>((resolve) => setImmediate(resolve))
      return () => {
        wire.stops += 1
      }
    })
    const { ended } = coordinator
    Reflect.set(coordinator, 'ended', async (name: string) => {
      await wire.hold
      return ended(name)
    })
    const stage = createOpaqueStage({ coordinator })
    const value = await stage.signIn()
    const signOut = () => stage.sessions.signOut({ value, password })
    if (options.isOver) await signOut()
    const stop = await stage.sessions.watchSession({ value, password }, () => {
      wire.told += 1
    })
    const rest = () => new Promise<void>((resolve) => setImmediate(resolve))
    return { wire, stop, signOut, rest }
  }

  it('is told once, and listens no longer', async () => {
    const { wire, signOut, rest } = await watched()
    wire.hear()
    await rest()
    expect(wire).toMatchObject({ told: 0, stops: 0 })
    await signOut()
    for (let turn = 0; turn < 2; turn += 1) {
      wire.hear()
      await rest()
      expect(wire.told).toBe(1)
    }
    expect(wire.stops).toBeGreaterThan(0)
  })

  it('listens no longer either where the end came before the listening had begun', async () => {
    const { wire } = await watched({ atOnce: true, isOver: true })
    expect(wire.told).toBe(1)
    expect(wire.stops).toBeGreaterThan(0)
  })

  it('is told nothing after it has stopped, also while its end is being looked up', async () => {
    const { wire, stop, signOut, rest } = await watched()
    await signOut()
    const gate = createGate()
    wire.hold = gate.passed
    wire.hear()
    await rest()
    stop()
    gate.open()
    await rest()
    wire.hear()
    await rest()
    expect(wire.told).toBe(0)
  })

  it('is not told of an end while nobody can tell whose the session is', async () => {
    const { signIn, sessions, state } = createStoreStage()
    const value = await signIn({ user: large })
    state.down = ['get']
    let told = 0
    await sessions.watchSession({ value, password }, () => {
      told += 1
    })
    expect(told).toBe(0)
  })
})

describe('a list of sessions', () => {
  function createListStage(list: Partial<SessionList>, options?: Partial<SealedSessionsOptions>) {
    const whole: SessionList = { put: async () => {}, all: async () => [], ...list }
    return createOpaqueStage({ list: whole, ...options })
  }

  it('shows what was sealed as its entry alone, whatever else lies in it', async () => {
    const listed = { name: 'sid-1', people: ['one'], sessions: [], began: START }
    const lastSeenAt = START
    const entries = [
      { listed, lastSeenAt },
      { listed: { ...listed, name: '' }, lastSeenAt },
      { listed: { ...listed, name: 7 }, lastSeenAt },
      { listed: { ...listed, people: 'one' }, lastSeenAt },
      { listed: { ...listed, sessions: undefined }, lastSeenAt },
      { listed: { ...listed, lastSeenAt: 'soon' } },
      { listed: 'sid-1', lastSeenAt },
      { lastSeenAt },
      { listed },
    ]
    const texts = await Promise.all(entries.map((one) => sealText(JSON.stringify(one), password)))
    const { signIn, sessions } = createListStage({ all: async () => texts })
    const value = await signIn()
    expect(await sessions.listSessions({ value, password })).toMatchObject([{ sessionId: 'sid-1' }])
  })

  it('and a store say in their own words why they fail', async () => {
    const error = full()
    const fails = () => Promise.reject(error)
    const { signIn, sessions } = createListStage({ all: fails })
    const value = await signIn()
    await expect(sessions.listSessions({ value, password })).rejects.toBe(error)
    const store = { put: fails, get: fails, expire: fails }
    await expect(createOpaqueStage({ store, maxSize: 1 }).signIn()).rejects.toBe(error)
  })

  it('tells of each of its outages once', async () => {
    const state = { fails: true }
    const reports: AuthError[] = []
    const put = async () => {
      if (state.fails) throw full()
    }
    const report = (error: AuthError): void => void reports.push(error)
    const { signIn, load, clock } = createListStage({ put }, { report })
    const value = await signIn({ lifetime: 1_000 * MINUTE })
    for (const [fails, told] of [
      [true, 1],
      [true, 1],
      [false, 1],
      [true, 2],
    ] as const) {
      state.fails = fails
      expect(await load(value).getSession()).toMatchObject(alive)
      await new Promise<void>((resolve) => setImmediate(resolve))
      expect([fails, reports.length]).toEqual([fails, told])
      clock.time += 20 * MINUTE
    }
  })
})

describe('a session that is held in a store', () => {
  it('is no failure to sign out of when the store has forgotten it', async () => {
    const { signIn, sessions, entries } = createStoreStage()
    const value = await signIn({ user: large })
    entries.clear()
    expect(await sessions.signOut({ value, password })).toEqual({ sessionId: null, error: null })
  })

  it('is signed out of also where the store cannot let it go, which is reported', async () => {
    const { signIn, sessions, load, state, reports } = createStoreStage()
    const value = await signIn({ user: large })
    state.down = ['expire']
    expect(await sessions.signOut({ value, password })).toMatchObject({ error: null })
    expect(reports).toMatchObject([{ code: 'storage' }])
    expect(await load(value).getSession()).toMatchObject(over)
  })

  it('leaves its old tokens there for a short time only, also where its new ones go elsewhere', async () => {
    const { signIn, load, state, living, clock } = createStoreStage()
    const value = await signIn({ user: large })
    expect(living()).toHaveLength(1)
    state.down = ['put']
    expect((await load(value).refreshSession()).sealed).toBeDefined()
    clock.time += 2 * MINUTE
    expect(living()).toHaveLength(0)
  })
})

describe('a session that has a limit of its own', () => {
  it.each([{ idle: 5 * MINUTE }, { absolute: 5 * MINUTE }])('keeps it: %j', async (limits) => {
    const { signIn, load, clock } = createOpaqueStage()
    const session = load(await signIn({ lifetime: 60 * MINUTE }, limits))
    expect(await session.getSession()).toMatchObject({ ...alive, limits })
    expect(await session.refreshSession()).toMatchObject(alive)
    clock.time += 5 * MINUTE
    expect(await session.getSession()).toMatchObject({ reason: 'session_expired' })
  })
})

describe('a cookie that is nobody’s', () => {
  it.each([null, '', 'garbage'])(
    'is bound to no device, and no end of anything: %j',
    async (value) => {
      const { devices } = createOpaqueStage().sessions
      const cookie = { value, password }
      expect(await devices.bind(cookie, { key: 'thumbprint' })).toBeNull()
      expect(await devices.isOver(cookie)).toBe(false)
      expect(await devices.read(cookie)).toMatchObject({ signedIn: false })
    },
  )

  it('while that of somebody is bound, and goes on to be', async () => {
    const { sessions, signIn, load } = createOpaqueStage()
    const cookie = { value: await signIn(), password }
    const value = await sessions.devices.bind(cookie, { key: 'thumbprint' })
    const { sealed } = await load(value ?? '').refreshSession()
    for (const bound of [value, sealed]) {
      expect(await sessions.devices.read({ value: bound, password })).toMatchObject({
        device: { key: 'thumbprint' },
      })
    }
  })
})
