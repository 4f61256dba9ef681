import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../../src/core/errors.js'
import type { SuperTokensCookies } from '../../../src/server/supertokens/cookie-types.js'
import type { CoreCookie, CoreHandshake } from '../../../src/server/supertokens/core-api.js'
import { GeneralError } from '../../../src/server/supertokens/errors.js'
import { createScheme } from '../../../src/server/supertokens/scheme.js'

const START = 1_700_000_000_000

/** What a core of 1.0 says by default. */
const TOLD: CoreHandshake = {
  accessToken: { path: '/', secure: false, domain: 'localhost' },
  refreshToken: { path: '/session/refresh', secure: false, domain: 'localhost' },
  enableAntiCsrf: false,
}

type Answer = CoreHandshake | null | 'fails' | 'hangs'

function createStage(answer: Answer, cookies: SuperTokensCookies = {}) {
  const state = { answer, asked: 0, time: START }
  const core = {
    async handshake(): Promise<CoreHandshake | null> {
      state.asked += 1
      if (state.answer === 'hangs') return new Promise(() => {})
      if (state.answer !== 'fails') return state.answer
      throw new GeneralError('The core is down.', { code: 'network' })
    },
  }
  const scheme = createScheme({ core, cookies, patience: 2_000, now: () => state.time })
  return { state, scheme }
}

const token = (cookie?: CoreCookie) => ({ token: 't', expiry: 2, createdTime: 1, cookie })

afterEach(() => {
  vi.useRealTimers()
})

