import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { NodeServer } from '../support/node-server.js'
import { HOUR, LATER, makeCore, makeKeys, pass, serveCore, stopTime } from './supertokens-desk.js'
import { type Hands, ourHands, outcomeOf, type Tokens, theirHands } from './supertokens-hands.js'
import { evictAll, tampered } from './supertokens-stories.js'

/** Without a request there is no header to ask for. */
type Kind = 'NONE' | 'VIA_TOKEN'

const core = makeCore()
let server: NodeServer
let hands: Record<Kind, { theirs: Hands; ours: Hands }>

beforeAll(async () => {
  stopTime()
  await makeKeys(core)
  server = await serveCore(core)
  const make = (antiCsrf: Kind) => {
    const settings = { core: server.origin, antiCsrf }
    return { theirs: theirHands(settings), ours: ourHands(settings) }
  }
  hands = { NONE: make('NONE'), VIA_TOKEN: make('VIA_TOKEN') }
})
afterAll(async () => {
  vi.useRealTimers()
  await server.close()
})

/** A session that one side made, in the hands of one or the other. */
interface Scene {
  readonly by: Hands
  readonly made: Tokens
}

/** What happens, and what comes of it: of both, or of theirs and ours, with the reason. */
type Row = readonly [
  title: string,
  story: (scene: Scene) => Promise<unknown>,
  outcome: unknown | ((made: Tokens) => unknown),
  differs?: { readonly ours: unknown; readonly why: string },
]

const DATA = { cart: [1, 2] }
let people = 0

/** Plays each row with a session of theirs and of ours, in their hands and in ours. */
function table(rows: readonly Row[], antiCsrf: Kind = 'NONE'): void {
  const sides = ['theirs', 'ours'] as const
  const cases = rows.flatMap((row) =>
    sides.flatMap((maker) => sides.map((user) => [row[0], maker, user, row] as const)),
  )
  it.each(cases)('%s (%s, in the hands of %s)', async (_, maker, user, row) => {
    const [, story, outcome, differs] = row
    pass(LATER)
    people += 1
    const made = await hands[antiCsrf][maker].create(`person-${people}`, { role: 'admin' }, DATA)
    pass(LATER)
    const came = await outcomeOf(story({ by: hands[antiCsrf][user], made }))
    const expected = user === 'ours' && differs ? differs.ours : outcome
    expect(came).toEqual(typeof expected === 'function' ? expected(made) : expected)
  })
}

const owner = ({ handle, userId }: Tokens) => ({ handle, userId, role: 'admin' })
const known = (made: Tokens) => ({ ...owner(made), replaced: false })

describe('an access token', () => {
  table([
    ['of a session', ({ by, made }) => by.verify(made.access), known],
    [
      'that the core is asked about',
      ({ by, made }) => by.verify(made.access, { checkDatabase: true }),
      known,
    ],
    [
      'that has expired',
      ({ by, made }) => {
        pass(HOUR)
        return by.verify(made.access)
      },
      'TRY_REFRESH_TOKEN',
    ],
    [
      'that was tampered with',
      ({ by, made }) => by.verify(tampered(made.access)),
      'TRY_REFRESH_TOKEN',
    ],
    [
      'that is none',
      ({ by }) => by.verify('garbage'),
      'UNAUTHORISED',
      { ours: 'TRY_REFRESH_TOKEN', why: 'only the refresh token tells whether a session is over' },
    ],
    [
      'of a session that was revoked',
      ({ by, made }) => {
        evictAll(core)
        return by.verify(made.access, { checkDatabase: true })
      },
      'UNAUTHORISED',
    ],
    [
      'that is new from a refresh',
      async ({ by, made }) => by.verify((await by.refresh(made.refresh)).access),
      (made: Tokens) => ({ ...owner(made), replaced: true }),
    ],
  ])
  table(
    [
      ['with its anti-CSRF token', ({ by, made }) => by.verify(made.access, made), known],
      ['without one', ({ by, made }) => by.verify(made.access), 'TRY_REFRESH_TOKEN'],
      [
        'with a wrong one',
        ({ by, made }) => by.verify(made.access, { antiCsrf: 'wrong' }),
        'TRY_REFRESH_TOKEN',
      ],
      [
        'without one, where it is not asked for',
        ({ by, made }) => by.verify(made.access, { antiCsrfCheck: false }),
        known,
      ],
    ],
    'VIA_TOKEN',
  )
})

