import { describe, expect, it, vi } from 'vitest'
import type { SecurityEvent, TokenReuse } from '../../src/server/shared/security-events.js'
import { createWorkOSSessions } from '../../src/server/workos/index.js'
import {
  answering,
  createStage,
  FIRST,
  PASSWORD,
  signed,
} from '../server/sealed/sealed-sessions-stage.js'
import { createStage as createCoreStage, outcomeOf } from '../server/supertokens/stage.js'
import { createProcesses } from '../support/fake-redis.js'
import { PATIENT } from '../support/patient.js'

const password = PASSWORD

/** What listeners heard. */
function listen() {
  const reuses: TokenReuse[] = []
  const events: SecurityEvent[] = []
  return {
    reuses,
    events,
    onReuse: (reuse: TokenReuse): void => void reuses.push(reuse),
    onSecurityEvent: (event: SecurityEvent): void => void events.push(event),
  }
}

/** Sessions with listeners, and the cookie of Ada. */
async function open(options: object = {}) {
  const stage = createStage(signed)
  const heard = listen()
  const now = stage.clock.now
  const sessions = createWorkOSSessions({ ...stage.client, now, ...heard, ...options })
  const value = await stage.cookie()
  const load = (request?: unknown) => sessions.openSession({ value, password, request })
  return { ...stage, ...heard, sessions, value, load }
}

describe('a spent token that comes again is answered, and told of', () => {
  it('with the session, its age and the request', async () => {
    const { load, clock, reuses, server } = await open()
    const [{ id } = { id: '' }] = server.sessions()
    await load('first').refreshSession()
    clock.time += 7_000
    expect(await load('second').refreshSession()).toMatchObject({ signedIn: true })
    const userId = expect.stringMatching(/^user_/)
    await vi.waitUntil(() => reuses.length > 0, PATIENT)
    expect(reuses).toEqual([{ sessionId: id, userId, age: 7_000, request: 'second' }])
  })

  it('but not tabs that wait together', async () => {
    const { load, reuses, exchanges } = await open()
    await Promise.all(Array.from({ length: 10 }, () => load().refreshSession()))
    await new Promise(setImmediate)
    expect([reuses, exchanges()]).toEqual([[], 1])
  })

  it.each([
    ['WorkOS', {}, 30_000],
    ['an app that says so', { reuseWindow: 2_000 }, 2_000],
  ])('as long as %s forgives', async (_, options, window) => {
    const { load, clock, exchanges } = await open(options)
    await load().refreshSession()
    clock.time += window - 1
    await load().refreshSession()
    expect(exchanges()).toBe(1)
    clock.time += 1
    await load().refreshSession()
    expect(exchanges()).toBe(2)
  })

  it('10 s for any other server, as GoTrue', async () => {
    const clock = { time: 1_700_000_000_000 }
    const { session, sealed, sessions, sent } = await answering(
      Array.from({ length: 3 }, (_, index) => ({ refreshToken: `next ${index}` })),
      { now: () => clock.time },
    )
    const again = () => sessions.openSession(sealed).refreshSession()
    await session.refreshSession()
    clock.time += 9_999
    await again()
    expect(sent).toEqual([FIRST.refreshToken])
    clock.time += 1
    await again()
    expect(sent).toHaveLength(2)
  })

  it('5 s with SuperTokens', async () => {
    const heard = listen()
    const stage = createCoreStage(heard)
    const { refreshToken, session } = await stage.superTokens.createNewSession('ada')
    const first = await stage.superTokens.refreshSession(refreshToken.token)
    stage.pass(4_999)
    const again = await stage.superTokens.refreshSession(refreshToken.token, { request: 'tab' })
    expect(again.refreshToken.token).toBe(first.refreshToken.token)
    await vi.waitUntil(() => heard.reuses.length > 0, PATIENT)
    const { handle: sessionId } = session
    expect(heard.reuses).toEqual([{ sessionId, userId: 'ada', age: 4_999, request: 'tab' }])
    stage.pass(1)
    const asked = await stage.superTokens.refreshSession(refreshToken.token)
    expect(asked.refreshToken.token).not.toBe(first.refreshToken.token)
  })

  it('also by another process, through Redis', async () => {
    const { start, until, clock } = createProcesses()
    const [here, there] = [start(), start()]
    const work = async (): Promise<string> => 'successor'
    const first = await until(here.once('token', work, { replay: 2_000 }))
    await clock.advance(500)
    const second = await until(there.once('token', work, { replay: 2_000 }))
    expect([first.age, second.text]).toEqual([undefined, 'successor'])
    expect(second.age).toBeGreaterThanOrEqual(400)
    await clock.advance(2_000)
    const later = await until(there.once('token', async () => 'anew', { replay: 2_000 }))
    expect(later).toMatchObject({ text: 'anew' })
    vi.unstubAllGlobals()
  })
})

