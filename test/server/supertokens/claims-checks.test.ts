import { describe, expect, it, vi } from 'vitest'
import { checkClaims } from '../../../src/server/supertokens/claims/check-claims.js'
import {
  type ClaimOptions,
  type ClaimPrimitive,
  type ClaimValidator,
  emailVerificationClaim,
  type MultiFactorAuthValue,
  multiFactorAuthClaim,
  primitiveClaim,
} from '../../../src/server/supertokens/claims/index.js'
import { openApp } from './claims-stage.js'
import { START } from './stage.js'
import { cookies, createStage, failureOf, GOOD } from './web-stage.js'

const SECOND = 1_000
const INVALID = { type: 'GENERAL_ERROR', code: 'invalid_argument' }
const invalid = expect.objectContaining(INVALID)

/** What a session of this payload lacks some time after it began. */
async function lackedBy(payload: object, validators: readonly ClaimValidator[], age = 0) {
  const subject = {
    userId: 'ada',
    recipeUserId: 'ada',
    tenantId: 'public',
    payload: { ...payload },
  }
  const settings = { claimsTimeout: 10 * SECOND, now: () => START + age }
  return (await checkClaims(subject, validators, settings)).errors
}

describe('what is no validator', () => {
  const validate = () => ({ isValid: true }) as const
  it.each<readonly [string, unknown]>([
    ['null', null],
    ['nothing', undefined],
    ['a text', 'admin'],
    ['a function, which its maker would be', Object.assign(validate, { id: 'mine', validate })],
    ['an object with no name', { validate }],
    ['an object whose name is no text', { id: 5, validate }],
    ['an object that cannot be asked', { id: 'mine' }],
    ['an object whose answer is fixed', { id: 'mine', validate: { isValid: true } }],
  ])('lets nobody in, as the app is told: %s', async (_, given) => {
    const validators = [given].map((one) => (Object(one) === one ? Object(one) : one))
    expect(() => createStage({}, { globalClaimValidators: validators })).toThrow(invalid)
    const { sessions, ask } = createStage()
    const session = await sessions.getSession(ask(cookies({ sAccessToken: GOOD })))
    expect(await failureOf(session.assertClaims(validators))).toEqual(INVALID)
  })
})

describe('a validator of the app', () => {
  const fetchValue = vi.fn(() => 'pro')
  const claim = primitiveClaim({ key: 'plan', fetchValue })
  const validate = () => ({ isValid: true }) as const
  it.each<readonly [string, ClaimValidator]>([
    ['has a claim, and never wants it anew', { id: 'mine', claim, validate }],
    ['wants a claim anew, and has none', { id: 'mine', shouldRefetch: () => true, validate }],
  ])('is asked, and nothing is fetched for it, where it %s', async (_, validator) => {
    expect(await lackedBy({}, [validator])).toEqual([])
    expect(fetchValue).not.toHaveBeenCalled()
  })
})

describe('a claim that cannot be made', () => {
  const wrong: readonly (readonly [string, object])[] = [
    ['a key that is a number', { key: 5 }],
    ['a key that is an object', { key: {} }],
    ['an age below nothing', { defaultMaxAgeInSeconds: -1 }],
    ['an age that is no number', { defaultMaxAgeInSeconds: Number.NaN }],
  ]
  it.each(wrong)('is refused where it is made: %s', (_, options) => {
    const whole = { key: 'plan', fetchValue: () => 'pro', ...options }
    expect(() => primitiveClaim(Object(whole))).toThrow(invalid)
  })

  it.each([-1, Number.NaN])('has no validator for an age of %s either', (age) => {
    const { validators } = primitiveClaim({ key: 'plan', fetchValue: () => 'pro' })
    expect(() => validators.hasValue('pro', age)).toThrow(invalid)
    expect(() => validators.hasValue('pro', 0)).not.toThrow()
  })
})

describe('a claim of one value', () => {
  const of = (options: Partial<ClaimOptions<ClaimPrimitive>> = {}) =>
    primitiveClaim({ key: 'plan', fetchValue: () => undefined, ...options }).validators

  it.each(['pro', '', 3, 0, true, false, null])('may be %j, and is not fetched then', async (v) => {
    const fetchValue = vi.fn(() => v)
    const { hasValue } = of({ fetchValue })
    expect(await lackedBy({ plan: { v, t: START } }, [hasValue(v)])).toEqual([])
    expect(await lackedBy({ plan: { v, t: START } }, [hasValue('free')])).toMatchObject([
      { reason: { message: 'wrong value', actualValue: v } },
    ])
    expect(fetchValue).not.toHaveBeenCalled()
  })

  it.each([[['pro']], [{ is: 'pro' }]])('is none where it is %j', async (v) => {
    expect(await lackedBy({ plan: { v, t: START } }, [of().hasValue('pro')])).toMatchObject([
      { reason: { message: 'value does not exist' } },
    ])
  })
})