describe('a refresh token', () => {
  const renewed = (made: Tokens) => ({
    ...owner(made),
    access: expect.stringMatching(/^ey.+\..+\..+$/),
    refresh: expect.stringMatching(/\.V2$/),
    antiCsrf: made.antiCsrf && expect.any(String),
  })
  const retired = async ({ by, made }: Scene): Promise<unknown> => {
    const { access } = await by.refresh(made.refresh)
    await by.verify(access)
    pass(LATER)
    return by.refresh(made.refresh)
  }
  table([
    ['of a session', ({ by, made }) => by.refresh(made.refresh), renewed],
    [
      'of a refresh',
      async ({ by, made }) => by.refresh((await by.refresh(made.refresh)).refresh),
      renewed,
    ],
    ['that is none', ({ by }) => by.refresh('a.b.V2'), 'UNAUTHORISED'],
    ['that is empty', ({ by }) => by.refresh(''), 'UNAUTHORISED'],
    [
      'of a session that was revoked',
      ({ by, made }) => {
        evictAll(core)
        return by.refresh(made.refresh)
      },
      'UNAUTHORISED',
    ],
    [
      'that was retired',
      retired,
      ({ handle, userId }: Tokens) => ({
        type: 'TOKEN_THEFT_DETECTED',
        sessionHandle: handle,
        userId,
      }),
    ],
    [
      'whose theft leaves so many sessions',
      async (scene) => {
        await outcomeOf(retired(scene))
        return (await scene.by.handles(scene.made.userId)).length
      },
      1,
      { ours: 0, why: 'cores do not revoke; theirs does when its error handler hears of it' },
    ],
  ])
  table(
    [
      [
        'with its anti-CSRF token',
        ({ by, made }) => by.refresh(made.refresh, made.antiCsrf),
        renewed,
      ],
      ['without one', ({ by, made }) => by.refresh(made.refresh), 'UNAUTHORISED'],
      ['with a wrong one', ({ by, made }) => by.refresh(made.refresh, 'wrong'), 'UNAUTHORISED'],
      [
        'without one, where it is not asked for, which ends it',
        ({ by, made }) => by.refresh(made.refresh, undefined, false),
        (made: Tokens) => ({ ...renewed(made), antiCsrf: undefined }),
      ],
    ],
    'VIA_TOKEN',
  )
})

describe('a session', () => {
  table([
    [
      'is known',
      ({ by, made }) => by.information(made.handle),
      ({ handle, userId }: Tokens) => ({
        sessionHandle: handle,
        userId,
        recipeUserId: userId,
        tenantId: 'public',
        userDataInDatabase: DATA,
        userDataInJWT: expect.objectContaining({ role: 'admin' }),
        timeCreated: expect.any(Number),
        expiry: expect.any(Number),
      }),
    ],
    ['that is none', ({ by }) => by.information('none'), undefined],
    [
      'keeps other data',
      async ({ by, made }) => {
        await by.update(made.handle, { cart: [] })
        return by.information(made.handle)
      },
      expect.objectContaining({ userDataInDatabase: { cart: [] } }),
    ],
    [
      'that is none keeps none',
      ({ by }) => by.update('none', {}),
      false,
      { ours: 'UNAUTHORISED', why: 'what was to be kept is lost: no caller overlooks an error' },
    ],
    [
      'is revoked once',
      async ({ by, made }) => [await by.revoke(made.handle), await by.revoke(made.handle)],
      [true, false],
    ],
    [
      'has another payload from the next refresh on',
      async ({ by, made }) => {
        await by.merge(made.handle, { role: 'reader', plan: 'pro' })
        return [await by.verify(made.access), (await by.refresh(made.refresh)).role]
      },
      (made: Tokens) => [known(made), 'reader'],
    ],
    [
      'that is none has no payload to change',
      ({ by }) => by.merge('none', { role: 'reader' }),
      false,
      { ours: 'UNAUTHORISED', why: 'what was to be changed is lost: no caller overlooks an error' },
    ],
    [
      'has no claim that only the core may set',
      ({ by, made }) => by.merge(made.handle, { sub: 'eve' }),
      'GENERAL_ERROR',
    ],
    [
      'is revoked with others, and those are told that there were',
      async ({ by, made }) => [
        await by.revokeSeveral([made.handle, 'none']),
        await by.revokeSeveral([made.handle]),
        await by.revokeSeveral([]),
      ],
      ({ handle }: Tokens) => [[handle], [], []],
    ],
    [
      'is one of its tenant, where others of its person are not',
      async ({ by, made: { userId } }) => {
        const { handle } = await by.create(userId, {}, {}, 'acme')
        return [
          (await by.handles(userId)).length,
          (await by.handles(userId, 'acme')).indexOf(handle),
          await by.information(handle),
          (await by.revokeAll(userId, 'acme')).length,
          (await by.handles(userId)).length,
        ]
      },
      [2, 0, expect.objectContaining({ tenantId: 'acme' }), 1, 1],
    ],
    [
      'is none of a tenant that is not there',
      async ({ by, made: { userId } }) => [
        await outcomeOf(by.create(userId, {}, {}, 'nobody')),
        await outcomeOf(by.handles(userId, 'nobody')),
        await outcomeOf(by.revokeAll(userId, 'nobody')),
      ],
      ['GENERAL_ERROR', 'GENERAL_ERROR', 'GENERAL_ERROR'],
    ],
    [
      'is none of a tenant that is a path elsewhere',
      ({ by, made: { userId } }) => by.handles(userId, '../appid-other'),
      ({ handle }: Tokens) => [handle],
      { ours: 'GENERAL_ERROR', why: 'theirs asks at whatever address the name makes' },
    ],
    [
      'is listed and revoked with all of its person, once',
      async ({ by, made: { userId } }) => [
        await by.handles(userId),
        await by.revokeAll(userId),
        await by.revokeAll(userId),
        await by.handles(userId),
      ],
      ({ handle }: Tokens) => [[handle], [handle], [], []],
    ],
    [
      'says nothing that only the core may say',
      async ({ by }) => (await by.create('eve', { sub: 'ada' }, {})).userId,
      'eve',
      { ours: 'GENERAL_ERROR', why: 'they leave it out, and the app never hears of its mistake' },
    ],
  ])
})
