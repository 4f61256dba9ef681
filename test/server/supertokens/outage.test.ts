import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { SessionTokens, SuperTokens } from '../../../src/server/supertokens/types.js'
import { createStage, failureOf, HOUR, LATER, outcomeOf, type Stage } from './stage.js'
import { stopTime } from './stopped-time.js'

afterEach(() => vi.unstubAllGlobals())

describe('a core of today that fails', () => {
  it('is not noticed by those whose tokens are good', async () => {
    const { core, superTokens } = createStage()
    const { accessToken, refreshToken } = await superTokens.createNewSession('u1')
    const next = await superTokens.refreshSession(refreshToken.token)
    const good = [accessToken.token, next.accessToken.token]
    await superTokens.getSession(accessToken.token)
    const { timed } = stopTime()
    core.fail({ type: 'hang' }, { times: Number.POSITIVE_INFINITY })
    const { value, took } = await timed(
      Promise.all(good.map((token) => outcomeOf(superTokens.getSession(token)))),
    )
    expect(value).toEqual(['OK', 'OK'])
    expect(took).toBeLessThanOrEqual(2_200)
    const again = await timed(Promise.all(good.map((token) => superTokens.getSession(token))))
    expect(again.took).toBeLessThanOrEqual(200)
  })

  it('is waited for by a process that has never seen its keys', async () => {
    const { core, superTokens, start } = createStage()
    const { accessToken } = await superTokens.createNewSession('u1')
    const late = start()
    const { timed } = stopTime()
    core.fail({ type: 'slow', delay: 3_000 }, { times: Number.POSITIVE_INFINITY })
    const first = await timed(outcomeOf(late.getSession(accessToken.token)))
    expect(first.value).toBe('OK')
    expect(first.took).toBeGreaterThanOrEqual(3_000)
  })

  it.each(['{"keys":[]}', '{}', 'It works!'])(
    'is waited for as long by one that got no keys in an answer that was fine: %s',
    async (body) => {
      const { core, superTokens, start, pass } = createStage()
      const { accessToken } = await superTokens.createNewSession('u1')
      let answers = 0
      const late = start({
        fetch: async (input, init) =>
          `${input instanceof Request ? input.url : input}`.includes('jwks') && answers++ === 0
            ? new Response(body)
            : core.fetch(input, init),
      })
      expect(await outcomeOf(late.getSession(accessToken.token))).not.toBe('OK')
      pass(60_000)
      const { timed } = stopTime()
      core.fail({ type: 'slow', delay: 3_000 }, { times: Number.POSITIVE_INFINITY })
      const next = await timed(outcomeOf(late.getSession(accessToken.token)))
      expect([next.value, answers]).toEqual(['OK', 2])
    },
  )

  it('is not noticed either when its keys were to be looked at again', async () => {
    const { core, superTokens, pass } = createStage()
    const { accessToken, refreshToken } = await superTokens.createNewSession('u1')
    const next = await superTokens.refreshSession(refreshToken.token)
    await superTokens.getSession(accessToken.token)
    pass(HOUR / 2)
    const { timed } = stopTime()
    core.fail({ type: 'hang' }, { times: Number.POSITIVE_INFINITY })
    const first = await timed(outcomeOf(superTokens.getSession(next.accessToken.token)))
    expect(first.value).toBe('OK')
    expect(first.took).toBeLessThanOrEqual(4_400)
    const again = await timed(outcomeOf(superTokens.getSession(next.accessToken.token)))
    expect(again.value).toBe('OK')
    expect(again.took).toBeLessThanOrEqual(200)
  })

  it('delays the answer to a theft by no more than 2 s, while it is to be revoked', async () => {
    const stage = createStage()
    const first = await stage.superTokens.createNewSession('u1')
    const next = await stage.renew(first)
    await stage.superTokens.getSession(next.accessToken.token)
    stage.pass(LATER)
    const { timed } = stopTime()
    stage.core.fail({ type: 'hang' }, { path: '/recipe/session/remove' })
    const theft = outcomeOf(stage.superTokens.refreshSession(first.refreshToken.token))
    const { value, took } = await timed(theft)
    expect(value).toBe('TOKEN_THEFT_DETECTED')
    expect(took).toBeLessThanOrEqual(2_200)
  })
})