describe('an address that must be verified', () => {
  /** How often the app's database is asked for a session of this payload. */
  async function lookUps(payload: object, age: number): Promise<number> {
    const fetchValue = vi.fn(() => true)
    const { isVerified } = emailVerificationClaim({ fetchValue }).validators
    expect(await lackedBy(payload, [isVerified()], age)).toEqual([])
    return fetchValue.mock.calls.length
  }

  it('is looked up where nobody has yet, and not again once it is verified', async () => {
    expect(await lookUps({}, 0)).toBe(1)
    expect(await lookUps({ 'st-ev': { v: true, t: START } }, 60 * SECOND)).toBe(0)
    expect(await lookUps({ 'st-ev': { v: false, t: START } }, 60 * SECOND)).toBe(1)
  })
})

describe('factors that must be completed', () => {
  const of = (fetchValue: () => MultiFactorAuthValue | undefined = () => undefined) =>
    multiFactorAuthClaim({ fetchValue }).validators

  it.each<readonly [string, unknown]>([
    ['a word for yes', { c: { totp: 1 }, v: 'true' }],
    ['a number for yes', { c: { totp: 1 }, v: 1 }],
    ['no word at all', { c: { totp: 1 } }],
    ['no factors', { v: true }],
    ['factors that are no object', { c: 'totp', v: true }],
    ['a list', [{ c: {}, v: true }]],
    ['true', true],
  ])('are not known by half of what says so: %s', async (_, value) => {
    const { hasCompletedMFARequirementsForAuth, hasCompletedRequirementList } = of()
    const missing = [{ id: 'st-mfa', reason: { message: 'value does not exist' } }]
    const payload = { 'st-mfa': value }
    expect(await lackedBy(payload, [hasCompletedMFARequirementsForAuth()])).toEqual(missing)
    expect(await lackedBy(payload, [hasCompletedRequirementList(['totp'])])).toEqual(missing)
  })

  it('are looked up where the token does not say, and only there', async () => {
    const fetchValue = vi.fn(() => ({ c: { totp: 1 }, v: true }))
    const { hasCompletedMFARequirementsForAuth } = of(fetchValue)
    expect(await lackedBy({}, [hasCompletedMFARequirementsForAuth()])).toEqual([])
    expect(fetchValue).toHaveBeenCalledTimes(1)
    const known = { 'st-mfa': { c: {}, v: true } }
    expect(await lackedBy(known, [hasCompletedMFARequirementsForAuth()])).toEqual([])
    expect(fetchValue).toHaveBeenCalledTimes(1)
  })

  it.each<readonly [string, unknown]>([
    ['a text, whose letters are none', { oneOf: 'totp' }],
    ['numbers', { oneOf: [1] }],
    ['numbers among texts', { allOfInAnyOrder: ['totp', 1] }],
    ['objects', { allOfInAnyOrder: [{}] }],
    ['nothing', {}],
  ])('cannot be asked for by %s', (_, requirement) => {
    const { hasCompletedRequirementList } = of()
    expect(() => Reflect.apply(hasCompletedRequirementList, null, [[requirement]])).toThrow(invalid)
  })
})

describe('what is fetched for a validator', () => {
  it('lets nobody pass by it where no token could hold it', async () => {
    const text = 'x'.repeat(4_096)
    const large = primitiveClaim({ key: 'plan', fetchValue: () => text })
    const { signIn, core } = await openApp()
    const { session } = await (await signIn()).ask()
    const asked = session.assertClaims([large.validators.hasValue(text)])
    expect(await failureOf(asked)).toEqual(INVALID)
    expect(core.sessions()[0]?.userDataInJWT).toEqual({})
  })

  it('costs the core nothing where that is nothing, by the handle of a session too', async () => {
    const claim = primitiveClaim({ key: 'plan', fetchValue: () => undefined })
    const { signIn, sessions, core } = await openApp()
    const { handle } = await signIn()
    core.clearLog()
    const asked = () => [claim.validators.hasValue('pro')]
    expect(await sessions.validateClaimsForSessionHandle(handle, asked)).toHaveLength(1)
    expect(core.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })
})
