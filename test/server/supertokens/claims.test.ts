import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  booleanClaim,
  type ClaimSubject,
  type ClaimValidator,
  emailVerificationClaim,
  multiFactorAuthClaim,
  permissionClaim,
  primitiveArrayClaim,
  primitiveClaim,
  userRoleClaim,
} from '../../../src/server/supertokens/claims/index.js'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { createSuperTokensSessions } from '../../../src/server/supertokens/web/index.js'
import { openApp } from './claims-stage.js'
import { START } from './stage.js'
import { stopTime } from './stopped-time.js'
import { failureOf, readFrontToken, toldBy } from './web-stage.js'

afterEach(() => void vi.unstubAllGlobals())

const SECOND = 1_000
const INVALID = { type: 'GENERAL_ERROR', code: 'invalid_argument' }

/** What is wrong with a session, as the app's error says. */
async function errorsOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
    return []
  } catch (error) {
    if (isSuperTokensError(error, 'INVALID_CLAIMS')) return error.claimValidationErrors
    throw error
  }
}

/** What somebody may do, as the app's database has it. */
function database<Value>(value: Value) {
  const state: { value: Value | undefined } = { value }
  return { state, fetchValue: vi.fn((_: ClaimSubject) => state.value) }
}

const circle: Record<string, unknown> = {}
circle.again = circle

describe('a claim', () => {
  it('is fetched when a session begins, and lies in the token as supertokens-node writes it', async () => {
    const { fetchValue } = database(['admin'])
    const { signIn } = await openApp({ claims: [userRoleClaim({ fetchValue })] })
    const page = await signIn('cookie', { plan: 'pro' })
    const { session } = await page.ask()
    expect(session.getJWTPayload()).toEqual({ plan: 'pro', 'st-role': { v: ['admin'], t: START } })
    const subject = { userId: 'ada', recipeUserId: 'ada', tenantId: 'public' }
    expect(fetchValue.mock.calls).toEqual([[{ ...subject, payload: { plan: 'pro' } }]])
  })

  it('is left out of a session that begins where nobody knows it', async () => {
    const { signIn } = await openApp({ claims: [userRoleClaim({ fetchValue: () => undefined })] })
    expect((await signIn()).first.getJWTPayload()).toEqual({})
  })

  it('begins no session where it cannot be fetched', async () => {
    const fetchValue = async () => Promise.reject(new Error('The database is down.'))
    const { signIn, core } = await openApp({ claims: [userRoleClaim({ fetchValue })] })
    expect(await failureOf(signIn())).toEqual({ type: 'GENERAL_ERROR', code: 'server_error' })
    expect(core.requests).toEqual([])
  })

  it('is set, read, fetched and taken away', async () => {
    const claim = primitiveClaim({ key: 'plan', fetchValue: () => 'fetched' })
    const { signIn, pass } = await openApp()
    const { session, answer } = await (await signIn()).ask()
    expect(session.getClaimValue(claim)).toBeUndefined()
    await session.setClaimValue(claim, 'set')
    expect(session.getClaimValue(claim)).toBe('set')
    pass(SECOND)
    await session.fetchAndSetClaim(claim)
    expect(session.getJWTPayload()).toEqual({ plan: { v: 'fetched', t: START + SECOND } })
    expect(readFrontToken(answer)).toMatchObject({ up: { plan: { v: 'fetched' } } })
    await session.removeClaim(claim)
    expect(session.getJWTPayload()).toEqual({})
  })

  it('is the same by the handle of the session, from the next refresh on', async () => {
    const claim = primitiveClaim({ key: 'plan', fetchValue: ({ userId }) => `of ${userId}` })
    const { signIn, sessions } = await openApp()
    const page = await signIn()
    await sessions.setClaimValue(page.handle, claim, 'set')
    expect(await sessions.getClaimValue(page.handle, claim)).toBe('set')
    await sessions.fetchAndSetClaim(page.handle, claim)
    expect((await page.ask()).session.getClaimValue(claim)).toBeUndefined()
    expect((await page.refresh()).getClaimValue(claim)).toBe('of ada')
    await sessions.removeClaim(page.handle, claim)
    expect((await page.refresh()).getJWTPayload()).toEqual({})
  })

  it('of a session that is over is UNAUTHORISED, whatever is asked by the handle', async () => {
    const claim = booleanClaim({ key: 'ok', fetchValue: () => true })
    const { sessions } = await openApp()
    for (const work of [
      sessions.getClaimValue('none', claim),
      sessions.setClaimValue('none', claim, true),
      sessions.fetchAndSetClaim('none', claim),
      sessions.removeClaim('none', claim),
      sessions.validateClaimsForSessionHandle('none'),
    ]) {
      expect(await failureOf(work)).toMatchObject({ type: 'UNAUTHORISED' })
    }
  })

  it.each<readonly [string, string, unknown]>([
    ['a key that is SuperTokens’ own', 'sub', () => 1],
    ['the key of all objects', '__proto__', () => 1],
    ['no key', '', () => 1],
    ['no function', 'plan', 'value'],
  ])('cannot be made with %s', (_, key, fetchValue) => {
    const make = () => primitiveClaim({ key, fetchValue: Object(fetchValue) })
    const makeBare = () =>
      primitiveClaim(Object.assign({ key, fetchValue: () => 1 }, { fetchValue }))
    expect(typeof fetchValue === 'function' ? make : makeBare).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })

  it.each<readonly [string, unknown]>([
    ['a circle', circle],
    ['a key `__proto__`', JSON.parse('{"__proto__":1}')],
    ['a bigint', 1n],
  ])('is refused where what was fetched is no JSON: %s', async (_, value) => {
    const { signIn, core } = await openApp()
    const { session } = await (await signIn()).ask()
    const claim = primitiveClaim({ key: 'plan', fetchValue: () => Object(value) })
    expect(await failureOf(session.fetchAndSetClaim(claim))).toEqual(INVALID)
    expect(core.sessions()[0]?.userDataInJWT).toEqual({})
  })
})

