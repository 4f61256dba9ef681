import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SuperTokens } from '../../../src/server/supertokens/types.js'
import type { Fault } from '../../../src/testing/server/types.js'
import { LATER, LEGACY, outcomeOf, type StageOptions, stageFor } from './stage.js'
import { stopTime } from './stopped-time.js'

const LIMIT = 10_000
const SESSIONS = 20
/** Of each session, before, during and after: with one refresh, some thousand requests. */
const VISITS = 16

afterEach(() => vi.unstubAllGlobals())

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
  ['with a window of grace', { core: { rotation: { grace: 120_000 } }, interface: '5.6' }, SOME],
  ['of old', { core: LEGACY }, SOME],
]

describe.each(STAGES)('a core %s', (_, options, faults) => {
  it.each(faults)(
    'that %s in the middle of a thousand requests costs no session',
    async (_, fault) => {
      // Its time is stopped, so that no busy machine lets it run out.
      const stage = stageFor({ ...options, requestTimeout: LIMIT })
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
