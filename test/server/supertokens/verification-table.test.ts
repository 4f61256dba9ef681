import { describe, expect, it } from 'vitest'
import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import {
  begin,
  child,
  down,
  forged,
  fresh,
  orphan,
  revoked,
  type Shown,
  unsigned,
} from './shown.js'
import {
  FIRST,
  HOST,
  HOUR,
  LATER,
  LEGACY,
  outcomeOf,
  type Stage,
  type StageOptions,
  stageFor,
} from './stage.js'

const STAGES = {
  today: {},
  oldest: { core: FIRST },
  old: { core: LEGACY },
  oldWithTokens: { core: { ...LEGACY, enableAntiCsrf: true }, antiCsrf: 'VIA_TOKEN' },
  withTokens: { antiCsrf: 'VIA_TOKEN' },
  upgraded: { core: { versions: ['2.3', '5.4'] } },
  staticKeys: { useDynamicSigningKey: false },
  grace: { core: { rotation: { grace: 60_000 } }, interface: '5.6' },
  keptKind: { core: { versions: ['2.21'] }, useDynamicSigningKey: false },
} as const satisfies Record<string, StageOptions>

const stageOf = (kind: keyof typeof STAGES): Stage => stageFor(STAGES[kind])

interface Row {
  readonly name: string
  readonly on: keyof typeof STAGES
  readonly show: (stage: Stage) => Promise<Shown>
  /** What becomes of it here, and how often the core was asked about the token. */
  readonly ours: readonly [result: string, asked: number]
  /** What becomes of it with SuperTokens' SDK, where that is something else. */
  readonly theirs?: readonly [result: string, asked: number]
  /** Why it is. */
  readonly because?: string
}

/** A token that the core made when it was asked by an app of old. */
async function before({ core }: Stage): Promise<Shown> {
  const body = { userId: 'u1', userDataInJWT: { role: 'a' }, userDataInDatabase: {} }
  const headers = { 'cdi-version': '2.3', 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify(body) }
  const { accessToken } = await (await core.fetch(`${HOST}/session`, request)).json()
  return { token: accessToken.token }
}

const good = ['OK', 0] as const
const retry = ['TRY_REFRESH_TOKEN', 0] as const