describe('a validator', () => {
  it('lets pass whom it knows, and asks neither the core nor the database', async () => {
    const { fetchValue } = database(['admin'])
    const roles = userRoleClaim({ fetchValue })
    const { signIn, core } = await openApp({
      claims: [roles],
      globalClaimValidators: [roles.validators.includes('admin')],
    })
    const page = await signIn()
    await page.ask()
    core.clearLog()
    fetchValue.mockClear()
    const { answer } = await page.ask()
    expect([core.requests, fetchValue.mock.calls, toldBy(answer)]).toEqual([[], [], []])
  })

  it('is answered as supertokens-node does', async () => {
    const roles = userRoleClaim({ fetchValue: () => ['reader'] })
    const { signIn, sessions } = await openApp({
      globalClaimValidators: [roles.validators.includes('admin')],
    })
    const error = await (await signIn()).ask().catch((failure: unknown) => failure)
    const response = sessions.toResponse(error)
    expect([response?.status, await response?.json()]).toEqual([
      403,
      {
        message: 'invalid claim',
        claimValidationErrors: [
          {
            id: 'st-role',
            reason: {
              message: 'wrong value',
              expectedToInclude: 'admin',
              actualValue: ['reader'],
            },
          },
        ],
      },
    ])
  })

  it('clears nothing when it refuses, and the front end is told what was fetched for it', async () => {
    const { fetchValue, state } = database(['reader'])
    const roles = userRoleClaim({ fetchValue })
    const { signIn } = await openApp({
      globalClaimValidators: [roles.validators.includes('admin')],
    })
    const page = await signIn()
    expect(await errorsOf(page.ask())).toMatchObject([{ id: 'st-role' }])
    // The token of the refused answer has it: the next request need not fetch it.
    expect(await errorsOf(page.ask())).toMatchObject([{ id: 'st-role' }])
    expect(fetchValue).toHaveBeenCalledTimes(1)
    state.value = ['admin']
    const { session } = await page.ask({ overrideGlobalClaimValidators: () => [] })
    await session.fetchAndSetClaim(roles)
  })

  it('fetches again what is older than it takes', async () => {
    const { fetchValue, state } = database<string>('free')
    const plan = primitiveClaim({ key: 'plan', fetchValue, defaultMaxAgeInSeconds: 60 })
    const { signIn, pass } = await openApp({
      claims: [plan],
      globalClaimValidators: [plan.validators.hasValue('pro')],
    })
    const page = await signIn()
    state.value = 'pro'
    pass(60 * SECOND)
    expect(await errorsOf(page.ask())).toMatchObject([{ reason: { actualValue: 'free' } }])
    pass(1)
    const { session, answer } = await page.ask()
    expect(session.getClaimValue(plan)).toBe('pro')
    expect(readFrontToken(answer)).toMatchObject({ up: { plan: { v: 'pro' } } })
    expect((await page.refresh()).getClaimValue(plan)).toBe('pro')
  })

  it('says that a value is too old where no newer one is to be had', async () => {
    const { fetchValue, state } = database<string>('pro')
    const plan = primitiveClaim({ key: 'plan', fetchValue })
    const { signIn, pass } = await openApp({ claims: [plan] })
    const page = await signIn()
    state.value = undefined
    pass(61 * SECOND)
    const { session } = await page.ask()
    expect(await errorsOf(session.assertClaims([plan.validators.hasValue('pro', 60)]))).toEqual([
      { id: 'plan', reason: { message: 'expired', ageInSeconds: 61, maxAgeInSeconds: 60 } },
    ])
  })

  it('takes a value of unknown age for too old where it asks for an age', async () => {
    const plan = primitiveClaim({ key: 'plan', fetchValue: () => undefined })
    const { signIn } = await openApp()
    const { session } = await (await signIn('cookie', { plan: { v: 'pro' } })).ask()
    await session.assertClaims([plan.validators.hasValue('pro')])
    const [error] = [await errorsOf(session.assertClaims([plan.validators.hasValue('pro', 60)]))]
    expect(error).toMatchObject([{ reason: { message: 'expired' } }])
  })

  it('fetches again what was fetched by a clock that is ahead, or it would be new for as long', async () => {
    const { fetchValue, state } = database<string>('pro')
    const plan = primitiveClaim({ key: 'plan', fetchValue })
    const wanted = plan.validators.hasValue('pro', 60)
    const { signIn } = await openApp({ globalClaimValidators: [wanted] })
    const page = await signIn('cookie', { plan: { v: 'pro', t: START + 3_600 * SECOND } })
    state.value = 'free'
    expect(await errorsOf(page.ask())).toMatchObject([{ reason: { actualValue: 'free' } }])
  })

  it('fetches a claim once for all who ask for it', async () => {
    const { fetchValue } = database(['a', 'b'])
    const { includes, excludes } = permissionClaim({ fetchValue }).validators
    const { signIn, core } = await openApp()
    const { session } = await (await signIn()).ask()
    await session.assertClaims([includes('a'), includes('b'), excludes('c')])
    expect(fetchValue).toHaveBeenCalledTimes(1)
    expect(core.count('/session/regenerate')).toBe(1)
  })

  it('lets pass by what was fetched while the core cannot be told, and not by anything else', async () => {
    const { fetchValue, state } = database<string>('pro')
    const plan = primitiveClaim({ key: 'plan', fetchValue })
    const { signIn, core } = await openApp({
      globalClaimValidators: [plan.validators.hasValue('pro')],
    })
    const page = await signIn()
    await page.ask({ overrideGlobalClaimValidators: () => [] })
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    const { session, answer } = await page.ask()
    expect([session.getClaimValue(plan), toldBy(answer)]).toEqual(['pro', []])
    state.value = 'free'
    expect(await errorsOf(page.ask())).toMatchObject([{ id: 'plan' }])
  })

  it('lets nobody pass whose session turns out to be over when that is written', async () => {
    const plan = primitiveClaim({ key: 'plan', fetchValue: () => 'pro' })
    const { signIn, core } = await openApp()
    const page = await signIn()
    const { session, answer } = await page.ask()
    core.endSession(page.handle)
    const asked = session.assertClaims([plan.validators.hasValue('pro')])
    expect(await failureOf(asked)).toMatchObject({ type: 'UNAUTHORISED' })
    expect(answer.get('front-token')).toBe('remove')
  })

  it('is asked for sessions by their handles too', async () => {
    const { fetchValue, state } = database<string>('free')
    const plan = primitiveClaim({ key: 'plan', fetchValue })
    const wanted = plan.validators.hasValue('pro', 0)
    const { signIn, sessions, pass } = await openApp({ globalClaimValidators: [wanted] })
    const { handle } = await signIn()
    const errors = await sessions.validateClaimsForSessionHandle(handle)
    expect(errors).toMatchObject([{ id: 'plan', reason: { message: 'wrong value' } }])
    expect(await sessions.getClaimValue(handle, plan)).toBe('free')
    state.value = 'pro'
    pass(1)
    expect(await sessions.validateClaimsForSessionHandle(handle)).toEqual([])
    expect(await sessions.validateClaimsForSessionHandle(handle, () => [])).toEqual([])
  })
})

