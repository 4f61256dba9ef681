import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryCoordinator } from '../../../src/server/coordinator.js'
import type { SuperTokens } from '../../../src/server/supertokens/types.js'
import type { Fault } from '../../../src/testing/gotrue/types.js'
import { createTime, trackCrypto } from '../../support/fake-redis.js'
import {
  createStage,
  failureOf,
  HOUR,
  LATER,
  LEGACY,
  outcomeOf,
  type StageOptions,
  stageFor,
} from './stage.js'

const LIMIT = 10_000
const SESSIONS = 20
/** Of each session, before, during and after: with one refresh, some thousand requests. */
const VISITS = 16

afterEach(() => vi.unstubAllGlobals())

/** From now on, time passes only while `timed` waits, and cryptography takes none. */
function stopTime() {
  const { clock, until } = createTime()
  vi.stubGlobal('crypto', trackCrypto(clock))
  vi.stubGlobal('setTimeout', (task: () => void, ms = 0) => clock.schedule(ms, task))
  vi.stubGlobal('clearTimeout', (cancel?: () => void) => cancel?.())
  return {
    /** Waits, and says how much time passed, in ms. */
    async timed<T>(promise: Promise<T>): Promise<{ readonly value: T; readonly took: number }> {
      const begin = clock.monotonic()
      const value = await until(promise)
      return { value, took: clock.monotonic() - begin }
    },
  }
}

/** Somebody who keeps what comes, as a browser does, and clears nothing on a general error. */
function createVisitor(superTokens: SuperTokens, tokens: { access: string; refresh: string }) {
  const state = { ...tokens }

  async function visit(): Promise<string> {
    const outcome = await outcomeOf(
      superTokens.getSession(state.access).then(({ accessToken }) => {
        if (accessToken) state.access = accessToken.token
      }),
    )
    return `getSession: ${outcome}`
  }

  async function renew(): Promise<string> {
    const outcome = await outcomeOf(
      superTokens.refreshSession(state.refresh).then(({ accessToken, refreshToken }) => {
        state.access = accessToken.token
        state.refresh = refreshToken.token
      }),
    )
    return `refreshSession: ${outcome}`
  }

  return { visit, renew }
}

const FAULTS: readonly [name: string, fault: Fault][] = [
  ['dies', { type: 'drop' }],
  ['loses its answers', { type: 'lose-response' }],
  ['hangs', { type: 'hang' }],
  ['answers 500', { type: 'status', status: 500, body: 'Internal Error\n' }],
  ['answers 503', { type: 'status', status: 503 }],
  ['answers HTML', { type: 'html' }],
  ['answers HTML with 401', { type: 'html', status: 401 }],
  ['answers a part of JSON', { type: 'body', body: '{"status":"OK","session":{' }],
  ['answers nothing', { type: 'body', body: '' }],
  ['limits requests', { type: 'rate-limited', retryAfter: 5 }],
]

/** What reaches the core, or not, is the same for all; the rest is for one. */
const SOME = FAULTS.slice(0, 4)

const STAGES: readonly [name: string, options: StageOptions, faults: typeof FAULTS][] = [
  ['of today', {}, FAULTS],
  ['with a window of grace', { core: { rotation: { grace: 120_000 } } }, SOME],
  ['of old', { core: LEGACY }, SOME],
]

describe.each(STAGES)('a core %s', (_, options, faults) => {
  it.each(faults)(
    'that %s in the middle of a thousand requests costs no session',
    async (_, fault) => {
      const stage = stageFor(options)
      const { core, superTokens } = stage
      const others = core.sessions().length
      const visitors = await Promise.all(
        Array.from({ length: SESSIONS }, async (_, index) => {
          const { accessToken, refreshToken } = await superTokens.createNewSession(`u${index}`)
          return createVisitor(superTokens, {
            access: accessToken.token,
            refresh: refreshToken.token,
          })
        }),
      )
      const { timed } = stopTime()

      /** All visitors come some times; each refreshes at first, and shows its tokens else. */
      const crowd = () =>
        timed(
          Promise.all(
            visitors.flatMap(({ visit, renew }) => [
              renew(),
              ...Array.from({ length: VISITS }, visit),
            ]),
          ),
        )

      const before = await crowd()
      expect(new Set(before.value)).toEqual(new Set(['getSession: OK', 'refreshSession: OK']))
      stage.pass(LATER)
      core.fail(fault, { times: Number.POSITIVE_INFINITY })
      const during = await crowd()
      const known = ['getSession: OK', 'getSession: GENERAL_ERROR', 'refreshSession: GENERAL_ERROR']
      expect(known).toEqual(expect.arrayContaining([...new Set(during.value)]))
      // Bounded: all came at once.
      expect(during.took).toBeLessThanOrEqual(LIMIT + 1_000)
      core.heal()
      stage.pass(LATER)
      const after = await crowd()
      expect(new Set(after.value)).toEqual(new Set(['getSession: OK', 'refreshSession: OK']))
      expect(core.sessions()).toHaveLength(others + SESSIONS)
    },
  )
})

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

describe('a coordinator that hangs', () => {
  const forever = (): Promise<never> => new Promise(() => {})

  it.each([
    ['refreshSession', { once: forever }],
    ['revokeSession', { end: forever }],
  ] as const)('keeps %s no longer than the time limit', async (method, part) => {
    const coordinator = { ...memoryCoordinator(), ...part }
    const { superTokens } = createStage({ coordinator, timeout: 3_000 })
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
