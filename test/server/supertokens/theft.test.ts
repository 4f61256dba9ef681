import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../../src/core/errors.js'
import { TokenTheftDetectedError } from '../../../src/server/supertokens/errors.js'
import type { SessionTokens } from '../../../src/server/supertokens/types.js'
import { createProcesses } from '../../support/fake-redis.js'
import { PATIENT } from '../../support/patient.js'
import {
  createStage,
  failureOf,
  LEGACY,
  outcomeOf,
  type Stage,
  type StageOptions,
} from './stage.js'

afterEach(() => vi.unstubAllGlobals())

const EVER = { times: Number.POSITIVE_INFINITY }

/** A session whose owner went on while somebody kept a copy of the first tokens. */
async function steal(options: StageOptions = {}) {
  const stage = createStage(options)
  const copy = await stage.superTokens.createNewSession('ada')
  const owner = await stage.renew(copy)
  await stage.superTokens.getSession(owner.accessToken.token)
  stage.pass(30_001)
  stage.core.clearLog()
  return { stage, copy, owner }
}

const refresh = ({ superTokens }: Pick<Stage, 'superTokens'>, { refreshToken }: SessionTokens) =>
  superTokens.refreshSession(refreshToken.token)

it('a refresh that the core refuses is told of, and names no token', async () => {
  const events: object[] = []
  const stage = createStage({ onSecurityEvent: (event) => void events.push(event) })
  const tokens = await stage.superTokens.createNewSession('ada')
  stage.core.endSession(tokens.session.handle)
  const { token } = tokens.refreshToken
  const refused = stage.superTokens.refreshSession(token, { request: 'tab' })
  expect(await outcomeOf(refused)).toBe('UNAUTHORISED')
  await vi.waitUntil(() => events.length > 0, PATIENT)
  expect(events).toMatchObject([{ type: 'refresh-refused', request: 'tab' }])
  expect(JSON.stringify(events)).not.toContain(token)
})

describe('a refresh token that was stolen', () => {
  it.each<[name: string, options: StageOptions]>([
    ['today', {}],
    ['of old', { core: LEGACY }],
  ])('is told of with the session and its user, by cores %s', async (_, options) => {
    const { stage, copy } = await steal(options)
    const error = await failureOf(refresh(stage, copy))
    expect(error).toBeInstanceOf(TokenTheftDetectedError)
    expect(isAuthError(error, 'refresh_rejected')).toBe(true)
    expect(error).toMatchObject({
      type: 'TOKEN_THEFT_DETECTED',
      errType: 4000,
      sessionHandle: copy.session.handle,
      userId: 'ada',
      retryable: false,
    })
  })

  it('ends the session, for both who have it', async () => {
    const { stage, copy, owner } = await steal()
    await failureOf(refresh(stage, copy))
    expect(stage.core.sessions()).toEqual([])
    expect(await outcomeOf(refresh(stage, owner))).toBe('UNAUTHORISED')
  })

  it('leaves the session to the app, where that is asked for', async () => {
    const { stage, copy, owner } = await steal({ onTheft: 'report' })
    expect(await outcomeOf(refresh(stage, copy))).toBe('TOKEN_THEFT_DETECTED')
    expect(stage.core.sessions()).toHaveLength(1)
    expect(await outcomeOf(refresh(stage, owner))).toBe('OK')
  })

  it('revokes once, and is told to all who wait together', async () => {
    const { stage, copy } = await steal()
    const errors = await Promise.all(
      Array.from({ length: 20 }, () => failureOf(refresh(stage, copy))),
    )
    for (const error of errors) {
      expect(error).toMatchObject({ type: 'TOKEN_THEFT_DETECTED', userId: 'ada' })
    }
    expect(stage.core.count('/session/refresh')).toBe(1)
    expect(stage.core.count('/session/remove')).toBe(1)
  })

  it('is told again to who comes again, without asking the core for 30 s', async () => {
    const { stage, copy } = await steal()
    await failureOf(refresh(stage, copy))
    expect(await outcomeOf(refresh(stage, copy))).toBe('TOKEN_THEFT_DETECTED')
    expect(stage.core.count('/session/refresh')).toBe(1)
  })

  it('is told of the same in every process of the app', async () => {
    const redis = createProcesses()
    const { stage, copy } = await steal({ coordinator: redis.start().coordinator })
    const other = { superTokens: stage.start({ coordinator: redis.start().coordinator }) }
    await redis.clock.advance(30_001)
    const errors = [await failureOf(refresh(stage, copy)), await failureOf(refresh(other, copy))]
    for (const error of errors) {
      expect(error).toBeInstanceOf(TokenTheftDetectedError)
      expect(error).toMatchObject({ sessionHandle: copy.session.handle, userId: 'ada' })
    }
    expect(stage.core.count('/session/refresh')).toBe(1)
    expect(stage.core.count('/session/remove')).toBe(1)
  })

  it('is told of though the session cannot be revoked, which then is over here', async () => {
    const { stage, copy, owner } = await steal()
    stage.core.fail({ type: 'status', status: 500 }, { path: '/recipe/session/remove', ...EVER })
    expect(await outcomeOf(refresh(stage, copy))).toBe('TOKEN_THEFT_DETECTED')
    expect(stage.core.sessions()).toHaveLength(1)
    // Whoever comes next makes up for it.
    stage.core.heal()
    expect(await outcomeOf(refresh(stage, owner))).toBe('UNAUTHORISED')
    expect(stage.core.sessions()).toEqual([])
  })
})

describe('an owner who refreshes twice', () => {
  it('is no thief, in whatever order the answers come', async () => {
    const stage = createStage()
    const first = await stage.superTokens.createNewSession('ada')
    const [one, two] = await Promise.all([refresh(stage, first), refresh(stage, first)])
    await stage.superTokens.getSession(one.accessToken.token)
    expect(await outcomeOf(stage.renew(two))).toBe('OK')
  })

  it('is no thief where the answer was lost', async () => {
    for (const version of ['5.4', '5.6']) {
      const stage = createStage({ core: { rotation: { grace: 60_000 } }, interface: version })
      const first = await stage.superTokens.createNewSession('ada')
      stage.core.fail({ type: 'lose-response' }, { path: '/recipe/session/refresh' })
      expect(await outcomeOf(refresh(stage, first))).toBe('GENERAL_ERROR')
      stage.pass(250)
      const next = await refresh(stage, first)
      expect(await outcomeOf(stage.renew(next))).toBe('OK')
    }
  })
})
