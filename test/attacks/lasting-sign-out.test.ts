import { describe, expect, it, vi } from 'vitest'
import { AuthError, isAuthError } from '../../src/core/errors.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../src/server/coordination/coordinator-types.js'
import { sealText } from '../../src/server/sealed/seal.js'
import { createOidcServerWorld } from '../server/oidc/oidc-server-world.js'
import {
  answering,
  createGate,
  createStage,
  FIRST,
  PASSWORD,
  signed,
  success,
} from '../server/sealed/sealed-sessions-stage.js'
import { createStage as createCoreStage, outcomeOf } from '../server/supertokens/stage.js'
import { PATIENT } from '../support/patient.js'
import { jwt } from '../support/wire.js'
import { byOidcOnServers, ONE_TOKEN_STAGES } from './one-token-stage.js'

const password = PASSWORD
const DAY = 24 * 3_600_000
const EVER = { times: Number.POSITIVE_INFINITY }
const over = { signedIn: false, reason: 'invalid_session_cookie' }

/** Somebody who has signed out while the server could not be told, and whose cookie was stolen. */
async function signedOutInOutage() {
  const stage = createStage(signed)
  const value = await stage.cookie()
  const end = stage.server.fail({ type: 'drop' }, EVER)
  await stage.sessions.signOut({ value, password })
  return { ...stage, value, stolen: stage.load(value), end }
}

