import { readPrimitive } from './primitive-claims.js'
import {
  createTimedClaim,
  createValueValidator,
  needWanted,
  type ValueRule,
} from './timed-claim.js'
import type { ClaimOptions, ClaimPrimitive, ClaimValidator, SessionClaim } from './types.js'

type Values = readonly ClaimPrimitive[]

/** Makes a validator for one value. Ages in seconds; without one that of the claim holds. */
type ForOne = (value: ClaimPrimitive, maxAgeInSeconds?: number, id?: string) => ClaimValidator
/** The same for several. */
type ForSeveral = (values: Values, maxAgeInSeconds?: number, id?: string) => ClaimValidator

/** A claim of a list of values, such as roles. */
export interface PrimitiveArrayClaim extends SessionClaim<Values> {
  readonly validators: {
    readonly includes: ForOne
    readonly excludes: ForOne
    readonly includesAll: ForSeveral
    readonly includesAny: ForSeveral
    readonly excludesAll: ForSeveral
  }
}

/** A list of values; `undefined` for one with anything else in it. */
function readValues(value: unknown): Values | undefined {
  if (!Array.isArray(value)) return undefined
  const values = value.map(readPrimitive)
  const known = values.filter((one) => one !== undefined)
  return known.length === values.length ? known : undefined
}

/**
 * Makes a claim of a list of texts, numbers or booleans.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export function primitiveArrayClaim(options: ClaimOptions<Values>): PrimitiveArrayClaim {
  const claim = createTimedClaim(options, readValues)
  const { defaultMaxAgeInSeconds } = options

  /** Makes the validators of one kind. */
  const kind =
    <Wanted>(
      expectedAs: string,
      readWanted: (value: unknown) => Wanted | undefined,
      isMet: (values: Values, wanted: Wanted) => boolean,
    ) =>
    (
      given: Wanted,
      maxAgeInSeconds: number | undefined = defaultMaxAgeInSeconds,
      id?: string,
    ): ClaimValidator => {
      const wanted = needWanted(claim.key, readWanted(given))
      const rule: ValueRule<Values> = {
        id,
        maxAgeInSeconds,
        isMet: (values) => isMet(values, wanted),
        expected: { [expectedAs]: wanted },
      }
      return createValueValidator(claim, rule)
    }

  return {
    ...claim,
    validators: {
      includes: kind('expectedToInclude', readPrimitive, (has, one) => has.includes(one)),
      excludes: kind('expectedToNotInclude', readPrimitive, (has, one) => !has.includes(one)),
      includesAll: kind('expectedToInclude', readValues, (has, all) =>
        all.every((one) => has.includes(one)),
      ),
      includesAny: kind('expectedToIncludeAtLeastOneOf', readValues, (has, some) =>
        some.some((one) => has.includes(one)),
      ),
      excludesAll: kind(
        'expectedToNotInclude',
        readValues,
        (has, none) => !none.some((one) => has.includes(one)),
      ),
    },
  }
}