describe('a core whose refreshes fail', () => {
  const EVER = { times: Number.POSITIVE_INFINITY }
  const refresh = (app: SuperTokens, { refreshToken }: SessionTokens) =>
    app.refreshSession(refreshToken.token)

  async function createCrowd() {
    const coordinator = memoryCoordinator({ now: () => stage.clock.time })
    const stage: Stage = createStage({ coordinator })
    const all: SessionTokens[] = []
    for (let person = 0; person < 10; person += 1) {
      all.push(await stage.superTokens.createNewSession(`u${person}`))
    }
    stage.core.clearLog()
    const sent = (): number => stage.core.count('/session/refresh')
    return { stage, all, sent, other: stage.start() }
  }

  it.each([
    ['answers 503', { type: 'status', status: 503 }],
    ['answers 500', { type: 'status', status: 500 }],
    ['cannot be reached', { type: 'drop' }],
  ] as const)(
    'sees one of them at a time, ever more rarely, of all processes, while it %s',
    async (_, fault) => {
      const { stage, all, sent, other } = await createCrowd()
      stage.core.fail(fault, EVER)
      for (let second = 0; second < 60; second += 1) {
        const asked = all.flatMap((one) =>
          [stage.superTokens, other].map((app) => refresh(app, one)),
        )
        const failures = await Promise.all(asked.map(failureOf))
        for (const failure of failures) {
          expect(failure).toMatchObject({ type: 'GENERAL_ERROR', retryable: true })
        }
        stage.pass(1_000)
      }
      // Ten before anybody knew, and one for each pause: of a quarter second at first, of half a minute in the end.
      expect(sent()).toBeLessThanOrEqual(20)
      stage.core.heal()
      stage.pass(60_000)
      for (const one of all) expect(await outcomeOf(refresh(other, one))).toBe('OK')
    },
  )

  it('keeps nobody from the core of another app', async () => {
    const coordinator = memoryCoordinator()
    const ill = createStage({ coordinator })
    const well = createStage({ coordinator, hosts: 'http://localhost:3568' })
    const tokens = await ill.superTokens.createNewSession('u1')
    const others = await well.superTokens.createNewSession('u1')
    ill.core.fail({ type: 'drop' }, EVER)
    expect(await outcomeOf(refresh(ill.superTokens, tokens))).toBe('GENERAL_ERROR')
    expect(await outcomeOf(refresh(well.superTokens, others))).toBe('OK')
  })

  it('is asked at once by others where it ends one session, however many it ends', async () => {
    const { stage, all } = await createCrowd()
    for (const { session } of all.slice(0, 9)) stage.core.endSession(session.handle)
    const outcomes = await Promise.all(all.map((one) => outcomeOf(refresh(stage.superTokens, one))))
    expect(outcomes).toEqual([...Array.from({ length: 9 }, () => 'UNAUTHORISED'), 'OK'])
  })
})

describe('a coordinator that hangs', () => {
  const forever = (): Promise<never> => new Promise(() => {})

  it.each([
    ['refreshSession', { once: forever }],
    ['revokeSession', { end: forever }],
  ] as const)('keeps %s no longer than the time limit', async (method, part) => {
    const coordinator = { ...memoryCoordinator(), ...part }
    const { superTokens } = createStage({ coordinator, requestTimeout: 3_000 })
    const { timed } = stopTime()
    const { value, took } = await timed(failureOf(superTokens[method]('name.nonce.V2')))
    expect(value).toMatchObject({ type: 'GENERAL_ERROR', code: 'timeout', retryable: true })
    expect(took).toBe(3_000)
  })
})

describe('two hosts of one core', () => {
  it('cost nothing when one of them is gone', async () => {
    const stage = createStage()
    const gone = 'http://localhost:9999'
    const twice = stage.start({
      hosts: [gone, 'http://localhost:3567'],
      async fetch(input, init) {
        if (new Request(input, init).url.startsWith(gone)) throw new TypeError('fetch failed')
        return stage.core.fetch(input, init)
      },
    })
    for (let call = 0; call < 4; call += 1) {
      const { accessToken, refreshToken } = await twice.createNewSession('u1')
      expect(await outcomeOf(twice.getSession(accessToken.token))).toBe('OK')
      expect(await outcomeOf(twice.refreshSession(refreshToken.token))).toBe('OK')
    }
  })
})
