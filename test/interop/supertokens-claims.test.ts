import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  booleanClaim,
  type ClaimValidator,
  emailVerificationClaim,
  multiFactorAuthClaim,
  primitiveArrayClaim,
  primitiveClaim,
} from '../../src/server/supertokens/index.js'

const load = createRequire(import.meta.url)
const theirs: typeof import('supertokens-node/recipe/session/claims') = load(
  'supertokens-node/recipe/session/claims',
)
const { EmailVerificationClaim }: typeof import('supertokens-node/recipe/emailverification') = load(
  'supertokens-node/recipe/emailverification',
)
const { MultiFactorAuthClaim }: typeof import('supertokens-node/recipe/multifactorauth') = load(
  'supertokens-node/recipe/multifactorauth',
)

const NOW = 1_795_000_000_000
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }))
afterAll(() => void vi.useRealTimers())

/** What a validator of supertokens-node is, as far as both sides have it. */
type TheirValidator = ReturnType<
  InstanceType<typeof theirs.PrimitiveClaim<string>>['validators']['hasValue']
>

const fetchValue = (): undefined => undefined
const options = { key: 'key', fetchValue }
const their = {
  one: new theirs.PrimitiveClaim<string>(options),
  flag: new theirs.BooleanClaim(options),
  list: new theirs.PrimitiveArrayClaim<string>(options),
}
const our = {
  one: primitiveClaim(options),
  flag: booleanClaim(options),
  list: primitiveArrayClaim(options),
  verified: emailVerificationClaim({ fetchValue }),
  mfa: multiFactorAuthClaim({ fetchValue }),
}

/** A validator of both sides. */
type Pair = readonly [title: string, theirs: TheirValidator, ours: ClaimValidator]

const PAIRS: readonly Pair[] = [
  ['hasValue', their.one.validators.hasValue('a'), our.one.validators.hasValue('a')],
  [
    'hasValue of an age and a name',
    their.one.validators.hasValue('a', 60, 'mine'),
    our.one.validators.hasValue('a', 60, 'mine'),
  ],
  ['isTrue', their.flag.validators.isTrue(60), our.flag.validators.isTrue(60)],
  ['isFalse', their.flag.validators.isFalse(), our.flag.validators.isFalse()],
  ['includes', their.list.validators.includes('a', 60), our.list.validators.includes('a', 60)],
  ['excludes', their.list.validators.excludes('a'), our.list.validators.excludes('a')],
  [
    'includesAll',
    their.list.validators.includesAll(['a', 'b']),
    our.list.validators.includesAll(['a', 'b']),
  ],
  [
    'includesAny',
    their.list.validators.includesAny(['a', 'b']),
    our.list.validators.includesAny(['a', 'b']),
  ],
  [
    'excludesAll',
    their.list.validators.excludesAll(['a', 'b']),
    our.list.validators.excludesAll(['a', 'b']),
  ],
]

/** The same under the keys of ready claims. */
const READY: readonly Pair[] = [
  [
    'isVerified',
    EmailVerificationClaim.validators.isVerified(),
    our.verified.validators.isVerified(),
  ],
  [
    'isVerified of an age',
    EmailVerificationClaim.validators.isVerified(5, 60),
    our.verified.validators.isVerified(5, 60),
  ],
  [
    'hasCompletedMFARequirementsForAuth',
    MultiFactorAuthClaim.validators.hasCompletedMFARequirementsForAuth(),
    our.mfa.validators.hasCompletedMFARequirementsForAuth(),
  ],
  ...[
    ['totp'],
    ['totp', 'otp-email'],
    [{ oneOf: ['totp', 'otp-email'] }],
    ['totp', { allOfInAnyOrder: ['otp-email', 'otp-phone'] }],
    [],
  ].map(
    (list): Pair => [
      `hasCompletedRequirementList of ${JSON.stringify(list)}`,
      MultiFactorAuthClaim.validators.hasCompletedRequirementList(list),
      our.mfa.validators.hasCompletedRequirementList(list),
    ],
  ),
]

const at = (v: unknown, age = 0): object => ({ v, t: NOW - age * 1000 })
const VALUES: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['a', at('a')],
  ['b', at('b')],
  ['true', at(true)],
  ['false', at(false)],
  ['a list', at(['a', 'c'])],
  ['a longer list', at(['b', 'a'])],
  ['another list', at(['c'])],
  ['an empty list', at([])],
  ['a, a minute ago', at('a', 60)],
  ['a, long ago', at('a', 60.001)],
  ['false, 11 seconds ago', at(false, 11)],
  ['a list, long ago', at(['a', 'b'], 61)],
]
const FACTORS: readonly (readonly [string, unknown])[] = [
  ['no factor', { c: {}, v: false }],
  ['one factor', { c: { totp: 1 }, v: false }],
  ['two', { c: { totp: 1, 'otp-email': 2 }, v: true }],
]

/** What a validator says, as a front end hears it. */
async function said(
  validator: TheirValidator | ClaimValidator,
  payload: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    const stale =
      'shouldRefetch' in validator &&
      (await Reflect.apply(validator.shouldRefetch ?? fetchValue, validator, [payload, NOW]))
    const result = await Reflect.apply(validator.validate, validator, [payload, NOW])
    return JSON.parse(JSON.stringify({ id: validator.id, stale, ...Object(result) }))
  } catch (error) {
    return error instanceof Error ? error.constructor.name : error
  }
}

