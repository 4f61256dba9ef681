import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import { GeneralError } from '../../../src/server/supertokens/errors.js'
import type { SessionTokens } from '../../../src/server/supertokens/types.js'
import { createStage, failureOf, outcomeOf, type Stage } from './stage.js'

const MINUTE = 60_000
const EVER = { times: Number.POSITIVE_INFINITY }

const begin = (stage: Stage) => stage.superTokens.createNewSession('u1', { role: 'a' })
const use = (stage: Stage, { accessToken }: SessionTokens) =>
  stage.superTokens.getSession(accessToken.token)

describe('refreshes with one token', () => {
  const refresh = ({ superTokens }: Pick<Stage, 'superTokens'>, tokens: SessionTokens) =>
    superTokens.refreshSession(tokens.refreshToken.token, { antiCsrfToken: tokens.antiCsrfToken })

  it.each(['5.4', '5.6'])(
    'are one exchange when 50 come at once (interface %s)',
    async (version) => {
      const stage = createStage({ core: { rotation: { grace: MINUTE } }, interface: version })
      const tokens = await begin(stage)
      const all = await Promise.all(Array.from({ length: 50 }, () => refresh(stage, tokens)))
      expect(stage.core.count('/session/refresh')).toBe(1)
      for (const one of all) expect(one).toStrictEqual(all[0])
      expect(await outcomeOf(stage.renew(all[49] ?? tokens))).toBe('OK')
    },
  )

  it('get the same answer for 5 s, whatever was done with it meanwhile', async () => {
    const stage = createStage()
    const tokens = await begin(stage)
    const next = await refresh(stage, tokens)
    await use(stage, next)
    stage.pass(4_999)
    expect(await refresh(stage, tokens)).toStrictEqual(next)
    expect(stage.core.count('/session/refresh')).toBe(1)
    stage.pass(2)
    expect(await outcomeOf(refresh(stage, tokens))).toBe('TOKEN_THEFT_DETECTED')
  })

  it('get the same answer also where very many others were refused meanwhile', async () => {
    const stage = createStage({ coordinator: memoryCoordinator({ limit: 10, now: () => 0 }) })
    const tokens = await begin(stage)
    const next = await refresh(stage, tokens)
    for (let index = 0; index < 20; index += 1) {
      const refused = stage.superTokens.refreshSession(`token${index}.nonce.V2`)
      expect(await outcomeOf(refused)).toBe('UNAUTHORISED')
    }
    const before = stage.core.count('/session/refresh')
    expect(await refresh(stage, tokens)).toStrictEqual(next)
    expect(stage.core.count('/session/refresh')).toBe(before)
  })

  it('are told as a replay, except the first', async () => {
    const told: unknown[] = []
    const stage = createStage({ onReuse: (reuse) => void told.push(reuse) })
    const tokens = await begin(stage)
    const { session } = await refresh(stage, tokens)
    expect(told).toEqual([])
    stage.pass(1_000)
    await refresh(stage, tokens)
    expect(told).toMatchObject([{ sessionId: session.handle, userId: 'u1', age: 1_000 }])
  })

  it('are one exchange in several processes', async () => {
    const coordinator = memoryCoordinator({ now: () => 0 })
    const stage = createStage({ coordinator })
    const other = { superTokens: stage.start() }
    const tokens = await begin(stage)
    const [here, there] = await Promise.all([refresh(stage, tokens), refresh(other, tokens)])
    expect(there).toStrictEqual(here)
    expect(stage.core.count('/session/refresh')).toBe(1)
  })

  it('are dressed by the settings of each app', async () => {
    const coordinator = memoryCoordinator()
    const stage = createStage({ coordinator })
    const other = { superTokens: stage.start({ cookies: { domain: 'example.com' } }) }
    const tokens = await begin(stage)
    expect((await refresh(stage, tokens)).refreshToken.domain).toBeUndefined()
    expect((await refresh(other, tokens)).refreshToken.domain).toBe('example.com')
  })

  it('do not get the answer of another where they lack its anti-CSRF token', async () => {
    const stage = createStage({ antiCsrf: 'VIA_TOKEN' })
    const tokens = await begin(stage)
    const [good, bad] = await Promise.all([
      outcomeOf(refresh(stage, tokens)),
      outcomeOf(refresh(stage, { ...tokens, antiCsrfToken: undefined })),
    ])
    expect([good, bad]).toEqual(['OK', 'UNAUTHORISED'])
    const wrong = { ...tokens, antiCsrfToken: 'wrong' }
    expect(await outcomeOf(refresh(stage, wrong))).toBe('UNAUTHORISED')
    // Nor does their failure become that of who has it.
    expect(await outcomeOf(refresh(stage, tokens))).toBe('OK')
  })

  it('do not get the answer of an app that asks for no anti-CSRF token', async () => {
    const coordinator = memoryCoordinator()
    const stage = createStage({ antiCsrf: 'VIA_TOKEN', coordinator })
    const lax = { superTokens: stage.start({ antiCsrf: 'NONE' }) }
    const tokens = { ...(await begin(stage)), antiCsrfToken: undefined }
    expect(await outcomeOf(refresh(lax, tokens))).toBe('OK')
    expect(await outcomeOf(refresh(stage, tokens))).toBe('UNAUTHORISED')
  })

  it('fail together, and may be tried again in a quarter of a second', async () => {
    const stage = createStage()
    const tokens = await begin(stage)
    stage.core.fail({ type: 'drop' }, EVER)
    const failures = await Promise.all([
      outcomeOf(refresh(stage, tokens)),
      outcomeOf(refresh(stage, tokens)),
    ])
    expect(failures).toEqual(['GENERAL_ERROR', 'GENERAL_ERROR'])
    stage.core.heal()
    stage.pass(250)
    expect(await outcomeOf(refresh(stage, tokens))).toBe('OK')
  })

  it('hear the same when the session is over', async () => {
    const stage = createStage()
    const tokens = await begin(stage)
    stage.core.endSession(tokens.session.handle)
    const errors = await Promise.all([
      failureOf(refresh(stage, tokens)),
      failureOf(refresh(stage, tokens)),
    ])
    for (const error of errors) {
      expect(error).toMatchObject({ type: 'UNAUTHORISED', errType: 2000, code: 'refresh_rejected' })
    }
    expect(stage.core.count('/session/refresh')).toBe(1)
  })
})

