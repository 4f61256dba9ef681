import { describe, expect, it } from 'vitest'
import {
  byGrace,
  byPromotion,
  type Decision,
  type Exchange,
  type Lineage,
} from '../../../src/testing/supertokens/rotation.js'
import { type Body, claimsOf, createDesk, type Desk, said, tokenOf } from './desk.js'

const GRACE = 30_000
const TOO_LONG =
  '400 accessTokenValidity must be greater than 0 and at most the configured access_token_validity (3600000 ms)'
const row: Lineage = { current: 'cur', previous: 'prev', rotatedAt: 1_000 }

/** What becomes of a refresh, in a line. */
function told(decision: Decision): string {
  if (decision.type === 'reused') return decision.subtype
  const { current, previous, rotatedAt } = decision.lineage
  return `${current} ${previous} ${rotatedAt}${decision.extended ? ' extended' : ''}`
}

const exchange = (presented: string, parent: string | null, now = 2_000): Exchange => ({
  presented,
  parent,
  next: 'next',
  now,
})

describe('promotion, by the table', () => {
  it.each([
    ['the token in force', 'cur', 'prev', 'cur prev 1000'],
    ['the first token in force', 'cur', null, 'cur prev 1000'],
    ['its child', 'child', 'cur', 'child cur 2000 extended'],
    ['its retired parent', 'prev', null, 'STALE_LINEAGE'],
    ['its sibling', 'sibling', 'prev', 'STALE_LINEAGE'],
    ['its grandchild', 'grandchild', 'child', 'STALE_LINEAGE'],
    ['a first token of nowhere', 'other', null, 'STALE_LINEAGE'],
  ])('%s', (_, presented, parent, expected) => {
    expect(told(byPromotion(row, exchange(presented, parent)))).toBe(expected)
  })
})

describe('grace, by the table', () => {
  const late = 1_000 + GRACE
  it.each([
    ['1: the token in force', 'cur', 'prev', late, `next cur ${late} extended`],
    ['2: its child, of a core that promoted', 'child', 'cur', late, `next child ${late} extended`],
    ['3: the one before, at the end of its grace', 'prev', null, late, 'next prev 1000'],
    ['4a: the one before, after it', 'prev', null, late + 1, 'RECENT_PREV'],
    ['4b: a child of the one before that was replaced', 'x', 'prev', 1_001, 'ORPHANED_BRANCH'],
    ['4c: anything else', 'x', 'y', 1_001, 'STALE_LINEAGE'],
    ['4c: a first token of nowhere', 'x', null, 1_001, 'STALE_LINEAGE'],
  ])('%s', (_, presented, parent, now, expected) => {
    expect(told(byGrace(row, exchange(presented, parent, now), GRACE))).toBe(expected)
  })

  it('a session that never rotated has no token before', () => {
    const fresh = { ...row, previous: null }
    expect(told(byGrace(fresh, exchange('x', null), GRACE))).toBe('STALE_LINEAGE')
  })
})

/** Asks in turn; each step is `letter = what`: `b=refresh a`, `verify b`. What each one said. */
async function story(desk: Desk, steps: readonly string[]): Promise<readonly string[]> {
  const known = new Map<string, Body>([['a', await desk.create()]])
  const heard: string[] = []
  for (const step of steps) {
    const [, name = '', verb = '', of = ''] = /^(?:(\w)=)?(\w+) (\S+)$/.exec(step) ?? []
    const body = known.get(of) ?? {}
    if (verb === 'wait') {
      await desk.clock.advance(Number(of))
      continue
    }
    const checkDatabase = verb === 'check'
    const answer = await (verb === 'refresh'
      ? desk.refresh(tokenOf(body))
      : desk.verify(tokenOf(body, 'accessToken'), { checkDatabase }))
    const renewed = verb !== 'refresh' && answer.body.accessToken !== undefined
    heard.push(said(answer) + (renewed ? ' new' : ''))
    if (name) known.set(name, answer.body)
  }
  return heard
}

const THEFT = 'TOKEN_THEFT_DETECTED'
const OVER = 'UNAUTHORISED Session missing in db or has expired'
const DAY = 86_400_000