describe('the validators of a route', () => {
  const roles = userRoleClaim({ fetchValue: () => ['reader'] })
  const { includes } = roles.validators
  const settings = { claims: [roles], globalClaimValidators: [includes('reader')] }

  it('take the place of the global ones, which they get', async () => {
    const { signIn } = await openApp(settings)
    const page = await signIn()
    await page.ask()
    const override = vi.fn((all: readonly ClaimValidator[]) => [...all, includes('admin')])
    const asked = page.ask({ overrideGlobalClaimValidators: override })
    expect(await errorsOf(asked)).toMatchObject([{ reason: { expectedToInclude: 'admin' } }])
    const [[all, session] = []] = override.mock.calls.map((args) => Object(args))
    expect([all, session.getUserId()]).toEqual([settings.globalClaimValidators, 'ada'])
  })

  it.each<readonly [string, () => unknown]>([
    ['are none', () => undefined],
    ['are no list', () => includes('reader')],
    ['are what nobody can ask', () => [{ id: 'mine' }]],
    ['have no name', () => [{ validate: () => ({ isValid: true }) }]],
  ])('let nobody in where they %s', async (_, validators) => {
    const { signIn } = await openApp(settings)
    const page = await signIn()
    const asked = page.ask({ overrideGlobalClaimValidators: () => Object(validators()) })
    expect(await failureOf(asked)).toEqual(INVALID)
  })

  it('keep nobody from signing out', async () => {
    const { signIn, sessions, core } = await openApp({
      globalClaimValidators: [includes('admin')],
    })
    const { headers } = await signIn()
    const url = 'https://api.example/auth/signout'
    const answer = await sessions.handle(new Request(url, { method: 'POST', headers: headers() }))
    expect([answer?.status, core.sessions()]).toEqual([200, []])
  })

  it('are not asked by a refresh, which a session needs to get better', async () => {
    const { signIn } = await openApp({ globalClaimValidators: [includes('admin')] })
    expect((await (await signIn()).refresh()).getUserId()).toBe('ada')
  })

  it('are asked also where a session is optional, if there is one', async () => {
    const { signIn, sessions, exchange } = await openApp({
      globalClaimValidators: [includes('admin')],
    })
    const { headers } = await signIn()
    const found = { request: { method: 'GET', headers: headers() }, answer: new Headers() }
    const optional = { sessionRequired: false }
    expect(await failureOf(sessions.getSession(found, optional))).toMatchObject({
      type: 'INVALID_CLAIMS',
    })
    expect(await sessions.getSession(exchange({}), optional)).toBeUndefined()
  })
})