describe('a stolen cookie stays nobody’s after a sign-out that the server did not hear of', () => {
  it.each([6, 60, 24 * 60, 399 * 24 * 60])('%i minutes later', async (minutes) => {
    const { stolen, clock, end } = await signedOutInOutage()
    clock.time += minutes * 60_000
    end()
    expect(await stolen.refreshSession()).toMatchObject({
      signedIn: false,
      reason: 'invalid_grant',
    })
  })

  it('and the server is told again when that cookie comes, until it knows', async () => {
    const { stolen, clock, end, server } = await signedOutInOutage()
    clock.time += 3_600_000
    end()
    expect(server.sessions()).toHaveLength(1)
    await stolen.refreshSession()
    await vi.waitUntil(() => server.sessions().length === 0, PATIENT)
    clock.time += DAY
    // By now its tombstone is gone, and the server refuses.
    expect(await stolen.refreshSession()).toMatchObject({
      signedIn: false,
      reason: 'invalid_grant',
    })
  })

  it('and many requests with that cookie do not become many to the server', async () => {
    const { value, load, clock, server } = await signedOutInOutage()
    server.clearLog()
    clock.time += 100_000
    await Promise.all(Array.from({ length: 50 }, () => load(value).refreshSession()))
    await vi.waitUntil(() => server.requests.length > 0, PATIENT)
    expect(server.requests).toHaveLength(1)
  })

  it('though ten thousand others sign out meanwhile', async () => {
    const limit = 100
    const report = vi.fn()
    const coordinator = memoryCoordinator({ limit, report })
    await coordinator.end('stolen', DAY, { confirmed: false })
    for (let index = 0; index < 10 * limit; index += 1) await coordinator.end(`s${index}`, 60_000)
    expect(await coordinator.ended('stolen')).toBe(true)
    expect(await coordinator.ended('s0')).toBe(false)
    expect(report).toHaveBeenCalledTimes(1)
    expect(isAuthError(report.mock.calls[0]?.[0], 'storage')).toBe(true)
  })

  it('nor do ten thousand sign-outs bring back a session that another one has replaced', async () => {
    const limit = 20
    const report = vi.fn()
    const coordinator = memoryCoordinator({ limit, report })
    const world = createOidcServerWorld({ sessions: { coordinator } })
    await world.signIn()
    const before = world.jar.header()
    await world.signIn()
    for (let index = 0; index < 10 * limit; index += 1) await coordinator.end(`s${index}`, 60_000)
    expect((await world.sessions.getSession(before)).session).toBeNull()
  })

  it('nor do they make a session unbound that its browser has bound', async () => {
    const limit = 20
    const coordinator = memoryCoordinator({ limit })
    const { devices } = createOidcServerWorld({ sessions: { coordinator } }).sealed
    await devices.noteBinding('session-1', 'key-1')
    for (let index = 0; index < 10 * limit; index += 1) await coordinator.end(`s${index}`, 60_000)
    expect(await devices.boundAt('session-1')).not.toBeNull()
  })

  it('nor is a sign-out lost because the log that was to hear of others cannot be written', async () => {
    const report = (): never => {
      throw new Error('The disk is full.')
    }
    const coordinator = memoryCoordinator({ limit: 1, report })
    await coordinator.end('one', DAY, { confirmed: false })
    await coordinator.end('another', DAY, { confirmed: false })
    expect(await coordinator.ended('another')).toBe(true)
  })

  it('also where sessions have no ids', async () => {
    const { sessions } = await answering([])
    const grant = { ...FIRST, accessToken: jwt({ sub: 'user_1' }), lifetime: 1 }
    const value = await sessions.sealSession(grant, { password })
    await sessions.signOut({ value, password })
    const session = sessions.openSession({ value, password })
    expect(await session.refreshSession()).toMatchObject({
      signedIn: false,
      reason: 'invalid_grant',
    })
  })

  it('also where two sessions of another release have neither ids nor names', async () => {
    const { sessions } = await answering([{ refreshToken: 'next' }])
    const seal = (refreshToken: string): Promise<string> => {
      const data = { accessToken: jwt({ sub: 'user_1' }), refreshToken, user: { id: 'user_1' } }
      return sealText(JSON.stringify(data), PASSWORD)
    }
    const [one, other] = [await seal('one'), await seal('other')]
    await sessions.signOut({ value: one, password })
    const load = (value: string) => sessions.openSession({ value, password })
    expect(await load(one).refreshSession()).toMatchObject({ reason: 'invalid_grant' })
    expect(await load(other).refreshSession()).toMatchObject({ signedIn: true })
  })

  it('also at a server that cannot be told of any', async () => {
    const { sessions, sealed, session, pass, sent } = await answering([{ refreshToken: 'next' }])
    await sessions.signOut(sealed)
    pass(399 * DAY)
    expect(await session.refreshSession()).toMatchObject({ signedIn: false })
    expect(sent).toEqual([])
  })

  it('also by the cookie of before, whose successor was signed out of', async () => {
    const accessToken = jwt({ sub: 'user_1', sid: 'session_2' })
    const { sessions, sealed } = await answering([{ refreshToken: 'next', accessToken }])
    const load = () => sessions.openSession(sealed)
    const { sealed: value } = success(await load().refreshSession())
    await sessions.signOut({ value, password })
    // What was exchanged is there yet, for tabs that come late.
    expect(await load().refreshSession()).toMatchObject({
      signedIn: false,
      reason: 'invalid_grant',
    })
  })

  it('while one whose refresh token the server refuses is not the last to be forgotten', async () => {
    const ends: unknown[] = []
    const coordinator: Coordinator = {
      ...memoryCoordinator(),
      end: async (_id, _ttl, options) => void ends.push(options),
    }
    const refused = new AuthError('refresh_rejected', 'The session is gone.')
    const { sessions, sealed } = await answering([], {
      coordinator,
      provider: {
        id: 'by-hand',
        refresh: async () => null,
        signOut: () => Promise.reject(refused),
      },
    })
    expect(await sessions.signOut(sealed)).toMatchObject({ error: refused })
    expect(ends).toEqual([{ confirmed: false }, { confirmed: true }])
  })

  it('also where the server never answers, for which nobody waits long', async () => {
    const { sessions, sealed } = await answering([], {
      requestTimeout: 1,
      provider: { id: 'by-hand', refresh: async () => null, signOut: () => new Promise(() => {}) },
    })
    expect(await sessions.signOut(sealed)).toMatchObject({ error: { code: 'timeout' } })
  })

  it('while one that the server has heard of is remembered as long as its tokens live', async () => {
    const { cookie, clock, start } = createStage(signed)
    const lives: number[] = []
    const inner = memoryCoordinator({ now: clock.now })
    const coordinator: Coordinator = {
      ...inner,
      async end(id, ttl, options) {
        lives.push(ttl)
        await inner.end(id, ttl, options)
      },
    }
    await start(coordinator).signOut({ value: await cookie(), password })
    expect(lives).toEqual([400 * DAY + 60_000, 360_000])
  })

  it('nor does a session of SuperTokens come back, whose core was down', async () => {
    const stage = createCoreStage()
    const tokens = await stage.superTokens.createNewSession('u1')
    stage.core.fail({ type: 'drop' }, { path: '/recipe/session/remove', ...EVER })
    await outcomeOf(stage.superTokens.revokeSession(tokens.session.handle))
    stage.pass(99 * DAY)
    const again = stage.superTokens.refreshSession(tokens.refreshToken.token)
    expect(await outcomeOf(again)).toBe('UNAUTHORISED')
  })

  it('and is over here at once', async () => {
    const { stolen, end } = await signedOutInOutage()
    end()
    expect(await stolen.getSession()).toMatchObject(over)
  })
})