/** Whether a value is of the kind that a validator asks for. */
function isOfKind(title: string, value: unknown): boolean {
  const v: unknown = Object(value).v
  if (value === undefined) return true
  if (/^is(True|False|Verified)/.test(title)) return typeof v === 'boolean'
  if (/^hasValue/.test(title)) return !Array.isArray(v)
  return Array.isArray(v)
}

describe('a validator of ours says what that of supertokens-node does', () => {
  const rows = [
    ...PAIRS.flatMap(([title, one, other]) =>
      VALUES.map(
        ([name, value]) => [`${title}: ${name}`, one, other, { key: value }, value] as const,
      ),
    ),
    ...READY.slice(0, 2).flatMap(([title, one, other]) =>
      VALUES.map(
        ([name, value]) => [`${title}: ${name}`, one, other, { 'st-ev': value }, value] as const,
      ),
    ),
  ].map((row) => [...row] as const)
  const alike = rows.filter(
    ([title, , , , value]) => isOfKind(title, value) && title !== 'includesAny: nothing',
  )

  it.each(alike)('%s', async (_, one, other, payload) => {
    expect(await said(other, payload)).toEqual(await said(one, payload))
  })

  const factors = READY.slice(2).flatMap(([title, one, other]) =>
    FACTORS.map(([name, value]) => [`${title}: ${name}`, one, other, { 'st-mfa': value }] as const),
  )
  it.each(factors)('%s', async (_, one, other, payload) => {
    expect(await said(other, payload)).toEqual(await said(one, payload))
  })
})

/** What is in a token, what both say of it, and why we differ. */
type Differs = readonly [
  title: string,
  theirs: TheirValidator,
  ours: ClaimValidator,
  payload: Readonly<Record<string, unknown>>,
  words: { readonly theirs: unknown; readonly ours: unknown; readonly why: string },
]

const refused = (reason: object, stale: boolean, id = 'key') => ({
  id,
  stale,
  isValid: false,
  reason,
})
const lacking = (more: object = {}) => ({ message: 'value does not exist', ...more })
const passed = (id = 'key') => ({ id, stale: false, isValid: true })
const { hasCompletedMFARequirementsForAuth, hasCompletedRequirementList } =
  MultiFactorAuthClaim.validators

describe('a validator of ours says something else, for a reason', () => {
  it.each<Differs>([
    [
      'of any of some, where there is none',
      their.list.validators.includesAny(['a']),
      our.list.validators.includesAny(['a']),
      {},
      {
        theirs: refused(lacking({ expectedToNotInclude: ['a'] }), true),
        ours: refused(lacking({ expectedToIncludeAtLeastOneOf: ['a'] }), true),
        why: 'what is to be included is not to be excluded',
      },
    ],
    [
      'of a text in the place of a list',
      their.list.validators.includes('a'),
      our.list.validators.includes('a'),
      { key: at('abc') },
      {
        theirs: passed(),
        ours: refused(lacking({ expectedToInclude: 'a' }), true),
        why: 'its letters are no roles',
      },
    ],
    [
      'of a boolean in the place of a list',
      their.list.validators.includes('a'),
      our.list.validators.includes('a'),
      { key: at(true) },
      {
        theirs: 'TypeError',
        ours: refused(lacking({ expectedToInclude: 'a' }), true),
        why: 'what an older release of the app has left is fetched anew, and no error of the server',
      },
    ],
    [
      'of a text in the place of a boolean',
      their.flag.validators.isTrue(),
      our.flag.validators.isTrue(),
      { key: at('true') },
      {
        theirs: refused(
          { message: 'wrong value', expectedValue: true, actualValue: 'true' },
          false,
        ),
        ours: refused(lacking({ expectedValue: true }), true),
        why: 'as above',
      },
    ],
    [
      'of a value of unknown age, where an age is asked for',
      their.one.validators.hasValue('a', 60),
      our.one.validators.hasValue('a', 60),
      { key: { v: 'a' } },
      {
        theirs: passed(),
        ours: refused({ message: 'expired', maxAgeInSeconds: 60 }, true),
        why: 'it may be of any age',
      },
    ],
    [
      'of factors of which nothing is known',
      hasCompletedRequirementList(['totp']),
      our.mfa.validators.hasCompletedRequirementList(['totp']),
      {},
      {
        theirs: 'Error',
        ours: refused(lacking(), true, 'st-mfa'),
        why: 'whoever fetches may not know it either, which is no error of the server',
      },
    ],
    [
      'of a factor that every object has',
      hasCompletedRequirementList(['toString']),
      our.mfa.validators.hasCompletedRequirementList(['toString']),
      { 'st-mfa': { c: {}, v: false } },
      {
        theirs: passed('st-mfa'),
        ours: refused(
          { message: 'Factor validation failed: toString not completed', factorId: 'toString' },
          false,
          'st-mfa',
        ),
        why: 'nobody has completed it',
      },
    ],
    [
      'of a word that is only like true',
      hasCompletedMFARequirementsForAuth(),
      our.mfa.validators.hasCompletedMFARequirementsForAuth(),
      { 'st-mfa': { c: {}, v: 'no' } },
      {
        theirs: { ...passed('st-mfa'), isValid: 'no' },
        ours: refused(lacking(), true, 'st-mfa'),
        why: 'it says no',
      },
    ],
  ])('%s', async (_, one, other, payload, { theirs: theirWords, ours: ourWords }) => {
    const both = { theirs: await said(one, payload), ours: await said(other, payload) }
    expect(both).toEqual({ theirs: theirWords, ours: ourWords })
    expect(both.ours, 'they differ no more').not.toEqual(both.theirs)
  })
})