describe('a refresh of a session that was signed out', () => {
  const refresh = ({ superTokens }: Stage, { refreshToken }: SessionTokens) =>
    superTokens.refreshSession(refreshToken.token)

  it('gets no answer from before', async () => {
    const stage = createStage()
    const tokens = await begin(stage)
    await refresh(stage, tokens)
    await stage.superTokens.revokeSession(tokens.session.handle)
    expect(await outcomeOf(refresh(stage, tokens))).toBe('UNAUTHORISED')
  })

  it('gets no answer from before where all of a user’s sessions were ended', async () => {
    const stage = createStage()
    const tokens = await begin(stage)
    await refresh(stage, tokens)
    const handles = await stage.superTokens.revokeAllSessionsForUser('u1')
    expect(handles).toEqual([tokens.session.handle])
    expect(await outcomeOf(refresh(stage, tokens))).toBe('UNAUTHORISED')
  })

  it('gets none while it is under way', async () => {
    const stage = createStage()
    const tokens = await begin(stage)
    const late = outcomeOf(refresh(stage, tokens))
    await stage.superTokens.revokeSession(tokens.session.handle)
    expect(await late).toBe('UNAUTHORISED')
  })

  it('tells the core, where the sign-out did not reach it', async () => {
    const stage = createStage()
    const tokens = await begin(stage)
    stage.core.fail({ type: 'drop' })
    const signOut = stage.superTokens.revokeSession(tokens.session.handle)
    expect(await outcomeOf(signOut)).toBe('GENERAL_ERROR')
    expect(stage.core.sessions()).toHaveLength(1)
    expect(await outcomeOf(refresh(stage, tokens))).toBe('UNAUTHORISED')
    expect(stage.core.sessions()).toEqual([])
  })

  it('is refused for as long as its access tokens live', async () => {
    const life = 4 * 60 * MINUTE
    const stage = createStage({ core: { accessTokenValidity: life } })
    const tokens = await begin(stage)
    stage.core.fail({ type: 'drop' }, { path: '/recipe/session/remove', ...EVER })
    await outcomeOf(stage.superTokens.revokeSession(tokens.session.handle))
    stage.pass(life)
    expect(await outcomeOf(refresh(stage, tokens))).toBe('UNAUTHORISED')
  })
})