/** Lets what nobody waits for come to its end. */
async function untilQuiet(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe.each(ONE_TOKEN_STAGES)('a server that speaks of one token alone (%s)', (_, begin) => {
  const nobody = { signedIn: false }
  const load = ({ sessions }: Awaited<ReturnType<typeof begin>>, value: string) =>
    sessions.openSession({ value, password })

  it('does not end a session by a token that was spent: the thief’s other cookie opens nothing', async () => {
    const stage = await begin()
    await stage.sessions.endSessions({ sessionId: stage.id })
    expect(await load(stage, stage.oldest).refreshSession()).toMatchObject(nobody)
    await untilQuiet()
    // Longer than any access token lives.
    stage.pass(DAY)
    expect(await load(stage, stage.newest).refreshSession()).toMatchObject(nobody)
    await vi.waitUntil(() => !stage.lives(), PATIENT)
  })

  it('hears of the newest token when that comes, however lately an older one came', async () => {
    const stage = await begin()
    await stage.sessions.endSessions({ sessionId: stage.id })
    for (const value of [stage.oldest, stage.newest]) {
      expect(await load(stage, value).refreshSession()).toMatchObject(nobody)
    }
    await vi.waitUntil(() => !stage.lives(), PATIENT)
  })

  it('nor does a page that waits for the end, by the cookie that it was opened with', async () => {
    const stage = await begin()
    const heard = vi.fn()
    await stage.sessions.watchSession({ value: stage.oldest, password }, heard)
    await stage.sessions.endSessions({ sessionId: stage.id })
    await vi.waitUntil(() => heard.mock.calls.length > 0, PATIENT)
    await untilQuiet()
    stage.pass(DAY)
    expect(await load(stage, stage.newest).refreshSession()).toMatchObject(nobody)
  })

  it('nor does a sign-out by the cookie of a tab that comes late', async () => {
    const stage = await begin()
    await stage.sessions.signOut({ value: stage.oldest, password })
    await untilQuiet()
    stage.pass(DAY)
    expect(await load(stage, stage.newest).refreshSession()).toMatchObject(nobody)
    await vi.waitUntil(() => !stage.lives(), PATIENT)
  })

  it('nor can a thief have the end forgotten before those of others, by signing out', async () => {
    const stage = await begin()
    await stage.sessions.endSessions({ sessionId: stage.id })
    const before = stage.ends.length
    await stage.sessions.signOut({ value: stage.oldest, password })
    expect(stage.ends.slice(before)).toEqual([])
  })
})

describe('a sign-out at an OpenID Connect server', () => {
  it('is remembered as long as any cookie may last, and forgotten before those that failed', async () => {
    const stage = await byOidcOnServers()
    await stage.sessions.signOut({ value: stage.newest, password })
    const ttl = 400 * DAY + 60_000
    expect(stage.ends).toEqual([
      { ttl, options: { confirmed: false } },
      { ttl, options: { confirmed: true } },
    ])
  })

  it('while a refresh is under way ends the token that this brings too', async () => {
    const ended: (string | null | undefined)[] = []
    const [asked, answered] = [createGate(), createGate()]
    const { sessions, sealed, session } = await answering([], {
      provider: {
        id: 'by-hand',
        async refresh() {
          asked.open()
          await answered.passed
          return { accessToken: FIRST.accessToken, refreshToken: 'second', lifetime: 1000 }
        },
        signOut: async ({ refreshToken }) => void ended.push(refreshToken),
      },
    })
    const late = session.refreshSession()
    await asked.passed
    await sessions.signOut(sealed)
    answered.open()
    expect(await late).toMatchObject({ signedIn: false })
    await vi.waitUntil(() => ended.length > 1, PATIENT)
    expect(ended).toEqual(['first', 'second'])
  })
})
