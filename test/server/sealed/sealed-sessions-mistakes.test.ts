import { describe, expect, it } from 'vitest'
import { AuthError, isAuthError, isAuthSessionMissingError } from '../../../src/index.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { answering, createStage, PASSWORD } from './sealed-sessions-stage.js'

const invalid = expect.objectContaining({ name: 'AuthError', code: 'invalid_argument' })
const secret = { secret: 'a secret of the issuer, which is long', audience: false } as const
const provider = { id: 'nobody', refresh: async () => null }

describe('getLogoutUrl', () => {
  it('leads to the page that ends the session, also long after the token is over', async () => {
    const { cookie, load, clock, server } = createStage()
    const session = load(await cookie())
    const [{ id } = { id: '' }] = server.sessions()
    clock.time += 86_400_000
    const page = 'http://localhost/user_management/sessions/logout'
    expect(await session.getLogoutUrl()).toBe(`${page}?session_id=${id}`)
    expect(await session.getLogoutUrl({ returnTo: 'http://localhost:3000/' })).toBe(
      `${page}?session_id=${id}&return_to=http%3A%2F%2Flocalhost%3A3000%2F`,
    )
  })

  it.each([
    '',
    '/home',
    '//evil.example',
    'javascript:alert(1)',
    'https:evil.example',
    ' https://a.b/',
    'https://',
  ])('refuses to return to %o', async (returnTo) => {
    const { cookie, load, workos } = createStage()
    await expect(load(await cookie()).getLogoutUrl({ returnTo })).rejects.toEqual(invalid)
    expect(() => workos.signOutUrl({ sessionId: 'session_1', returnTo })).toThrow(invalid)
  })

  it('says clearly that a cookie names no session', async () => {
    const { load, sessions, signIn } = createStage()
    const grant = await signIn()
    const accessToken = `e30.${btoa(JSON.stringify({ sub: grant.user?.id }))}.x`
    const nameless = await sessions.sealSession(
      { ...grant, accessToken },
      { cookiePassword: PASSWORD },
    )
    for (const [cookie, why] of [
      ['', /no_session_cookie_provided/],
      ['garbage', /invalid_session_cookie/],
      [nameless, /names no session to end\.$/],
    ] as const) {
      const error: unknown = await load(cookie)
        .getLogoutUrl()
        .catch((reason: unknown) => reason)
      expect(isAuthSessionMissingError(error)).toBe(true)
      expect(String(error)).toMatch(why)
    }
  })

  it('leads to a page of your own as safely', async () => {
    const { session } = await answering([], {
      logoutUrl: ({ session, returnTo = 'nowhere' }) => `${session.sessionId} ${returnTo}`,
    })
    expect(await session.getLogoutUrl()).toBe('session_1 nowhere')
    expect(await session.getLogoutUrl({ returnTo: 'https://a.b' })).toBe('session_1 https://a.b')
    await expect(session.getLogoutUrl({ returnTo: 'javascript:alert(1)' })).rejects.toEqual(invalid)
  })

  it('says clearly that there is no such page', async () => {
    const sessions = createSealedSessions({ provider, verification: secret })
    const session = sessions.loadSealedSession({ sessionData: '', cookiePassword: PASSWORD })
    await expect(session.getLogoutUrl()).rejects.toEqual(invalid)
  })
})

describe('a mistake of the app is an AuthError', () => {
  const { sessions } = createStage()
  const short = { sessionData: 'x', cookiePassword: 'short' }

  it.each<[string, () => unknown]>([
    ['a short password', () => sessions.loadSealedSession(short)],
    ['a short password', () => sessions.refreshAndSealSessionData(short)],
    ['a short password', () => sessions.endSession(short)],
    ['a short password', () => sessions.sealSession({ accessToken: 'a', lifetime: 1 }, short)],
    [
      'a short new password',
      () =>
        sessions
          .loadSealedSession({ sessionData: '', cookiePassword: PASSWORD })
          .refresh({ cookiePassword: '' }),
    ],
    ['no password', () => sessions.loadSealedSession({ ...short, cookiePassword: [] })],
    [
      'no way to verify',
      () => createSealedSessions({ provider, verification: { secret: '', audience: false } }),
    ],
    ['no time', () => createSealedSessions({ provider, verification: secret, timeout: 0 })],
    [
      'no provider',
      () => createSealedSessions({ ...JSON.parse('{"provider":{}}'), verification: secret }),
    ],
  ])('%s', async (_, make) => {
    await expect((async () => make())()).rejects.toEqual(invalid)
  })

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['limits that are none', { limits: 'a week' }],
    ['limits that are nothing', { limits: null }],
    ['a limit that is a text', { limits: { idle: '1h' } }],
    ['a store that is none', { store: {} }],
    ['a store that can only be read', { store: new Map() }],
    ['a coordinator that is none', { coordinator: {} }],
    [
      'a coordinator of an older release, that knows no pauses',
      { coordinator: { ...memoryCoordinator(), pauses: undefined } },
    ],
  ])('before anything is spent: %s', (_, options) => {
    const make = () =>
      Reflect.apply(createSealedSessions, undefined, [
        { provider, verification: secret, ...options },
      ])
    expect(make).toThrow(invalid)
  })

  const held = { sessionData: 'x', cookiePassword: PASSWORD }
  const grant = { accessToken: 'a', refreshToken: 'r', lifetime: 1, user: { id: 'ada' } }
  const session = sessions.loadSealedSession(held)
  it.each<[string, (...args: never[]) => unknown, readonly unknown[]]>([
    ['refresh(null)', session.refresh, [null]],
    ['refresh(true)', session.refresh, [true]],
    ['getLogoutUrl(null)', session.getLogoutUrl, [null]],
    ['endSession()', sessions.endSession, []],
    ['describeSession(null)', sessions.describeSession, [null]],
    ['refreshAndSealSessionData()', sessions.refreshAndSealSessionData, []],
    ['sealSession(null)', sessions.sealSession, [null]],
    ['sealSession() without options', sessions.sealSession, [grant]],
    [
      'sealSession() with limits that are none',
      sessions.sealSession,
      [grant, { cookiePassword: PASSWORD, limits: 'a week' }],
    ],
  ])('of an argument: %s', async (_, method, args) => {
    await expect(
      Promise.resolve().then(() => Reflect.apply(method, undefined, args)),
    ).rejects.toEqual(invalid)
  })

  it('and what is wrong in a provider is thrown as it is', async () => {
    const { cookie, workos, clock } = createStage()
    const sessionData = await cookie()
    for (const error of [new TypeError('a bug'), new AuthError('invalid_argument', 'Wrong.')]) {
      const broken = { ...workos, refresh: () => Promise.reject(error) }
      const { loadSealedSession } = createSealedSessions({
        provider: broken,
        verification: secret,
        now: clock.now,
      })
      const session = loadSealedSession({ sessionData, cookiePassword: PASSWORD })
      await expect(session.refresh()).rejects.toBe(error)
    }
  })
})

describe('sealSession', () => {
  it.each<[string, object]>([
    ['without a refresh token', { refreshToken: undefined }],
    ['without a user', { user: undefined }],
    ['of two people', { user: { id: 'user_2' } }],
    ['whose token cannot be read', { accessToken: 'opaque' }],
  ])('refuses a session %s', async (_, changes) => {
    const { sessions, signIn } = createStage()
    const grant = { ...(await signIn()), ...changes }
    const error = await sessions
      .sealSession(grant, { cookiePassword: PASSWORD })
      .catch((reason: unknown) => reason)
    expect(isAuthError(error, 'bad_response')).toBe(true)
  })
})
