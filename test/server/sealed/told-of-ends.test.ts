import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { LONGEST_COOKIE_LIFE } from '../../../src/server/cookies/cookies.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import {
  createSealedSessions,
  type SealedSessionsOptions,
  type SessionProvider,
} from '../../../src/server/sealed/sealed-sessions.js'
import { jwt } from '../../support/wire.js'
import { PASSWORD, START } from './sealed-sessions-stage.js'

const password = PASSWORD
const MINUTE = 60_000
const LIFE = 300_000
const user = { id: 'user_1' }
const down = () => new AuthError('network', 'It is down.')
const refused = () => new AuthError('refresh_rejected', 'It was spent.')
const unable = () => new AuthError('invalid_argument', 'It ends no others.')
const over = { signedIn: false, reason: 'invalid_session_cookie' }

/** An auth server that is told of ends by hand, and what it and the coordinator were told. */
function createStage(
  provider: Partial<SessionProvider> = {},
  options: Partial<SealedSessionsOptions> = {},
) {
  const clock = { time: START, now: () => clock.time }
  const asked: string[] = []
  const wire = { answer: (_scope: string): Error | null => null }
  const noted: unknown[] = []
  const coordinator = memoryCoordinator({ now: clock.now })
  const { end } = coordinator
  Reflect.set(coordinator, 'end', async (...given: Parameters<typeof end>) => {
    noted.push([given[0], given[1] - MINUTE, given[2]?.confirmed ?? given[2]])
    return end(...given)
  })
  const sessions = createSealedSessions({
    provider: {
      id: 'by-hand',
      refresh: async () => null,
      async signOut(_session, scope) {
        asked.push(scope)
        const error = wire.answer(scope)
        if (error) throw error
      },
      ...provider,
    },
    verification: 'seal',
    coordinator,
    now: clock.now,
    ...options,
  })
  const accessToken = jwt({ sub: user.id })
  const signIn = async () => {
    const grant = { accessToken, refreshToken: 'first', lifetime: LIFE, user, sessionId: 's1' }
    return { value: await sessions.sealSession(grant, { password }), password }
  }
  const look = (cookie: { value: string; password: string }) =>
    sessions.openSession(cookie).getSession()
  return { clock, asked, wire, noted, sessions, signIn, look }
}

describe('a sign-out is remembered', () => {
  const here = ['s1', LONGEST_COOKIE_LIFE, false]
  it.each<[string, Partial<SessionProvider>, (() => Error) | null, unknown]>([
    [
      'as long as any cookie where the server cannot be told',
      Object({ signOut: undefined }),
      null,
      [],
    ],
    ['as long as any cookie where the server is down', {}, down, []],
    [
      'as long as any cookie where the server has ended one token of the session',
      {},
      null,
      [['s1', LONGEST_COOKIE_LIFE, true]],
    ],
    [
      'as long as an access token where the server has ended all of the session',
      { revokesSessions: true },
      null,
      [['s1', LIFE, true]],
    ],
    [
      'as long as any cookie where the server knows no such token, whatever it ends otherwise',
      { revokesSessions: true },
      refused,
      [['s1', LONGEST_COOKIE_LIFE, true]],
    ],
  ])('%s', async (_, provider, answer, after) => {
    const { noted, wire, sessions, signIn, look } = createStage(provider)
    wire.answer = () => answer?.() ?? null
    const cookie = await signIn()
    await sessions.signOut(cookie)
    expect(noted).toEqual([here, ...[after].flat()])
    expect(await look(cookie)).toMatchObject(over)
  })

  it('no shorter when somebody signs out once more', async () => {
    const { noted, sessions, signIn } = createStage()
    const cookie = await signIn()
    await sessions.signOut(cookie)
    const before = noted.length
    await sessions.signOut(cookie)
    expect(noted.slice(before)).toEqual([])
  })
})