const ROWS: readonly Row[] = [
  // Facts 3.1: promotion.
  { name: 'a token without a parent', on: 'today', show: fresh, ours: good },
  {
    name: 'a token with a parent, at its first use',
    on: 'today',
    show: child,
    ours: ['OK, replaced', 1],
  },
  {
    name: 'a token with a parent, once more',
    on: 'today',
    async show(stage) {
      const shown = await child(stage)
      await stage.superTokens.getSession(shown.token)
      return shown
    },
    ours: ['OK, replaced', 1],
  },
  { name: 'a token of a branch that died', on: 'today', show: orphan, ours: ['OK', 1] },
  {
    name: 'a token without a parent, checked against the database',
    on: 'today',
    show: async (stage) => ({ ...(await fresh(stage)), checkDatabase: true }),
    ours: ['OK', 1],
  },
  // Facts 3.2: rotation at the refresh.
  { name: 'a token of a refresh, with a grace window', on: 'grace', show: child, ours: good },
  {
    name: 'a displaced token, with a grace window',
    on: 'grace',
    show: orphan,
    ours: good,
  },
  {
    name: 'a displaced token, with a grace window, checked against the database',
    on: 'grace',
    show: (stage) => orphan(stage, { checkDatabase: true }),
    ours: ['TRY_REFRESH_TOKEN', 1],
    theirs: ['UNAUTHORISED', 1],
    because: 'The core means that a refresh is due. Clearing the cookies would sign the user out.',
  },
  // Facts 2.2: verifySession.
  {
    name: 'a token that has expired',
    on: 'today',
    async show(stage) {
      const shown = await fresh(stage)
      stage.pass(HOUR)
      return shown
    },
    ours: retry,
  },
  {
    name: 'a token with other claims under its signature',
    on: 'today',
    show: async (stage) => ({ token: forged((await fresh(stage)).token) }),
    ours: retry,
  },
  {
    name: 'a token without a signature',
    on: 'today',
    show: async (stage) => ({ token: unsigned((await fresh(stage)).token) }),
    ours: retry,
  },
  {
    name: 'a token of another core',
    on: 'today',
    show: () => fresh(stageOf('withTokens')),
    ours: retry,
  },
  { name: 'no token', on: 'today', show: async () => ({ token: '' }), ours: retry },
  { name: 'a text', on: 'today', show: async () => ({ token: 'a.b.c' }), ours: retry },
  {
    name: 'a refresh token',
    on: 'today',
    show: async (stage) => ({ token: (await begin(stage)).refreshToken.token }),
    ours: retry,
  },
  {
    name: 'a token of a dynamic key where static ones are used',
    on: 'today',
    async show(stage) {
      const { accessToken } = await stage
        .start({ useDynamicSigningKey: false })
        .createNewSession('u')
      return { token: accessToken.token }
    },
    ours: retry,
  },
  {
    name: 'a token of a static key where dynamic ones are used',
    on: 'staticKeys',
    async show(stage) {
      const { accessToken } = await stage
        .start({ useDynamicSigningKey: true })
        .createNewSession('u')
      return { token: accessToken.token }
    },
    ours: retry,
  },
  {
    name: 'a token of a dynamic key where static ones are used, at exactly 2.21',
    on: 'keptKind',
    async show(stage) {
      const { accessToken } = await stage
        .start({ useDynamicSigningKey: true })
        .createNewSession('u')
      return { token: accessToken.token }
    },
    ours: good,
    theirs: retry,
    because: 'There a session keeps its kind: they would send it to refresh without end.',
  },
  {
    name: 'a token of a static key where such are used, at exactly 2.21',
    on: 'keptKind',
    show: fresh,
    ours: good,
  },
  {
    name: 'a token of a static key where such are used',
    on: 'staticKeys',
    show: fresh,
    ours: good,
  },
  {
    name: 'a token of a key that was replaced since',
    on: 'today',
    async show(stage) {
      const shown = await fresh(stage)
      stage.core.rotateKeys()
      return shown
    },
    ours: good,
  },
  {
    name: 'a token of a key that is new',
    on: 'today',
    async show(stage) {
      await down(stage, fresh(stage))
      stage.core.heal()
      stage.core.rotateKeys()
      stage.pass(LATER)
      return fresh(stage)
    },
    ours: good,
  },
  {
    name: 'a token of another core’s early days',
    on: 'today',
    show: () => fresh(stageOf('old')),
    ours: ['TRY_REFRESH_TOKEN', 1],
  },
  {
    name: 'a token from before the core was replaced by a newer one',
    on: 'upgraded',
    show: before,
    ours: ['OK', 1],
    theirs: good,
    because: 'Its form is not what jose takes, and the core knows the tokens of its past.',
  },
  // Facts 2.1 and 2.2: anti-CSRF.
  { name: 'the right anti-CSRF token', on: 'withTokens', show: fresh, ours: good },
  {
    name: 'no anti-CSRF token',
    on: 'withTokens',
    show: async (stage) => ({ token: (await fresh(stage)).token }),
    ours: retry,
  },
  {
    name: 'the anti-CSRF token of another session',
    on: 'withTokens',
    show: async (stage) => ({
      token: (await fresh(stage)).token,
      antiCsrfToken: (await fresh(stage)).antiCsrfToken,
    }),
    ours: retry,
  },
  {
    name: 'an anti-CSRF token that only begins right',
    on: 'withTokens',
    async show(stage) {
      const { token, antiCsrfToken = '' } = await fresh(stage)
      return { token, antiCsrfToken: antiCsrfToken.slice(0, -1) }
    },
    ours: retry,
  },
  {
    name: 'an anti-CSRF token that only ends wrong',
    on: 'withTokens',
    async show(stage) {
      const { token, antiCsrfToken } = await fresh(stage)
      return { token, antiCsrfToken: `${antiCsrfToken}x` }
    },
    ours: retry,
  },
  {
    name: 'an empty anti-CSRF token',
    on: 'withTokens',
    show: async (stage) => ({ token: (await fresh(stage)).token, antiCsrfToken: '' }),
    ours: retry,
  },
  {
    name: 'no anti-CSRF token where none is asked for',
    on: 'withTokens',
    show: async (stage) => ({ token: (await fresh(stage)).token, doAntiCsrfCheck: false }),
    ours: good,
  },
  {
    name: 'no anti-CSRF token, against the database',
    on: 'withTokens',
    show: async (stage) => ({ token: (await fresh(stage)).token, checkDatabase: true }),
    ours: retry,
  },
  {
    name: 'the right anti-CSRF token, against the database',
    on: 'withTokens',
    show: async (stage) => ({ ...(await fresh(stage)), checkDatabase: true }),
    ours: ['OK', 1],
  },
  {
    name: 'the right anti-CSRF token, at the first use of a token',
    on: 'withTokens',
    async show(stage) {
      const { accessToken, antiCsrfToken } = await stage.renew(await begin(stage))
      return { token: accessToken.token, antiCsrfToken }
    },
    ours: ['OK, replaced', 1],
  },
  {
    name: 'a session from before anti-CSRF tokens were turned on',
    on: 'withTokens',
    async show(stage) {
      const { accessToken } = await stage.start({ antiCsrf: 'NONE' }).createNewSession('u')
      return { token: accessToken.token }
    },
    ours: good,
    theirs: retry,
    because: 'It has none to compare with; its next refresh gives it one.',
  },
  {
    name: 'the same, against the database',
    on: 'withTokens',
    async show(stage) {
      const { accessToken } = await stage.start({ antiCsrf: 'NONE' }).createNewSession('u')
      return { token: accessToken.token, checkDatabase: true }
    },
    ours: ['OK', 1],
    theirs: retry,
    because: 'As above.',
  },
  {
    name: 'a session from before anti-CSRF tokens were turned off',
    on: 'today',
    async show(stage) {
      const { accessToken } = await stage.start({ antiCsrf: 'VIA_TOKEN' }).createNewSession('u')
      return { token: accessToken.token }
    },
    ours: good,
  },
  {
    name: 'any anti-CSRF token where there are none',
    on: 'today',
    show: async (stage) => ({ ...(await fresh(stage)), antiCsrfToken: 'x' }),
    ours: good,
  },
  // Facts 1.9: revocation.
  {
    name: 'a token without a parent, of a session that was revoked',
    on: 'today',
    show: async (stage) => revoked(stage, await fresh(stage)),
    ours: good,
  },
  {
    name: 'the same, against the database',
    on: 'today',
    show: async (stage) => ({ ...(await revoked(stage, await fresh(stage))), checkDatabase: true }),
    ours: ['UNAUTHORISED', 1],
  },
  {
    name: 'a token with a parent, of a session that was revoked',
    on: 'today',
    show: async (stage) => revoked(stage, await child(stage)),
    ours: ['UNAUTHORISED', 1],
  },
  // An outage.
  {
    name: 'a token without a parent, in an outage',
    on: 'today',
    show: (stage) => down(stage, fresh(stage)),
    ours: good,
  },
  {
    name: 'a token with a parent, in an outage',
    on: 'today',
    show: (stage) => down(stage, child(stage)),
    ours: ['OK', 1],
    theirs: ['GENERAL_ERROR', 1],
    because: 'The token is good; only its first use goes unreported. An outage signs nobody out.',
  },
  {
    name: 'a token against the database, in an outage',
    on: 'today',
    show: async (stage) => ({ ...(await down(stage, fresh(stage))), checkDatabase: true }),
    ours: ['GENERAL_ERROR', 1],
  },
  // Facts 1.8: cores without published keys.
  {
    name: 'a token without a parent, of the first cores',
    on: 'oldest',
    show: fresh,
    ours: ['OK', 1],
    theirs: good,
    because: 'Its signature is of a form that jose does not take; the core is asked instead.',
  },
  {
    name: 'a token with a parent, of the first cores',
    on: 'oldest',
    show: child,
    ours: ['OK, replaced', 1],
  },
  {
    name: 'a token that has expired, of old cores',
    on: 'old',
    async show(stage) {
      const shown = await fresh(stage)
      stage.pass(HOUR + 1)
      return shown
    },
    ours: ['TRY_REFRESH_TOKEN', 1],
  },
  {
    name: 'a token of another core, of old cores',
    on: 'old',
    show: () => fresh(stageOf('oldest')),
    ours: ['TRY_REFRESH_TOKEN', 1],
  },
  {
    name: 'a text, of old cores',
    on: 'old',
    show: async () => ({ token: 'a.b.c' }),
    ours: retry,
    theirs: ['TRY_REFRESH_TOKEN', 1],
    because: 'The core need not be asked about what is no token.',
  },
  {
    name: 'the right anti-CSRF token, of old cores',
    on: 'oldWithTokens',
    show: fresh,
    ours: ['OK', 1],
    theirs: good,
    because: 'As above.',
  },
  {
    name: 'no anti-CSRF token, of old cores',
    on: 'oldWithTokens',
    show: async (stage) => ({ token: (await fresh(stage)).token }),
    ours: ['TRY_REFRESH_TOKEN', 1],
  },
  {
    name: 'no anti-CSRF token where none is asked for, of old cores',
    on: 'oldWithTokens',
    show: async (stage) => ({ token: (await fresh(stage)).token, doAntiCsrfCheck: false }),
    ours: ['OK', 1],
    theirs: good,
    because: 'As above.',
  },
  {
    name: 'a token with a parent, of a session that was revoked, of old cores',
    on: 'old',
    show: async (stage) => revoked(stage, await child(stage)),
    ours: ['UNAUTHORISED', 1],
  },
  {
    name: 'a token without a parent, in an outage of old cores',
    on: 'old',
    show: (stage) => down(stage, fresh(stage)),
    ours: ['GENERAL_ERROR', 1],
    theirs: good,
    because:
      'Without published keys, nothing is known while the core is down. Nobody is signed out.',
  },
]

describe('what becomes of an access token', () => {
  it.each(ROWS)('is told for $name', async ({ on, show, ours }) => {
    const stage = stageOf(on)
    const { token, ...options } = await show(stage)
    const before = stage.core.count('/session/verify')
    let replaced = false
    const outcome = await outcomeOf(
      stage.superTokens.getSession(token, options).then(({ session, accessToken }) => {
        replaced = accessToken !== undefined
        expect(session).toMatchObject({ handle: readAccessToken(token)?.handle })
      }),
    )
    const asked = stage.core.count('/session/verify') - before
    expect([replaced ? `${outcome}, replaced` : outcome, asked]).toEqual(ours)
  })

  it('differs from SuperTokens’ SDK only for a reason', () => {
    const odd = ROWS.filter(
      ({ theirs, because }) => (theirs === undefined) !== (because === undefined),
    )
    expect(odd).toEqual([])
  })
})
