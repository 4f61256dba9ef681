import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import type { Grant } from '../../../src/core/session.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type {
  SealedRefreshContext,
  SealedSessionsOptions,
} from '../../../src/server/sealed/sealed-sessions.js'
import { jwt } from '../../support/wire.js'
import {
  answering,
  createGate,
  FIRST,
  opened,
  PASSWORD,
  START,
  success,
} from './sealed-sessions-stage.js'

const password = PASSWORD
const MINUTE = 60_000
const LIVING = 1_000_000 * MINUTE
const step = (spent?: boolean) =>
  new AuthError('step_required', 'First this.', { details: { step: 'mfa', spent } })
const down = () => new AuthError('network', 'It is down.')
const refused = () => new AuthError('refresh_rejected', 'It was spent.')

describe('an answer of the auth server', () => {
  it('without an access token is a failure whose refresh token is kept', async () => {
    const { session, sent, pass } = await answering([
      { accessToken: '', refreshToken: 'second' },
      { refreshToken: 'third' },
    ])
    const { signedIn, sealed, ...result } = await session.refreshSession()
    expect([signedIn, result]).toMatchObject([false, { retryable: true, reason: 'server_error' }])
    expect(await opened(sealed)).toMatchObject({ ...FIRST, refreshToken: 'second' })
    pass(MINUTE)
    expect((await opened((await session.refreshSession()).sealed)).refreshToken).toBe('third')
    expect(sent).toEqual(['first', 'second'])
  })

  it('with another person’s session ends this one, also where nobody can read its token', async () => {
    const { session, sent } = await answering(
      [{ refreshToken: 'second', accessToken: 'opaque', user: { id: 'user_2' } }],
      { verification: 'seal' },
    )
    const result = await session.refreshSession()
    expect(result).toMatchObject({ signedIn: false, retryable: false, reason: 'invalid_grant' })
    expect([result.sealed, sent]).toEqual([undefined, ['first']])
  })

  it('that another process hands out is nobody else’s session', async () => {
    const coordinator = memoryCoordinator()
    const text = JSON.stringify({ ...FIRST, refreshToken: 'second', user: { id: 'user_2' } })
    Reflect.set(coordinator, 'once', async () => ({ text, startedAt: LIVING }))
    const { session } = await answering([], { coordinator, verification: 'seal' })
    const result = await session.refreshSession()
    expect(result).toMatchObject({ signedIn: false, retryable: true, reason: 'server_error' })
    expect(result.sealed).toBeUndefined()
  })

  it.each<[string, Partial<Grant>]>([
    ['a new refresh token alone', { refreshToken: 'second' }],
    ['a new access token alone', { accessToken: jwt({ sub: 'user_1', sid: 'session_1', n: 2 }) }],
  ])('with %s does for whoever came while it was under way', async (_, answer) => {
    const gate = createGate()
    const { session, sessions, sealed, sent } = await answering([], {
      async refresh() {
        await gate.passed
        return { accessToken: FIRST.accessToken, lifetime: 1000, ...answer }
      },
    })
    const both = [session.refreshSession(), sessions.openSession(sealed).refreshSession()]
    gate.open()
    for (const result of await Promise.all(both)) expect(result.signedIn).toBe(true)
    expect(sent).toEqual(['first'])
  })

  it('that is of no other organization is asked for once more, and not for ever', async () => {
    const answers = ['second', 'third', 'fourth', 'fifth'].map((refreshToken) => ({ refreshToken }))
    const { session, sent } = await answering(answers)
    const result = await session.refreshSession({ organizationId: 'org_2' })
    expect(result).toMatchObject({ signedIn: false, retryable: false, reason: 'rejected' })
    expect(sent).toEqual(['first', 'second'])
    expect((await opened(result.sealed)).refreshToken).toBe('third')
  })
})

describe('a step that the server wants first', () => {
  it('is said from then on by the cookie where the refresh token is spent on it', async () => {
    const { session, sessions, sealed, sent, pass } = await answering([step(true)])
    const result = await session.refreshSession()
    expect(result).toMatchObject({ signedIn: false, retryable: false, reason: 'mfa' })
    expect(await opened(result.sealed)).toMatchObject({ ...FIRST, spentOn: 'mfa' })
    for (const other of [session, sessions.openSession(sealed)]) {
      expect(await other.refreshSession()).toMatchObject({ reason: 'mfa' })
    }
    pass(10 * MINUTE)
    expect(await session.refreshSession()).toMatchObject({ reason: 'mfa' })
    expect(sent).toEqual(['first'])
  })

  it('is said to all who come together, and their refresh token is sent once', async () => {
    const { sessions, sealed, sent } = await answering([step(true)], { now: () => START })
    const all = [1, 2, 3].map(() => sessions.openSession(sealed).refreshSession())
    for (const result of await Promise.all(all)) {
      expect(result).toMatchObject({ signedIn: false, reason: 'mfa' })
    }
    expect(sent).toEqual(['first'])
  })

  it('leaves the cookie as it was where the refresh token is not spent', async () => {
    const { session, sent, pass } = await answering([step(), { refreshToken: 'second' }])
    const result = await session.refreshSession()
    expect([result, result.sealed]).toMatchObject([{ reason: 'mfa' }, undefined])
    pass(MINUTE)
    success(await session.refreshSession())
    expect(sent).toEqual(['first', 'first'])
  })
})

