import { describe, expect, it, vi } from 'vitest'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { PATIENT } from '../../support/patient.js'
import { jwt } from '../../support/wire.js'
import {
  answering,
  createGate,
  createStage,
  FIRST,
  OTHER,
  PASSWORD,
  START,
  signed,
  success,
} from './sealed-sessions-stage.js'

const password = PASSWORD
const over = { signedIn: false, retryable: false, reason: 'invalid_session_cookie' }
const refused = { signedIn: false, retryable: false, reason: 'invalid_grant' }

describe('a sign-out', () => {
  it('ends the session here and at the server', async () => {
    const { cookie, load, sessions, server, exchanges } = createStage(signed)
    const value = await cookie()
    const [{ id } = { id: '' }] = server.sessions()
    expect(await sessions.signOut({ value, password })).toEqual({
      sessionId: id,
      error: null,
    })
    expect(server.sessions()).toEqual([])
    expect(await load(value).getSession()).toEqual(over)
    expect(await load(value).refreshSession()).toMatchObject(refused)
    expect(exchanges()).toBe(0)
  })

  it('comes before a refresh that is under way: nothing is sealed', async () => {
    const { cookie, load, sessions, server, hold } = createStage()
    const value = await cookie()
    const release = hold()
    const late = load(value).refreshSession()
    await vi.waitUntil(() => server.count('refresh_token') === 1, PATIENT)
    const ending = sessions.signOut({ value, password })
    await vi.waitUntil(() => server.sessions().length === 0, PATIENT)
    release()
    expect(await ending).toMatchObject({ error: null })
    expect(await late).toEqual({ ...refused, error: expect.anything() })
  })

  it('reaches a cookie that another request was just given, for as long as its token lives', async () => {
    const { cookie, load, sessions, clock } = createStage(signed)
    const old = await cookie()
    clock.time += 299_000
    const { sealed } = success(await load(old).refreshSession())
    await sessions.signOut({ value: old, password })
    for (const wait of [0, 60_000, 239_999]) {
      clock.time += wait
      expect(await load(sealed).getSession()).toEqual(over)
    }
    clock.time += 1
    expect(await load(sealed).getSession()).toMatchObject({ reason: 'invalid_jwt' })
  })

  it('reaches the other processes that share the coordinator, and those alone', async () => {
    const { cookie, start, clock } = createStage(signed)
    const shared = memoryCoordinator({ now: clock.now })
    const [here, there, elsewhere] = [start(shared), start(shared), start()]
    const sealed = { value: await cookie(), password }
    await here.signOut(sealed)
    expect(await there.openSession(sealed).getSession()).toEqual(over)
    expect(await elsewhere.openSession(sealed).getSession()).toMatchObject({
      signedIn: true,
    })
  })

  it('counts by a coordinator of the app’s that says `1`, as Redis does', async () => {
    const coordinator = memoryCoordinator({ now: () => START })
    const { ended } = coordinator
    Reflect.set(coordinator, 'ended', async (name: string) => Number(await ended(name)))
    const { cookie, load, sessions } = createStage({ ...signed, coordinator })
    const value = await cookie()
    expect(await load(value).getSession()).toMatchObject({ signedIn: true })
    await sessions.signOut({ value, password })
    expect(await load(value).getSession()).toEqual(over)
  })

  it('counts also for a session whose id the late answer has changed', async () => {
    const [asked, answered] = [createGate(), createGate()]
    const { session, sessions, sealed } = await answering([], {
      async refresh() {
        asked.open()
        await answered.passed
        const accessToken = jwt({ sub: 'user_1', sid: 'session_2' })
        return { accessToken, refreshToken: 'second', lifetime: 1 }
      },
    })
    const late = session.refreshSession()
    await asked.passed
    expect(await sessions.signOut(sealed)).toEqual({ sessionId: 'session_1', error: null })
    answered.open()
    expect(await late).toMatchObject(refused)
  })

  it.each<[string, object, number]>([
    [
      'as long as a token that came just now',
      { iat: START / 1000, exp: START / 1000 + 300 },
      300_000,
    ],
    [
      'as long as this token, which does not say how old it is',
      { exp: START / 1000 + 240 },
      240_000,
    ],
    ['not long, for a token that is long over', { exp: 1 }, 0],
    ['not long, for a token without an end', {}, 0],
  ])('is remembered %s, and a minute for what is under way', async (_, claims, life) => {
    const clock = { time: START }
    const coordinator = memoryCoordinator({ now: () => clock.time })
    const provider = {
      id: 'by-hand',
      revokesSessions: true,
      refresh: async () => null,
      signOut: async () => {},
    }
    const { sessions } = await answering([], { coordinator, provider, now: () => START })
    const accessToken = jwt({ sub: 'user_1', sid: 'session_1', ...claims })
    const value = await sessions.sealSession({ ...FIRST, accessToken, lifetime: 1 }, { password })
    await sessions.signOut({ value, password })
    clock.time += life + 59_999
    expect(await coordinator.ended('session_1')).toBe(true)
    clock.time += 1
    expect(await coordinator.ended('session_1')).toBe(false)
  })

  it('leaves the other sessions of the same person', async () => {
    const { cookie, load, sessions } = createStage()
    const [one, two] = [await cookie(), await cookie()]
    await sessions.signOut({ value: one, password })
    expect(await load(two).refreshSession()).toMatchObject({ signedIn: true })
  })

  it.each<[string, Parameters<ReturnType<typeof createStage>['server']['fail']>[0], string]>([
    ['is down', { type: 'drop' }, 'network'],
    ['fails', { type: 'html', status: 502 }, 'server_error'],
  ])('counts here also when the server %s, and says so', async (_, fault, code) => {
    const { cookie, load, sessions, server } = createStage(signed)
    const value = await cookie()
    server.fail(fault)
    expect(await sessions.signOut({ value, password })).toMatchObject({
      sessionId: server.sessions()[0]?.id,
      error: { name: 'AuthError', code },
    })
    expect(await load(value).getSession()).toEqual(over)
  })

  it.each<[string, string | undefined, string]>([
    ['nothing', undefined, PASSWORD],
    ['garbage', 'garbage', PASSWORD],
    ['a seal by another password', 'sealed', OTHER],
  ])('is no error with %s for a cookie', async (_, value, password) => {
    const { cookie, sessions } = createStage()
    const sealed = value === 'sealed' ? await cookie() : value
    expect(await sessions.signOut({ value: sealed, password })).toEqual({
      sessionId: null,
      error: null,
    })
  })
})
