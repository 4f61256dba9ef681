import { describe, expect, it } from 'vitest'
import { AuthError, isAuthError, isAuthSessionMissingError } from '../../../src/index.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { answering, createStage, PASSWORD } from './sealed-sessions-stage.js'

const invalid = expect.objectContaining({ name: 'AuthError', code: 'invalid_argument' })
const secret = { secret: 'a secret of the issuer, which is long', audience: false } as const
const provider = { id: 'nobody', refresh: async () => null }

describe('getSignOutUrl', () => {
  it('leads to the page that ends the session, also long after the token is over', async () => {
    const { cookie, load, clock, server } = createStage()
    const session = load(await cookie())
    const [{ id } = { id: '' }] = server.sessions()
    clock.time += 86_400_000
    const page = 'http://localhost/user_management/sessions/logout'
    expect(await session.getSignOutUrl()).toBe(`${page}?session_id=${id}`)
    expect(await session.getSignOutUrl({ returnTo: 'http://localhost:3000/' })).toBe(
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
    await expect(load(await cookie()).getSignOutUrl({ returnTo })).rejects.toEqual(invalid)
    expect(() => workos.signOutUrl({ sessionId: 'session_1', returnTo })).toThrow(invalid)
  })

  it('says clearly that a cookie names no session', async () => {
    const { load, sessions, signIn } = createStage()
    const grant = await signIn()
    const accessToken = `e30.${btoa(JSON.stringify({ sub: grant.user?.id }))}.x`
    const nameless = await sessions.sealSession({ ...grant, accessToken }, { password: PASSWORD })
    for (const [cookie, why] of [
      ['', /no_session_cookie_provided/],
      ['garbage', /invalid_session_cookie/],
      [nameless, /names no session to end\.$/],
    ] as const) {
      const error: unknown = await load(cookie)
        .getSignOutUrl()
        .catch((reason: unknown) => reason)
      expect(isAuthSessionMissingError(error)).toBe(true)
      expect(String(error)).toMatch(why)
    }
  })

  it('leads to a page of your own as safely', async () => {
    const { session } = await answering([], {
      signOutUrl: ({ session, returnTo = 'nowhere' }) => `${session.sessionId} ${returnTo}`,
    })
    expect(await session.getSignOutUrl()).toBe('session_1 nowhere')
    expect(await session.getSignOutUrl({ returnTo: 'https://a.b' })).toBe('session_1 https://a.b')
    await expect(session.getSignOutUrl({ returnTo: 'javascript:alert(1)' })).rejects.toEqual(
      invalid,
    )
  })

  it('says clearly that there is no such page', async () => {
    const sessions = createSealedSessions({ provider, verification: secret })
    const session = sessions.openSession({ value: '', password: PASSWORD })
    await expect(session.getSignOutUrl()).rejects.toEqual(invalid)
  })
})

describe('a mistake of the app is an AuthError', () => {
  const { sessions } = createStage()
  const short = { value: 'x', password: 'short' }

  it.each<[string, () => unknown]>([
    ['a short password', () => sessions.openSession(short)],
    ['a short password', () => sessions.signOut(short)],
    ['a short password', () => sessions.sealSession({ accessToken: 'a', lifetime: 1 }, short)],
    [
      'a short new password',
      () =>
        sessions.openSession({ value: '', password: PASSWORD }).refreshSession({ password: '' }),
    ],
    ['no password', () => sessions.openSession({ ...short, password: [] })],
    ...(['signOut', 'describeSession', 'listSessions'] as const).map(
      (name): [string, () => unknown] => [
        `a short password without a cookie: ${name}()`,
        () => sessions[name]({ value: null, password: 'short' }),
      ],
    ),
    [
      'a short password of whoever watches',
      () => sessions.watchSession({ value: null, password: 'short' }, () => {}),
    ],
    [
      'bytes for a password',
      () =>
        Reflect.apply(sessions.openSession, undefined, [
          { value: '', password: [new Uint8Array(32)] },
        ]),
    ],
    [
      'no way to verify',
      () => createSealedSessions({ provider, verification: { secret: '', audience: false } }),
    ],
    ['no time', () => createSealedSessions({ provider, verification: secret, requestTimeout: 0 })],
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
    ['a text for how to verify', { verification: 'seals' }],
    ['nothing for how to verify', { verification: undefined }],
    ['null for how to verify', { verification: null }],
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

  const held = { value: 'x', password: PASSWORD }
  const grant = { accessToken: 'a', refreshToken: 'r', lifetime: 1, user: { id: 'ada' } }
  const session = sessions.openSession(held)
  it.each<[string, (...args: never[]) => unknown, readonly unknown[]]>([
    ['refresh(null)', session.refreshSession, [null]],
    ['refresh(true)', session.refreshSession, [true]],
    ['getSignOutUrl(null)', session.getSignOutUrl, [null]],
    ['signOut()', sessions.signOut, []],
    ['signOut() with options that are null', sessions.signOut, [held, null]],
    ['endSessions() with options that are null', sessions.endSessions, [{ userId: 'ada' }, null]],
    ['watchSession(null)', sessions.watchSession, [null, () => {}]],
    ['listSessions(null)', sessions.listSessions, [null]],
    ['describeSession(null)', sessions.describeSession, [null]],
    ['sealSession(null)', sessions.sealSession, [null]],
    ['sealSession() without options', sessions.sealSession, [grant]],
    [
      'sealSession() with limits that are none',
      sessions.sealSession,
      [grant, { password: PASSWORD, limits: 'a week' }],
    ],
  ])('of an argument: %s', async (_, method, args) => {
    await expect(
      Promise.resolve().then(() => Reflect.apply(method, undefined, args)),
    ).rejects.toEqual(invalid)
  })

  it('and what is wrong in a provider is thrown as it is', async () => {
    const { cookie, workos, clock } = createStage()
    const value = await cookie()
    for (const error of [new TypeError('a bug'), new AuthError('invalid_argument', 'Wrong.')]) {
      const broken = { ...workos, refresh: () => Promise.reject(error) }
      const { openSession } = createSealedSessions({
        provider: broken,
        verification: secret,
        now: clock.now,
      })
      const session = openSession({ value, password: PASSWORD })
      await expect(session.refreshSession()).rejects.toBe(error)
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
      .sealSession(grant, { password: PASSWORD })
      .catch((reason: unknown) => reason)
    expect(isAuthError(error, 'bad_response')).toBe(true)
  })
})