describe('promotion, as a client sees it', () => {
  const desk = createDesk()

  it.each([
    ['a token is good again and again', ['b=refresh a', 'c=refresh a'], ['OK', 'OK']],
    ['a first access token is believed', ['verify a', 'check a'], ['OK', 'OK']],
    [
      'a refresh of the child retires the parent',
      ['b=refresh a', 'refresh b', 'refresh a', 'refresh b'],
      ['OK', 'OK', THEFT, 'OK'],
    ],
    [
      'a use of the child retires the parent and the siblings',
      ['b=refresh a', 'c=refresh a', 'd=verify b', 'verify b', 'verify d', 'refresh c'],
      ['OK', 'OK', 'OK new', 'OK new', 'OK', THEFT],
    ],
    [
      'the access token of a sibling lives on, without another',
      ['b=refresh a', 'c=refresh a', 'verify b', 'verify c', 'check c'],
      ['OK', 'OK', 'OK new', 'OK', 'OK'],
    ],
    [
      'a replay that comes again does not put off the end of the session',
      [`wait ${99 * DAY}`, 'refresh a', `wait ${DAY + 1}`, 'refresh a'],
      ['OK', OVER],
    ],
    [
      'the use of a child does',
      ['b=refresh a', `wait ${99 * DAY}`, 'refresh b', `wait ${99 * DAY}`, 'refresh b'],
      ['OK', 'OK', 'OK'],
    ],
    [
      'verifying the child does so too',
      [
        ...[`wait ${100 * DAY - 1_000}`, 'b=refresh a', 'verify b', 'wait 2000', 'refresh b'],
        ...[`wait ${100 * DAY}`, 'refresh b'],
      ],
      ['OK', 'OK new', 'OK', OVER],
    ],
  ] as const)('%s', async (_, steps, expected) => {
    expect(await story(desk, steps)).toEqual(expected)
  })

  it('leaves the session alone that it reports as stolen', async () => {
    const before = desk.core.sessions().length
    await story(desk, ['b=refresh a', 'refresh b', 'refresh a'])
    expect(desk.core.sessions()).toHaveLength(before + 1)
  })
})

const BLACKLISTED = 'UNAUTHORISED Either the session has ended or has been blacklisted'

