import { describe, expect, it } from 'vitest'
import type { SessionTokens } from '../../../src/server/supertokens/types.js'
import {
  createStage,
  FIRST,
  failureOf,
  LEGACY,
  outcomeOf,
  type Stage,
  type StageOptions,
  stageFor,
} from './stage.js'

const MINUTE = 60_000
const EVER = { times: Number.POSITIVE_INFINITY }

const begin = (stage: Stage) => stage.superTokens.createNewSession('u1', { role: 'a' })
const use = (stage: Stage, { accessToken }: SessionTokens) =>
  stage.superTokens.getSession(accessToken.token)

interface Row {
  readonly name: string
  readonly stage?: StageOptions
  /** Comes to the token that is refreshed; time to be asked again has passed then. */
  readonly show: (stage: Stage) => Promise<SessionTokens>
  readonly ours: string
  /** What SuperTokens' SDK makes of it, where that is something else. */
  readonly theirs?: string
  readonly because?: string
}

const PLAIN: StageOptions = {}
const VIA_TOKEN: StageOptions = { antiCsrf: 'VIA_TOKEN' }
const REPORT: StageOptions = { onTheft: 'report' }

const reusing = (reuse: 'TOKEN_THEFT' | 'UNAUTHORISED'): StageOptions => ({
  core: { rotation: { grace: MINUTE, reuse } },
  interface: '5.6',
  ...REPORT,
})
const REUSE = { TOKEN_THEFT: reusing('TOKEN_THEFT'), UNAUTHORISED: reusing('UNAUTHORISED') }

const answering = (body: string) => async (stage: Stage) => {
  const tokens = await begin(stage)
  stage.core.fail({ type: 'body', body }, { path: '/recipe/session/refresh', ...EVER })
  return tokens
}

/** Facts 3.1. */
const PROMOTION: readonly Row[] = [
  { name: 'the current token', show: begin, ours: 'OK' },
  {
    name: 'the current token once more',
    async show(stage) {
      const tokens = await begin(stage)
      await stage.renew(tokens)
      return tokens
    },
    ours: 'OK',
  },
  {
    name: 'a child that was not used yet',
    show: async (stage) => stage.renew(await begin(stage)),
    ours: 'OK',
  },
  {
    name: 'a child whose access token was used',
    async show(stage) {
      const next = await stage.renew(await begin(stage))
      await use(stage, next)
      return next
    },
    ours: 'OK',
  },
  {
    name: 'a token whose child was used',
    async show(stage) {
      const tokens = await begin(stage)
      await use(stage, await stage.renew(tokens))
      return tokens
    },
    ours: 'TOKEN_THEFT_DETECTED',
  },
  {
    name: 'a token whose child was refreshed',
    async show(stage) {
      const tokens = await begin(stage)
      await stage.renew(await stage.renew(tokens))
      return tokens
    },
    ours: 'TOKEN_THEFT_DETECTED',
  },
  {
    name: 'a child whose sibling was used',
    async show(stage) {
      const tokens = await begin(stage)
      const next = await stage.renew(tokens)
      await use(stage, await stage.renew(tokens))
      return next
    },
    ours: 'TOKEN_THEFT_DETECTED',
  },
  {
    name: 'the current token after a theft was reported',
    stage: REPORT,
    async show(stage) {
      const tokens = await begin(stage)
      const next = await stage.renew(tokens)
      await use(stage, next)
      await outcomeOf(stage.renew(tokens))
      return next
    },
    ours: 'OK',
  },
  {
    name: 'the current token after a theft was answered',
    async show(stage) {
      const tokens = await begin(stage)
      const next = await stage.renew(tokens)
      await use(stage, next)
      await outcomeOf(stage.renew(tokens))
      return next
    },
    ours: 'UNAUTHORISED',
  },
  {
    name: 'the token of a session that was revoked',
    async show(stage) {
      const tokens = await begin(stage)
      stage.core.endSession(tokens.session.handle)
      return tokens
    },
    ours: 'UNAUTHORISED',
  },
  {
    name: 'the token of a session that has expired',
    async show(stage) {
      const tokens = await begin(stage)
      stage.pass(100 * 24 * 60 * MINUTE)
      return tokens
    },
    ours: 'UNAUTHORISED',
  },
]