describe('the auth server is told', () => {
  it('of an end once, and again a minute later at the soonest where it was down', async () => {
    const { asked, wire, clock, sessions, signIn, look } = createStage()
    wire.answer = down
    const cookie = await signIn()
    await sessions.signOut(cookie)
    const times: number[] = []
    for (const wait of [0, MINUTE - 1, 1, 0]) {
      clock.time += wait
      await look(cookie)
      times.push(asked.length)
    }
    expect(times).toEqual([1, 1, 2, 2])
  })

  it('no more once it knows, while the token that it was told of lives', async () => {
    const { asked, clock, sessions, signIn, look } = createStage()
    const cookie = await signIn()
    await sessions.signOut(cookie)
    clock.time += 2 * MINUTE
    expect(await look(cookie)).toMatchObject(over)
    expect(asked).toEqual(['local'])
  })

  it.each<[string, 'local' | 'global', () => AuthError, readonly string[]]>([
    ['of this session where it cannot end all', 'global', unable, ['global', 'local']],
    ['of all sessions once where it is down', 'global', down, ['global']],
    ['of one session once, whatever it says', 'local', unable, ['local']],
  ])('%s', async (_, scope, answer, told) => {
    const { asked, wire, sessions, signIn } = createStage()
    wire.answer = (asks) => (asks === scope ? answer() : null)
    const { error } = await sessions.signOut(await signIn(), { scope })
    expect(asked).toEqual(told)
    expect(error?.code).toBe(answer().code)
  })

  it('and what keeps it from ending even this session is what is said', async () => {
    const { wire, sessions, signIn } = createStage()
    wire.answer = (scope) => (scope === 'global' ? unable() : down())
    const { error } = await sessions.signOut(await signIn(), { scope: 'global' })
    expect(error?.code).toBe('network')
  })

  it('and a mistake in its provider is thrown as it is', async () => {
    const { wire, sessions, signIn } = createStage()
    const mistake = new TypeError('a bug')
    wire.answer = () => mistake
    await expect(sessions.signOut(await signIn())).rejects.toBe(mistake)
  })

  it.each([
    ['of a session that was ended with all of its person', undefined, ['local']],
    ['nothing where it has one session for several: newer ones may be among them', true, []],
  ] as const)('%s', async (_, sharesSessionIds, told) => {
    const { asked, sessions, signIn, look } = createStage({ sharesSessionIds })
    const cookie = await signIn()
    await sessions.endSessions({ userId: user.id })
    expect(await look(cookie)).toMatchObject(over)
    expect(asked).toEqual(told)
  })
})

describe('who signs in again', () => {
  it.each([
    ['is over here alone where the server has one session for both', true, user.id, []],
    ['is over at the server too where it has one for each', undefined, user.id, ['local']],
    ['is over at the server too where somebody else signs in', true, 'user_2', ['local']],
  ] as const)('has a session of before that %s', async (_, sharesSessionIds, replacedBy, told) => {
    const { asked, sessions, signIn, look } = createStage({ sharesSessionIds })
    const cookie = await signIn()
    await sessions.signOut(cookie, { replacedBy })
    expect(await look(cookie)).toMatchObject(over)
    expect(await sessions.openSession(cookie).refreshSession()).toMatchObject({
      reason: 'invalid_grant',
    })
    expect(asked).toEqual(told)
  })
})

describe('a sign-out of all other sessions', () => {
  it('leaves this one, also where it is held in a store', async () => {
    const entries = new Map<string, string>()
    const { asked, noted, sessions, signIn, look } = createStage(
      {},
      {
        maxSize: 1,
        store: {
          put: async (name, sealed) => void entries.set(name, sealed),
          get: async (name) => entries.get(name) ?? null,
          expire: async (name) => void entries.delete(name),
        },
      },
    )
    const cookie = await signIn()
    expect(entries.size).toBe(1)
    expect(await sessions.signOut(cookie, { scope: 'others' })).toMatchObject({ error: null })
    expect([asked, noted]).toEqual([['others'], []])
    expect(await look(cookie)).toMatchObject({ signedIn: true })
    await sessions.signOut(cookie)
    expect(entries.size).toBe(0)
  })
})