describe('grace, as a client sees it', () => {
  const versions = ['5.4', '5.5', '5.6']
  const gracious = (reuse?: 'UNAUTHORISED'): Desk =>
    createDesk({ versions, speak: '5.6', rotation: { grace: GRACE, reuse } })
  const desk = gracious()
  const mild = gracious('UNAUTHORISED')

  it.each([
    ['the parent is good for a while', ['b=refresh a', 'wait 30000', 'refresh a'], ['OK', 'OK']],
    [
      'its second child replaces the first, and the session is over for the first',
      ['b=refresh a', 'c=refresh a', 'refresh b', 'refresh c'],
      ['OK', 'OK', `${THEFT} ORPHANED_BRANCH`, OVER],
    ],
    [
      'the parent is stolen goods after that while',
      ['b=refresh a', 'wait 30001', 'refresh a', 'refresh b'],
      ['OK', `${THEFT} RECENT_PREV`, OVER],
    ],
    [
      'a second use does not make the while longer',
      ['b=refresh a', 'wait 20000', 'refresh a', 'wait 20000', 'refresh a'],
      ['OK', 'OK', `${THEFT} RECENT_PREV`],
    ],
    [
      'a grandparent is stolen goods at once',
      ['b=refresh a', 'c=refresh b', 'refresh a'],
      ['OK', 'OK', `${THEFT} STALE_LINEAGE`],
    ],
    [
      'access tokens are believed, and never replaced',
      ['b=refresh a', 'c=refresh a', 'verify b', 'verify c', 'check a', 'check c'],
      ['OK', 'OK', 'OK', 'OK', 'OK', 'OK'],
    ],
    [
      'the database knows the access tokens of a dead branch',
      ['b=refresh a', 'c=refresh a', 'check b'],
      ['OK', 'OK', 'UNAUTHORISED rotated-out token branch; refresh required'],
    ],
    [
      'the database knows of the end',
      ['b=refresh a', 'wait 30001', 'refresh a', 'verify b', 'check b'],
      ['OK', `${THEFT} RECENT_PREV`, 'OK', BLACKLISTED],
    ],
    [
      'each refresh puts off the end of the session',
      ['b=refresh a', `wait ${99 * DAY}`, 'c=refresh b', `wait ${99 * DAY}`, 'refresh c'],
      ['OK', 'OK', 'OK'],
    ],
  ] as const)('%s', async (_, steps, expected) => {
    expect(await story(desk, steps)).toEqual(expected)
  })

  it.each([
    ['lately', ['b=refresh a', 'wait 30001', 'refresh a'], 'UNAUTHORISED RECENT_PREV'],
    [
      'lately, a child',
      ['b=refresh a', 'c=refresh a', 'refresh b'],
      'UNAUTHORISED ORPHANED_BRANCH',
    ],
    ['long ago', ['b=refresh a', 'c=refresh b', 'refresh a'], `${THEFT} STALE_LINEAGE`],
  ] as const)(
    'a token that was replaced %s is told mildly if so set',
    async (_, steps, expected) => {
      expect((await story(mild, steps)).at(-1)).toBe(expected)
      expect(mild.core.sessions()).toEqual([])
    },
  )

  it('names no parent in access tokens, so that nobody asks the core about them', async () => {
    const { body } = await desk.refresh(tokenOf(await desk.create()))
    expect(claimsOf(body).parentRefreshTokenHash1).toBeNull()
  })

  it('gives simultaneous refreshes one lineage', async () => {
    const first = tokenOf(await desk.create())
    const answers = await Promise.all([1, 2, 3].map(() => desk.refresh(first)))
    expect(answers.map(said)).toEqual(['OK', 'OK', 'OK'])
    const checks = answers.map(({ body }) =>
      desk.verify(tokenOf(body, 'accessToken'), { checkDatabase: true }),
    )
    const alive = (await Promise.all(checks)).filter(({ body }) => body.status === 'OK')
    expect(alive).toHaveLength(1)
  })

  it('is chosen by the version of each request: one rotated at 5.6 is stolen goods at 5.4', async () => {
    const first = tokenOf(await desk.create())
    const next = tokenOf((await desk.refresh(first)).body)
    const refreshAt = async (version: string, refreshToken: string): Promise<string> => {
      const settings = { enableAntiCsrf: false, useDynamicSigningKey: true }
      const url = 'http://localhost:3567/recipe/session/refresh'
      const headers = { 'cdi-version': version }
      const body = JSON.stringify({ refreshToken, ...settings })
      return said(await desk.send(url, { method: 'POST', headers, body }))
    }
    expect(await refreshAt('5.4', first)).toBe(THEFT)
    expect(await refreshAt('5.6', first)).toBe('OK')
    expect(await refreshAt('5.4', next)).toBe(THEFT)
  })

  it.each([
    [20_000, 'OK'],
    [3_600_000, 'OK'],
    [3_600_001, TOO_LONG],
    [0, TOO_LONG],
    ['20000', "400 Field name 'accessTokenValidity' is invalid in JSON input"],
  ])('lets a request shorten the life of an access token, to %j', async (validity, expected) => {
    const first = tokenOf(await desk.create())
    const answer = await desk.refresh(first, { accessTokenValidity: validity })
    expect(said(answer)).toBe(expected)
    if (expected !== 'OK') return
    const { iat, exp } = claimsOf(answer.body)
    expect(Number(exp) - Number(iat)).toBe(Number(validity) / 1000)
  })

  it('tells whether the payload has changed', async () => {
    const body = await desk.create()
    const ask = async (): Promise<unknown> => {
      const answer = await desk.verify(tokenOf(body, 'accessToken'), { checkDatabase: true })
      return answer.body.payloadUpdateAvailable
    }
    expect(await ask()).toBe(false)
    const change = { sessionHandle: desk.handle(body), userDataInJWT: { role: 'b' } }
    await desk.send('http://localhost:3567/recipe/jwt/data', {
      method: 'PUT',
      body: JSON.stringify(change),
    })
    expect(await ask()).toBe(true)
  })
})