describe('where cookies go', () => {
  it.each<
    [name: string, answer: Answer, cookies: SuperTokensCookies, access: object, refresh: object]
  >([
    [
      'by default as with today’s SDKs',
      null,
      {},
      { path: '/', secure: true, sameSite: 'lax', domain: undefined },
      { path: '/auth/session/refresh', secure: true, sameSite: 'lax', domain: undefined },
    ],
    [
      'as the app says',
      null,
      {
        domain: 'example.com',
        secure: false,
        sameSite: 'strict',
        accessTokenPath: '/app',
        refreshTokenPath: '/renew',
      },
      { path: '/app', secure: false, sameSite: 'strict', domain: 'example.com' },
      { path: '/renew', secure: false, sameSite: 'strict', domain: 'example.com' },
    ],
    [
      'as an old core says',
      TOLD,
      {},
      { path: '/', secure: false, sameSite: 'lax', domain: 'localhost' },
      { path: '/session/refresh', secure: false, sameSite: 'lax', domain: 'localhost' },
    ],
    [
      'as the app says rather than as an old core does',
      TOLD,
      { refreshTokenPath: '/renew', secure: true },
      { path: '/', secure: true, domain: 'localhost' },
      { path: '/renew', secure: true, domain: 'localhost' },
    ],
    [
      'securely with `SameSite=None`, whatever an old core says',
      { ...TOLD, accessToken: { path: '/', secure: false, sameSite: 'none' } },
      {},
      { secure: true, sameSite: 'none' },
      { secure: false, sameSite: 'lax' },
    ],
    [
      'by default while an old core cannot be asked',
      'fails',
      { domain: 'example.com' },
      { path: '/', secure: true, domain: 'example.com' },
      { path: '/auth/session/refresh', secure: true, domain: 'example.com' },
    ],
    [
      'by default when what the core says would break the header',
      {
        ...TOLD,
        accessToken: { path: '/;Domain=evil.example', secure: false },
        refreshToken: { path: '/', secure: false, domain: 'a\r\nb' },
      },
      {},
      { path: '/', secure: true, domain: undefined },
      { path: '/auth/session/refresh', secure: true, domain: undefined },
    ],
  ])('is %s', async (_, answer, cookies, access, refresh) => {
    const { scheme } = createStage(answer, cookies)
    const { accessToken, refreshToken } = await scheme.read()
    expect(accessToken).toMatchObject(access)
    expect(refreshToken).toMatchObject(refresh)
  })

  it('is told with a token as with the scheme', async () => {
    const { scheme } = createStage(TOLD, { refreshTokenPath: '/renew' })
    const cookie: CoreCookie = { path: '/session/refresh', secure: false, domain: 'localhost' }
    expect(scheme.dress('refreshToken', token(cookie))).toStrictEqual({
      token: 't',
      expiry: 2,
      createdTime: 1,
      cookiePath: '/renew',
      cookieSecure: false,
      domain: 'localhost',
      sameSite: 'lax',
    })
    expect(scheme.dress('accessToken', token())).toMatchObject({
      cookiePath: '/',
      cookieSecure: true,
      domain: undefined,
    })
    const broken = scheme.dress('accessToken', token({ path: '/\n', secure: true, domain: 'a;b' }))
    expect(broken).toMatchObject({ cookiePath: '/', domain: undefined })
  })

  it.each<[name: string, answer: Answer, cookies: SuperTokensCookies, formerly: unknown]>([
    ['nowhere', null, {}, []],
    ['nowhere when the app follows the core', TOLD, {}, []],
    [
      'where the app says, once',
      null,
      { formerly: [{ domain: '.a.test' }, { domain: 'A.test', path: '/' }] },
      [{ domain: 'A.test', path: '/' }],
    ],
    [
      'where the core says and the app does not',
      TOLD,
      { refreshTokenPath: '/renew', formerly: [{ path: '/old' }] },
      [{ path: '/old' }, { domain: 'localhost', path: '/session/refresh' }],
    ],
    [
      'where the core says, for both',
      TOLD,
      { domain: 'a.test' },
      [
        { domain: 'localhost', path: '/' },
        { domain: 'localhost', path: '/session/refresh' },
      ],
    ],
    [
      'not where no cookie can be',
      { ...TOLD, refreshToken: { path: '/\r\n', secure: true } },
      {},
      [],
    ],
  ])('was formerly %s', async (_, answer, cookies, formerly) => {
    const { scheme } = createStage(answer, cookies)
    expect((await scheme.read()).formerly).toEqual(formerly)
  })

  it('stays as the core said last while it fails, and asks again after 10 s', async () => {
    const { scheme, state } = createStage(TOLD)
    await scheme.read()
    state.answer = 'fails'
    for (let call = 0; call < 5; call += 1) {
      expect((await scheme.read()).refreshToken.path).toBe('/session/refresh')
    }
    expect(state.asked).toBe(2)
    state.answer = { ...TOLD, refreshToken: { path: '/new', secure: true } }
    state.time += 10_000
    expect((await scheme.read()).refreshToken.path).toBe('/new')
  })

  it('asks again when the clock was set back', async () => {
    const { scheme, state } = createStage('fails')
    await scheme.read()
    state.time -= 86_400_000
    state.answer = TOLD
    expect((await scheme.read()).refreshToken.path).toBe('/session/refresh')
  })

  it('asks a core that has no handshake once', async () => {
    const { scheme, state } = createStage(null)
    await scheme.read()
    state.answer = 'fails'
    await scheme.read()
    expect(state.asked).toBe(1)
  })

  it('waits 2 s for a core that hangs, and then not for 10 s', async () => {
    vi.useFakeTimers()
    const { scheme } = createStage('hangs')
    const first = scheme.read()
    await vi.advanceTimersByTimeAsync(2_000)
    expect((await first).accessToken.path).toBe('/')
    expect((await scheme.read()).accessToken.path).toBe('/')
  })

  it.each<[name: string, cookies: object, told: RegExp]>([
    ['`SameSite=None` that is not secure', { sameSite: 'none', secure: false }, /secure/],
    ['a word that `SameSite` has not', { sameSite: 'None' }, /sameSite/],
    ['a path that does not begin with a slash', { accessTokenPath: 'app' }, /path/],
    ['a path that would begin another attribute', { refreshTokenPath: '/a;Domain=b' }, /path/],
    ['a line break in the path', { refreshTokenPath: '/a\r\nSet-Cookie: b=c' }, /path/],
    ['an address for a domain', { domain: 'https://example.com' }, /domain/],
    ['a domain that is no text', { domain: 5 }, /./],
    ['former places that are no list', { formerly: 5 }, /./],
    ['a former place that no cookie can have', { formerly: [{ path: 'a' }] }, /path/],
  ])('is refused at once for %s', (_, cookies, told) => {
    const core = { handshake: async () => null }
    const deps = { core, cookies, patience: 1, now: () => START }
    let error: unknown
    try {
      createScheme(deps)
    } catch (thrown) {
      error = thrown
    }
    expect(isAuthError(error, 'invalid_argument') && error.message).toMatch(told)
  })
})