describe('code of the app that misbehaves', () => {
  const hang = () => new Promise<never>(() => undefined)
  const fail = async () => Promise.reject(new TypeError('Mine.'))
  const fine = { id: 'mine', validate: () => ({ isValid: true }) as const }
  const claimOf = (fetchValue: () => Promise<string>) =>
    primitiveClaim({ key: 'plan', fetchValue }).validators.hasValue('pro')
  const wrong: readonly (readonly [string, (work: () => Promise<never>) => ClaimValidator])[] = [
    ['a validator', (work) => ({ id: 'mine', validate: work })],
    ['a fetch', claimOf],
    ['shouldRefetch', (work) => ({ ...fine, claim: claimOf(hang).claim, shouldRefetch: work })],
  ]

  it.each(wrong)('lets nobody in and signs nobody out where it throws: %s', async (_, make) => {
    const { signIn, sessions } = await openApp()
    const { session, answer } = await (await signIn()).ask()
    const error = await session
      .assertClaims([fine, make(fail)])
      .catch((failure: unknown) => failure)
    expect(error).toMatchObject({
      type: 'GENERAL_ERROR',
      code: 'server_error',
      cause: { message: 'Mine.' },
    })
    expect(sessions.toResponse(error)?.status).toBe(503)
    expect(toldBy(answer)).toEqual([])
  })

  it.each(wrong)('is waited for no longer than the time limit: %s', async (_, make) => {
    const { signIn } = await openApp({ claimsTimeout: 3 * SECOND })
    const { session } = await (await signIn()).ask()
    const { timed } = stopTime()
    const work = session.assertClaims([fine, make(hang)]).catch((error: unknown) => error)
    const { value: error, took } = await timed(work)
    expect([error, took]).toEqual([
      expect.objectContaining({ type: 'GENERAL_ERROR', code: 'timeout' }),
      3 * SECOND,
    ])
    expect(String(error)).toMatch(/plan|mine/)
  })

  it.each<readonly [string, object, object]>([
    ['a route chooses', {}, { overrideGlobalClaimValidators: hang }],
    ['a session begins', { claims: [primitiveClaim({ key: 'plan', fetchValue: hang })] }, {}],
  ])('is bounded where %s', async (_, settings, options) => {
    const { signIn } = await openApp({ claimsTimeout: 3 * SECOND, ...settings })
    const { timed } = stopTime()
    const work = failureOf(signIn().then((page) => page.ask(options)))
    const { value, took } = await timed(work)
    expect([value, took]).toEqual([{ type: 'GENERAL_ERROR', code: 'timeout' }, 3 * SECOND])
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['true', true],
    ['something that is only like true', { isValid: 1 }],
  ])('lets nobody in where a validator says %s', async (_, said) => {
    const { signIn } = await openApp()
    const { session } = await (await signIn()).ask()
    const asked = session.assertClaims([{ id: 'mine', validate: () => Object(said) }])
    expect(await errorsOf(asked)).toEqual([{ id: 'mine' }])
  })

  it('ends no session, whatever error it throws', async () => {
    const { signIn, core } = await openApp()
    const { session, answer } = await (await signIn()).ask()
    core.endSession(session.getHandle())
    const over = await failureOf(session.getSessionData())
    expect(over).toMatchObject({ type: 'UNAUTHORISED' })
    const page = await signIn()
    const { session: other, answer: told } = await page.ask()
    const validate = async () => {
      await session.getSessionData()
      return { isValid: true } as const
    }
    expect(await failureOf(other.assertClaims([{ id: 'mine', validate }]))).toEqual({
      type: 'GENERAL_ERROR',
      code: 'server_error',
    })
    expect([toldBy(told), answer.get('front-token')]).toEqual([[], 'remove'])
  })
})