/** Facts 3.2. */
const GRACE: readonly Row[] = [
  { name: 'the current token', stage: REUSE.TOKEN_THEFT, show: begin, ours: 'OK' },
  {
    name: 'the next token',
    stage: REUSE.TOKEN_THEFT,
    show: async (stage) => stage.renew(await begin(stage)),
    ours: 'OK',
  },
  {
    name: 'the token before, within the window',
    stage: REUSE.TOKEN_THEFT,
    async show(stage) {
      const tokens = await begin(stage)
      await stage.renew(tokens)
      return tokens
    },
    ours: 'OK',
  },
  ...(['TOKEN_THEFT', 'UNAUTHORISED'] as const).flatMap((reuse): Row[] => {
    const lately = reuse === 'TOKEN_THEFT' ? 'TOKEN_THEFT_DETECTED' : reuse
    return [
      {
        name: `the token before, after the window, where that is ${reuse}`,
        stage: REUSE[reuse],
        async show(stage) {
          const tokens = await begin(stage)
          await stage.renew(tokens)
          stage.pass(MINUTE)
          return tokens
        },
        ours: lately,
      },
      {
        name: `a child of the token before, where that is ${reuse}`,
        stage: REUSE[reuse],
        async show(stage) {
          const tokens = await begin(stage)
          const displaced = await stage.renew(tokens)
          await stage.renew(tokens)
          return displaced
        },
        ours: lately,
      },
      {
        name: `an ancestor, where reuse is ${reuse}`,
        stage: REUSE[reuse],
        async show(stage) {
          const tokens = await begin(stage)
          await stage.renew(await stage.renew(await stage.renew(tokens)))
          return tokens
        },
        ours: 'TOKEN_THEFT_DETECTED',
      },
    ]
  }),
  {
    name: 'the current token after the core revoked the session for theft',
    stage: REUSE.TOKEN_THEFT,
    async show(stage) {
      const tokens = await begin(stage)
      const next = await stage.renew(await stage.renew(tokens))
      await outcomeOf(stage.renew(tokens))
      return next
    },
    ours: 'UNAUTHORISED',
  },
]

/** Facts 1.3 and 2.1. */
const ANSWERS: readonly Row[] = [
  ...[LEGACY, FIRST].map((core, index) => ({
    name: `the current token, of old cores (${index})`,
    stage: { core },
    show: begin,
    ours: 'OK',
  })),
  {
    name: 'a token of another core',
    show: () => begin(stageFor(VIA_TOKEN)),
    ours: 'UNAUTHORISED',
  },
  {
    name: 'an unknown status',
    show: answering('{"status":"SOMETHING_NEW"}'),
    ours: 'GENERAL_ERROR',
    theirs: 'TOKEN_THEFT_DETECTED',
    because: 'What nobody knows is no theft. SuperTokens takes every unknown word for one.',
  },
  {
    name: 'a theft of nobody’s session',
    show: answering('{"status":"TOKEN_THEFT_DETECTED"}'),
    ours: 'GENERAL_ERROR',
    theirs: 'TypeError',
    because: 'It is half an answer.',
  },
  {
    name: 'tokens without a session',
    show: answering('{"status":"OK"}'),
    ours: 'GENERAL_ERROR',
    theirs: 'TypeError',
    because: 'It is half an answer.',
  },
  { name: 'a page', show: answering('<html>Sign in to the Wi-Fi</html>'), ours: 'GENERAL_ERROR' },
  {
    name: 'an error of the server',
    async show(stage) {
      const tokens = await begin(stage)
      stage.core.fail({ type: 'status', status: 500, body: 'Internal Error\n' }, EVER)
      return tokens
    },
    ours: 'GENERAL_ERROR',
  },
  {
    name: 'a request that it does not understand',
    async show(stage) {
      const tokens = await begin(stage)
      stage.core.fail({ type: 'status', status: 400, body: 'Field name is invalid' }, EVER)
      return tokens
    },
    ours: 'GENERAL_ERROR',
  },
  {
    name: 'the right anti-CSRF token',
    stage: VIA_TOKEN,
    show: begin,
    ours: 'OK',
  },
  {
    name: 'the anti-CSRF token of another session',
    stage: VIA_TOKEN,
    async show(stage) {
      return { ...(await begin(stage)), antiCsrfToken: (await begin(stage)).antiCsrfToken }
    },
    ours: 'UNAUTHORISED',
  },
  {
    name: 'no anti-CSRF token',
    stage: VIA_TOKEN,
    show: async (stage) => ({ ...(await begin(stage)), antiCsrfToken: undefined }),
    ours: 'UNAUTHORISED',
  },
  {
    name: 'any anti-CSRF token where there are none',
    show: async (stage) => ({ ...(await begin(stage)), antiCsrfToken: 'x' }),
    ours: 'OK',
  },
  {
    name: 'no anti-CSRF token, of a session from before they were turned on',
    stage: VIA_TOKEN,
    show: (stage) => stage.start({ antiCsrf: 'NONE' }).createNewSession('u1', { role: 'a' }),
    ours: 'OK',
  },
]