describe('a coordinator that fails', () => {
  const broken = (part: Partial<Coordinator>): Coordinator => ({ ...memoryCoordinator(), ...part })
  const fail = async (): Promise<never> => {
    throw new TypeError('The coordinator is broken.')
  }

  it.each([
    ['`ended`', { ended: fail }],
    ['`end`', { end: fail }],
  ])('signs nobody out and keeps nobody from it (%s)', async (_, part) => {
    const stage = createStage({ coordinator: broken(part) })
    const tokens = await begin(stage)
    const next = await stage.superTokens.refreshSession(tokens.refreshToken.token)
    expect((await use(stage, next)).accessToken).toBeDefined()
    expect(await stage.superTokens.revokeSession(tokens.session.handle)).toBe(true)
    expect(stage.core.sessions()).toEqual([])
  })

  it('is a general error where it cannot coordinate', async () => {
    const stage = createStage({ coordinator: broken({ once: fail }) })
    const error = await failureOf(stage.superTokens.refreshSession('token.nonce.V2'))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'server_error' })
    expect(String(error)).toContain('TypeError')
  })

  it.each([
    ['network', 'network'],
    ['refresh_rejected', 'server_error'],
    ['session_missing', 'server_error'],
  ] as const)('ends no session with a failure that is not the core’s (%s)', async (code, told) => {
    const once = async (): Promise<never> => {
      throw new AuthError(code, 'Another process failed.', { status: 500, retryAfter: 1_000 })
    }
    const stage = createStage({ coordinator: broken({ once }) })
    const error = await failureOf(stage.superTokens.refreshSession('token.nonce.V2'))
    expect(error).toBeInstanceOf(GeneralError)
    expect(error).toMatchObject({ code: told, status: 500, retryAfter: 1_000 })
  })

  it.each([
    ['no JSON', '{'],
    ['another thing', '{"type":"other"}'],
    ['half a session', '{"type":"renewed","tokens":{"session":{"handle":"h"}}}'],
    ['a theft of nobody’s session', '{"type":"theft","userId":"u1"}'],
    ['a theft of a session of nobody', '{"type":"theft","sessionHandle":"h1"}'],
    ['a list', '[]'],
  ])('is a general error where it replays %s', async (_, text) => {
    const once = async () => ({ text, startedAt: 0 })
    const stage = createStage({ coordinator: broken({ once }) })
    const error = await failureOf(stage.superTokens.refreshSession('token.nonce.V2'))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'bad_response' })
  })
  it.each([
    ['session', 'handle'],
    ['session', 'userId'],
    ['session', 'userDataInJWT'],
    ['accessToken', 'token'],
    ['accessToken', 'expiry'],
    ['accessToken', 'createdTime'],
    ['refreshToken', 'token'],
    ['refreshToken', 'expiry'],
    ['refreshToken', 'createdTime'],
  ])('is a general error where what it replays lacks of its %s the %s', async (part, name) => {
    const whole: string[] = []
    const once: Coordinator['once'] = async (_, work) => {
      const text = await work()
      whole.push(text)
      const { tokens } = JSON.parse(text)
      Reflect.deleteProperty(tokens[part], name)
      return { text: JSON.stringify({ type: 'renewed', tokens }), startedAt: 0 }
    }
    const stage = createStage({ coordinator: broken({ once }) })
    const { refreshToken } = await begin(stage)
    const error = await failureOf(stage.superTokens.refreshSession(refreshToken.token))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'bad_response' })
    expect(JSON.parse(whole[0] ?? '').tokens[part]).toHaveProperty(name)
  })
})