describe('what may be an attack is told of, without a token', () => {
  it('a forged cookie', async () => {
    const { sessions, events } = await open()
    const forged = { value: 'Fe26.2*forged', password, request: 'mine' }
    await sessions.openSession(forged).getSession()
    await vi.waitUntil(() => events.length > 0, PATIENT)
    expect(events).toEqual([{ type: 'forged-cookie', request: 'mine' }])
  })

  it('a refresh that the server refuses', async () => {
    const { load, server, events } = await open()
    const [{ id } = { id: '' }] = server.sessions()
    server.endSession(id)
    await load('mine').refreshSession()
    await vi.waitUntil(() => events.length > 0, PATIENT)
    expect(events).toEqual([
      {
        type: 'refresh-refused',
        sessionId: id,
        userId: expect.any(String),
        code: 'refresh_rejected',
        serverCode: 'invalid_grant',
        status: 400,
        request: 'mine',
      },
    ])
  })

  it('a sign-out of which the server could not be told', async () => {
    const { sessions, value, server, events } = await open()
    server.fail({ type: 'drop' })
    await sessions.signOut({ value, password })
    await vi.waitUntil(() => events.length > 0, PATIENT)
    expect(events).toMatchObject([{ type: 'revocation-failed', code: 'network' }])
  })

  it('and no less where only the person’s other sessions were to end', async () => {
    const { sessions, value, server, events } = await open()
    server.fail({ type: 'drop' })
    const { error, isReported } = await sessions.signOut({ value, password }, { scope: 'others' })
    await vi.waitUntil(() => events.length > 0, PATIENT)
    const { code, status } = error ?? {}
    expect(events).toMatchObject([{ type: 'revocation-failed', code, status }])
    expect([isReported, error]).toEqual([true, expect.anything()])
  })

  it('a sign-out of which a core could not be told, whose caller hears of it as well', async () => {
    const heard = listen()
    const stage = createCoreStage(heard)
    const { superTokens } = stage
    const one = await superTokens.createNewSession('ada')
    const two = await superTokens.createNewSession('ada')
    const [first, second] = [one.session.handle, two.session.handle]
    stage.core.fail({ type: 'drop' }, { path: '/recipe/session/remove', times: 99 })
    expect(await outcomeOf(superTokens.revokeSession(first))).toBe('GENERAL_ERROR')
    await expect(superTokens.revokeMultipleSessions([first, second])).rejects.toThrow()
    await expect(superTokens.revokeAllSessionsForUser('ada')).rejects.toThrow()
    await vi.waitUntil(() => heard.events.length > 3, PATIENT)
    const failed = { type: 'revocation-failed', code: 'network' }
    expect(heard.events).toEqual([
      expect.objectContaining({ ...failed, sessionId: first }),
      expect.objectContaining({ ...failed, sessionId: first }),
      expect.objectContaining({ ...failed, sessionId: second }),
      expect.objectContaining({ ...failed, userId: 'ada' }),
    ])
  })

  it('a theft, and that the stolen session could not be ended', async () => {
    const heard = listen()
    const stage = createCoreStage(heard)
    const copy = await stage.superTokens.createNewSession('ada')
    const owner = await stage.renew(copy)
    await stage.superTokens.getSession(owner.accessToken.token)
    stage.pass(30_001)
    stage.core.fail({ type: 'drop' }, { path: '/recipe/session/remove', times: 99 })
    const stolen = stage.superTokens.refreshSession(copy.refreshToken.token, { request: 'thief' })
    expect(await outcomeOf(stolen)).toBe('TOKEN_THEFT_DETECTED')
    const { handle: sessionId } = copy.session
    await vi.waitUntil(() => heard.events.length > 1, PATIENT)
    expect(heard.events).toMatchObject([
      { type: 'theft', sessionId, userId: 'ada', request: 'thief' },
      { type: 'revocation-failed', sessionId },
    ])
    expect(JSON.stringify(heard)).not.toContain(copy.refreshToken.token)
  })

  it('and a listener that throws hurts nobody', async () => {
    const onReuse = (): never => {
      throw new Error('a bug of the app')
    }
    const { load, clock } = await open({ onReuse })
    await load().refreshSession()
    clock.time += 1_000
    expect(await load().refreshSession()).toMatchObject({ signedIn: true })
  })
})