describe('what is asked of lists', () => {
  const list = primitiveArrayClaim({ key: 'list', fetchValue: () => ['a', 'b'] })
  const { includes, excludes, includesAll, includesAny, excludesAll } = list.validators
  it.each<readonly [string, ClaimValidator, boolean]>([
    ['one that is there', includes('a'), true],
    ['one that is not', includes('c'), false],
    ['without one that is there', excludes('a'), false],
    ['without one that is not', excludes('c'), true],
    ['all of some that are there', includesAll(['a', 'b']), true],
    ['all, of which one is not', includesAll(['a', 'c']), false],
    ['any, of which one is there', includesAny(['c', 'b']), true],
    ['any, of which none is', includesAny(['c', 'd']), false],
    ['without any of those that are not there', excludesAll(['c', 'd']), true],
    ['without any, of which one is there', excludesAll(['c', 'a']), false],
  ])('is met or not: %s', async (_, validator, isMet) => {
    const { signIn } = await openApp()
    const { session } = await (await signIn()).ask()
    expect(await errorsOf(session.assertClaims([validator]))).toHaveLength(isMet ? 0 : 1)
  })

  it.each<readonly [string, unknown]>([
    ['a text, which would include its letters', { v: 'abc', t: START }],
    ['a list with objects', { v: ['a', {}], t: START }],
    ['nothing of its form', 'a'],
    ['null', null],
  ])('is not met by what is no list: %s', async (_, value) => {
    const unknown = primitiveArrayClaim({ key: 'list', fetchValue: () => undefined })
    const { signIn } = await openApp()
    const { session } = await (await signIn('cookie', { list: value })).ask()
    expect(await errorsOf(session.assertClaims([unknown.validators.includes('a')]))).toEqual([
      { id: 'list', reason: { message: 'value does not exist', expectedToInclude: 'a' } },
    ])
  })
})