async function check({ stage: options = PLAIN, show, ours }: Row): Promise<void> {
  const stage = stageFor(options)
  const tokens = await show(stage)
  const before = stage.core.count('/session/refresh')
  expect(await outcomeOf(stage.renew(tokens))).toBe(ours)
  expect(stage.core.count('/session/refresh')).toBeGreaterThan(before)
}

describe('what becomes of a refresh token', () => {
  it.each(PROMOTION)('is told for $name, where use promotes', check)
  it.each(GRACE)('is told for $name, where there is a window of grace', check)
  it.each(ANSWERS)('is told for $name', check)

  it('differs from SuperTokens’ SDK only for a reason', () => {
    const rows = [...PROMOTION, ...GRACE, ...ANSWERS]
    const odd = rows.filter(
      ({ theirs, because }) => (theirs === undefined) !== (because === undefined),
    )
    expect(odd).toEqual([])
  })

  it.each([
    ['no text', 5],
    ['nothing', undefined],
    ['an empty text', ''],
    ['a line break in it', 'a\nb'],
    ['a NUL in it', 'a\0b'],
    ['more than 8 kB', 'x'.repeat(8_193)],
  ])('is that it is none, without asking the core, for %s', async (_, token) => {
    const { superTokens, core } = createStage()
    // What is no text comes from apps that are not typed.
    const promise: Promise<unknown> = Reflect.apply(superTokens.refreshSession, superTokens, [
      token,
    ])
    expect(await failureOf(promise)).toMatchObject({
      type: 'UNAUTHORISED',
      code: 'refresh_rejected',
    })
    expect(core.requests).toEqual([])
  })

  it('is that the session is over, without asking the core, where an access token is in its place', async () => {
    const stage = createStage()
    const { accessToken, refreshToken } = await begin(stage)
    stage.core.clearLog()
    const mixed = stage.superTokens.refreshSession(accessToken.token)
    expect(await outcomeOf(mixed)).toBe('UNAUTHORISED')
    expect(stage.core.requests).toEqual([])
    expect(await outcomeOf(stage.superTokens.refreshSession(refreshToken.token))).toBe('OK')
  })

  it('never names the token in an error', async () => {
    const stage = createStage()
    const { refreshToken } = await begin(stage)
    stage.core.endSession(stage.core.sessions()[0]?.handle ?? '')
    const over = await failureOf(stage.superTokens.refreshSession(refreshToken.token))
    stage.core.fail({ type: 'drop' }, EVER)
    const unknown = await failureOf(stage.superTokens.refreshSession('secret-token.nonce.V2'))
    expect(JSON.stringify([over, String(over)])).not.toContain(refreshToken.token)
    expect(JSON.stringify([unknown, String(unknown)])).not.toContain('secret-token')
  })
})