describe('who listens', () => {
  /** Who hears of what. */
  function listeners() {
    const heard: (readonly [string, unknown])[] = []
    const hear = (who: string) => (event: object) => {
      heard.push([who, Reflect.get(event, 'type') ?? Reflect.get(event, 'code')])
    }
    const options: Partial<SealedSessionsOptions> = {
      onReuse: hear('reuse'),
      onSecurityEvent: hear('security'),
      onRefreshError: hear('error'),
    }
    const told = async () => {
      await new Promise<void>((resolve) => setImmediate(resolve))
      return heard
    }
    return { options, told }
  }

  it.each<[string, (Partial<Grant> | Error)[], unknown]>([
    ['a spent token that comes again', [{ refreshToken: 'second' }], [['reuse', undefined]]],
    ['nothing where the token is not spent', [{ accessToken: jwt({ sub: 'user_1', n: 2 }) }], []],
    ['an outage, which is no attack', [down(), down()], [['error', 'network']]],
    [
      'each refusal, which may be one',
      [refused(), refused()],
      [
        ['security', 'refresh-refused'],
        ['error', 'refresh_rejected'],
        ['security', 'refresh-refused'],
        ['error', 'refresh_rejected'],
      ],
    ],
  ])('hears of %s', async (_, answers, events) => {
    const { options, told } = listeners()
    const { sessions, sealed } = await answering(answers, options)
    for (let turn = 0; turn < 2; turn += 1) await sessions.openSession(sealed).refreshSession()
    expect(await told()).toEqual(events)
  })

  it('hears nothing of a mistake in the app’s provider, which is thrown', async () => {
    const { options, told } = listeners()
    const mistake = new TypeError('a bug')
    const { session } = await answering([mistake], options)
    await expect(session.refreshSession()).rejects.toBe(mistake)
    expect(await told()).toEqual([])
  })

  it('hears of a cookie that nobody sealed, and not of one that is missing', async () => {
    const { options, told } = listeners()
    const { sessions } = await answering([], options)
    for (const value of ['', null, 'garbage', undefined]) {
      await sessions.openSession({ value, password }).getSession()
    }
    expect(await told()).toEqual([['security', 'forged-cookie']])
  })
})

describe('a request that failed', () => {
  it('may be repeated in the first half of its time only', async () => {
    const may: (boolean | undefined)[] = []
    const { session, pass } = await answering([], {
      requestTimeout: 10_000,
      async refresh(_, { mayRepeat }: SealedRefreshContext) {
        may.push(await mayRepeat?.())
        pass(5_000)
        may.push(await mayRepeat?.())
        return { accessToken: FIRST.accessToken, refreshToken: 'second', lifetime: 1000 }
      },
    })
    success(await session.refreshSession())
    expect(may).toEqual([true, false])
  })

  it('may not be repeated by whoever tries for all whether the server is well again', async () => {
    const may: (boolean | undefined)[] = []
    const { session, pass } = await answering([], {
      async refresh(_, { mayRepeat }: SealedRefreshContext) {
        may.push(await mayRepeat?.())
        throw down()
      },
    })
    for (let turn = 0; turn < 2; turn += 1) {
      await session.refreshSession()
      pass(10 * MINUTE)
    }
    expect(may).toEqual([true, false])
  })
})

describe('a session without a refresh token', () => {
  it.each<[string, Partial<SealedSessionsOptions>, number, object]>([
    [
      'wants another sign-in while its token lives',
      { verification: 'seal' },
      0,
      { reason: 'login_required', retryable: false },
    ],
    [
      'is over with its token',
      { verification: 'seal' },
      MINUTE,
      { reason: 'session_expired', retryable: false },
    ],
    [
      'is as good as before while nobody can tell',
      {
        verification: {
          jwksUrl: 'https://auth.example/jwks',
          audience: false,
          fetch: () => Promise.reject(new TypeError('fetch failed')),
        },
      },
      0,
      { reason: 'network_error', retryable: true },
    ],
  ])('%s', async (_, options, wait, expected) => {
    const sent: string[] = []
    const { sessions, pass } = await answering([], {
      provider: {
        id: 'by-hand',
        renews: () => false,
        refresh: async (token) => {
          sent.push(token)
          return null
        },
      },
      ...options,
    })
    const [, payload] = FIRST.accessToken.split('.')
    const accessToken = `${btoa('{"alg":"RS256","kid":"k1"}')}.${payload}.c2ln`
    const value = await sessions.sealSession(
      { ...FIRST, accessToken, lifetime: 1000 },
      { password },
    )
    const session = sessions.openSession({ value, password })
    pass(wait)
    expect(await session.refreshSession()).toMatchObject({ signedIn: false, ...expected })
    expect(sent).toEqual([])
  })
})

describe('a session whose token nobody reads here', () => {
  it('has a name of its own where its server gives none, which stays', async () => {
    const { session } = await answering([{ accessToken: 'opaque', refreshToken: 'second' }], {
      verification: 'seal',
    })
    const { sessionId } = success(await session.getSession())
    expect(sessionId).toMatch(/^[\da-f-]{36}$/)
    expect(success(await session.refreshSession()).sessionId).toBe(sessionId)
  })

  it.each([
    [true, { signedIn: true }],
    [false, { signedIn: false, reason: 'invalid_jwt' }],
  ])('lives where a function of the app says so: %s', async (active, result) => {
    const { session } = await answering([], {
      verification: { introspect: async () => ({ active }) },
    })
    expect(await session.getSession()).toMatchObject(result)
  })

  it('says when its person proved who they are by the id token beside it', async () => {
    const { sessions } = await answering([], {
      verification: 'seal',
      provider: { id: 'by-hand', refresh: async () => null, sealedExtras: ['id_token'] },
    })
    const extras = { id_token: jwt({ sub: 'user_1', auth_time: 1_600_000_000 }) }
    const grant = { ...FIRST, accessToken: 'opaque', lifetime: 1000, extras }
    const value = await sessions.sealSession(grant, { password })
    const { authenticatedAt } = success(
      await sessions.openSession({ value, password }).getSession(),
    )
    expect(authenticatedAt).toBe(1_600_000_000_000)
  })
})