describe('a validator that was not told what to ask for', () => {
  const { validators: of } = primitiveArrayClaim({ key: 'list', fetchValue: () => ['a'] })
  const { hasValue } = primitiveClaim({ key: 'plan', fetchValue: () => 'pro' }).validators
  const { hasCompletedRequirementList } = multiFactorAuthClaim({
    fetchValue: () => undefined,
  }).validators
  // As by a name that is misspelt. What nobody has would exclude nobody.
  it.each<readonly [string, (given: never) => unknown, unknown]>([
    ['hasValue', hasValue, undefined],
    ['includes', of.includes, undefined],
    ['excludes', of.excludes, undefined],
    ['includesAll', of.includesAll, undefined],
    ['includesAny', of.includesAny, 'a'],
    ['excludesAll', of.excludesAll, [undefined]],
    ['hasCompletedRequirementList', hasCompletedRequirementList, undefined],
    ['hasCompletedRequirementList', hasCompletedRequirementList, [undefined]],
    ['hasCompletedRequirementList', hasCompletedRequirementList, [{ oneOf: 'totp' }]],
  ])('is none: %s', (_, make, given) => {
    expect(() => Reflect.apply(make, undefined, [given])).toThrow(
      expect.objectContaining({ type: 'GENERAL_ERROR', code: 'invalid_argument' }),
    )
  })
})

describe('what is no claim', () => {
  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['a key alone', { key: 'plan' }],
    ['a text', 'plan'],
  ])('is neither set nor read nor taken away: %s', async (_, given) => {
    const claim = Object(given) === given ? Object(given) : given
    const { signIn, sessions } = await openApp()
    const { session } = await (await signIn()).ask()
    const handle = session.getHandle()
    for (const work of [
      () => session.setClaimValue(claim, 'pro'),
      () => session.fetchAndSetClaim(claim),
      () => session.removeClaim(claim),
      () => sessions.setClaimValue(handle, claim, 'pro'),
      () => sessions.fetchAndSetClaim(handle, claim),
      () => sessions.removeClaim(handle, claim),
      () => sessions.getClaimValue(handle, claim),
      async () => session.getClaimValue(claim),
    ]) {
      expect(await failureOf(work())).toEqual(INVALID)
    }
  })

  it('is no reason for an error of another kind where its value makes none', async () => {
    const claim = multiFactorAuthClaim({ fetchValue: () => undefined })
    const { signIn, sessions } = await openApp()
    const { session } = await (await signIn()).ask()
    const wrong = Object(undefined).value
    for (const work of [
      session.setClaimValue(claim, wrong),
      sessions.setClaimValue(session.getHandle(), claim, wrong),
    ]) {
      expect(await failureOf(work)).toMatchObject({ type: 'GENERAL_ERROR' })
    }
  })
})

