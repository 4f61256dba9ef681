import { asObject } from '../../../providers/shared/json.js'
import { checkClaim, fieldsAt, needWanted } from './timed-claim.js'
import type { ClaimValidator, ReadyClaimOptions, SessionClaim } from './types.js'

/** How far somebody has come with their factors. */
export interface MultiFactorAuthValue {
  /** Which factors are completed, and when, in seconds since the epoch. */
  readonly c: Readonly<Record<string, number>>
  /** Whether that is enough to be signed in. */
  readonly v: boolean
}

/** Factors that must be completed, in the order of the list. */
export type FactorRequirements = readonly (
  | string
  | { readonly oneOf: readonly string[] }
  | { readonly allOfInAnyOrder: readonly string[] }
)[]

/** How far somebody has come with their factors, in the token. */
export interface MultiFactorAuthClaim extends SessionClaim<MultiFactorAuthValue> {
  readonly validators: {
    hasCompletedMFARequirementsForAuth(id?: string): ClaimValidator
    hasCompletedRequirementList(requirements: FactorRequirements, id?: string): ClaimValidator
  }
}

const KEY = 'st-mfa'

/** The factors that are completed. What is no time says nothing of a factor. */
function readFactors(value: unknown): Readonly<Record<string, number>> | undefined {
  const fields = asObject(value)
  if (!fields) return undefined
  const times = Object.entries(fields).flatMap(([factor, time]) =>
    typeof time === 'number' ? [[factor, time] as const] : [],
  )
  return Object.fromEntries(times)
}

function readValue(
  fields: Readonly<Record<string, unknown>> | null,
): MultiFactorAuthValue | undefined {
  const c = readFactors(fields?.c)
  return c && typeof fields?.v === 'boolean' ? { c, v: fields.v } : undefined
}

const isListOfFactors = (value: unknown): boolean =>
  Array.isArray(value) && value.every((factor) => typeof factor === 'string')

function isRequirement(value: unknown): boolean {
  if (typeof value === 'string') return true
  const { oneOf, allOfInAnyOrder } = asObject(value) ?? {}
  return isListOfFactors(oneOf ?? allOfInAnyOrder)
}

/** `undefined` for what is no list of requirements. */
const readRequirements = (given: FactorRequirements): FactorRequirements | undefined =>
  Array.isArray(given) && given.every(isRequirement) ? given : undefined

/** Why the first of the requirements that is not met is not; `undefined` when all are. */
function unmet(requirements: FactorRequirements, { c }: MultiFactorAuthValue): object | undefined {
  const lacks = (factor: string): boolean => !Object.hasOwn(c, factor)
  for (const requirement of requirements) {
    if (typeof requirement === 'string') {
      if (!lacks(requirement)) continue
      const message = `Factor validation failed: ${requirement} not completed`
      return { message, factorId: requirement }
    }
    if ('oneOf' in requirement) {
      const { oneOf } = requirement
      if (!oneOf.every(lacks)) continue
      const message = `None of these factors are complete in the session: ${oneOf.join(', ')}`
      return { message, oneOf }
    }
    const missing = requirement.allOfInAnyOrder.filter(lacks)
    if (missing.length === 0) continue
    const message = `Some of the factors are not complete in the session: ${missing.join(', ')}`
    return { message, allOfInAnyOrder: missing }
  }
  return undefined
}

/**
 * How far a person has come with their factors, under `st-mfa`, where front ends look for
 * `MultiFactorAuthClaim`. Factors that were completed stay so when the value is fetched again.
 * @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for options that make no claim.
 */
export function multiFactorAuthClaim(
  options: Pick<ReadyClaimOptions<MultiFactorAuthValue>, 'fetchValue'>,
): MultiFactorAuthClaim {
  const { fetchValue } = checkClaim({ ...options, key: KEY })
  const claim: SessionClaim<MultiFactorAuthValue> = {
    key: KEY,
    fetchValue,
    toPayload: ({ c, v }, payload) => ({
      c: { ...readFactors(fieldsAt(payload, KEY)?.c), ...c },
      v,
    }),
    getValueFromPayload: (payload) => readValue(fieldsAt(payload, KEY)),
    // Each factor has a time of its own.
    getLastRefetchTime: () => undefined,
  }
  const validator = (
    id: string,
    reasonOf: (value: MultiFactorAuthValue) => object | undefined,
  ): ClaimValidator => ({
    id,
    claim,
    shouldRefetch: (payload) => claim.getValueFromPayload(payload) === undefined,
    validate(payload) {
      const value = claim.getValueFromPayload(payload)
      const reason = value ? reasonOf(value) : { message: 'value does not exist' }
      return reason ? { isValid: false, reason } : { isValid: true }
    },
  })
  return {
    ...claim,
    validators: {
      hasCompletedMFARequirementsForAuth: (id = KEY) =>
        validator(id, ({ v }) =>
          v ? undefined : { message: 'MFA requirement for auth is not satisfied' },
        ),
      hasCompletedRequirementList(given, id = KEY) {
        const requirements = needWanted(KEY, readRequirements(given))
        const asked = validator(id, (value) => unmet(requirements, value))
        return requirements.length > 0 ? asked : { ...asked, validate: () => ({ isValid: true }) }
      },
    },
  }
}