describe('an address that must be verified', () => {
  it('is looked up again, but not at every request', async () => {
    const { fetchValue, state } = database(false)
    const verified = emailVerificationClaim({ fetchValue })
    const { signIn, pass } = await openApp({
      claims: [verified],
      globalClaimValidators: [verified.validators.isVerified()],
    })
    const page = await signIn()
    state.value = true
    pass(10 * SECOND)
    expect(await errorsOf(page.ask())).toMatchObject([{ id: 'st-ev' }])
    expect(fetchValue).toHaveBeenCalledTimes(1)
    pass(1)
    await page.ask()
    await page.ask()
    expect(fetchValue).toHaveBeenCalledTimes(2)
  })
})

describe('factors that must be completed', () => {
  const claim = multiFactorAuthClaim({ fetchValue: () => ({ c: { 'otp-email': 2 }, v: false }) })
  const { hasCompletedMFARequirementsForAuth, hasCompletedRequirementList } = claim.validators

  it('are told as supertokens-node tells them, and those that were completed stay so', async () => {
    const { signIn } = await openApp({ claims: [claim] })
    const { session } = await (
      await signIn('cookie', { 'st-mfa': { c: { totp: 1 }, v: true } })
    ).ask()
    expect(session.getJWTPayload()).toEqual({
      'st-mfa': { c: { totp: 1, 'otp-email': 2 }, v: false },
    })
    expect(await errorsOf(session.assertClaims([hasCompletedMFARequirementsForAuth()]))).toEqual([
      { id: 'st-mfa', reason: { message: 'MFA requirement for auth is not satisfied' } },
    ])
  })

  it.each([
    [['otp-email'], undefined],
    [['totp'], { factorId: 'totp' }],
    [['otp-email', { oneOf: ['totp', 'passkey'] }], { oneOf: ['totp', 'passkey'] }],
    [[{ oneOf: ['totp', 'otp-email'] }], undefined],
    [[{ allOfInAnyOrder: ['totp', 'otp-email'] }], { allOfInAnyOrder: ['totp'] }],
    [[{ allOfInAnyOrder: ['otp-email'] }, 'toString'], { factorId: 'toString' }],
    [[], undefined],
  ])('are asked for in order: %j', async (requirements, missing) => {
    const { signIn } = await openApp({ claims: [claim] })
    const { session } = await (await signIn()).ask()
    const errors = await errorsOf(session.assertClaims([hasCompletedRequirementList(requirements)]))
    expect(errors).toMatchObject(missing ? [{ id: 'st-mfa', reason: missing }] : [])
  })
})

describe('settings of claims', () => {
  it.each<readonly [string, object]>([
    ['no core', { superTokens: {} }],
    ['two claims of one key', { claims: [claimOf('a'), claimOf('a')] }],
    ['claims that are none', { claims: [{}] }],
    ['claims that are no list', { claims: 'roles' }],
    ['validators that are none', { globalClaimValidators: [{}] }],
    ['a time limit that is none', { claimsTimeout: 0 }],
    ['one status for two things', { invalidClaimStatusCode: 401 }],
    ['a status of success', { invalidClaimStatusCode: 200 }],
  ])('that make no sense are refused: %s', async (_, settings) => {
    await expect(openApp(settings)).rejects.toMatchObject({ code: 'invalid_argument' })
  })
})

describe('what is called without what it needs', () => {
  it.each<readonly [string, (given: never) => unknown]>([
    ['createSuperTokensSessions', createSuperTokensSessions],
    ['primitiveClaim', primitiveClaim],
    ['primitiveArrayClaim', primitiveArrayClaim],
    ['booleanClaim', booleanClaim],
    ['userRoleClaim', userRoleClaim],
    ['emailVerificationClaim', emailVerificationClaim],
    ['multiFactorAuthClaim', multiFactorAuthClaim],
  ])('says so: %s', (_, make) => {
    for (const given of [undefined, null, 'options', {}]) {
      expect(() => Reflect.apply(make, undefined, [given])).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
  })
})

function claimOf(key: string) {
  return primitiveClaim({ key, fetchValue: () => 1 })
}
