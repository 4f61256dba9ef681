import { asObject } from '../../../providers/shared/json.js'
import { checkJWTPayload, checkPayload } from '../arguments.js'
import { type ClaimValidationError, GeneralError } from '../errors.js'
import type { SessionPayload } from '../types.js'
import { runAppCode, type Step } from './app-code.js'
import type { ClaimSubject, ClaimValidator, SessionClaim } from './types.js'

/** How claims are looked at. Times in ms. */
export interface ClaimsSettings {
  /** How long all fetching and validating for one request may take. */
  readonly claimsTimeout: number
  /** Milliseconds since the epoch. */
  now(): number
}

/** What came of it. */
export interface CheckedClaims {
  /** What was fetched, by key: to be merged into the access token. */
  readonly update: SessionPayload
  readonly errors: readonly ClaimValidationError[]
}

const isValidator = (value: unknown): value is ClaimValidator =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  'validate' in value &&
  typeof value.validate === 'function'

const METHODS = ['fetchValue', 'toPayload', 'getValueFromPayload'] as const

/** @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for what is no claim. */
export function needClaim<Claim extends SessionClaim>(claim: Claim): Claim {
  const isOne =
    typeof claim?.key === 'string' && METHODS.every((name) => typeof claim[name] === 'function')
  if (isOne) return claim
  throw new GeneralError('This is no claim: see `primitiveClaim`.', { code: 'invalid_argument' })
}

/** @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for what is no list of validators. */
export function checkValidators(what: string, value: unknown): readonly ClaimValidator[] {
  if (Array.isArray(value) && value.every(isValidator)) return value
  const message = `\`${what}\` is a list of validators, such as \`claim.validators.hasValue(1)\`.`
  throw new GeneralError(message, { code: 'invalid_argument' })
}

/**
 * Fetches the value of a claim, as an update of the payload; empty when there is none.
 * @throws SuperTokensError `GENERAL_ERROR`
 */
async function fetchInto(
  claim: SessionClaim,
  subject: ClaimSubject,
  now: number,
): Promise<SessionPayload> {
  const value = await claim.fetchValue(subject)
  if (value === undefined) return {}
  const told = { [claim.key]: claim.toPayload(value, subject.payload, now) }
  return checkJWTPayload(`fetchValue of ${claim.key}`, told)
}

/**
 * The update of a payload by which a claim has a value from now on.
 * @throws SuperTokensError `GENERAL_ERROR`
 */
export async function updateOf<Value>(
  claim: SessionClaim<Value>,
  value: Value,
  { claimsTimeout, now }: ClaimsSettings,
): Promise<SessionPayload> {
  const { key } = needClaim(claim)
  const step: Step = { name: `\`toPayload\` of the claim \`${key}\`` }
  return runAppCode(claimsTimeout, step, () => ({ [key]: claim.toPayload(value, {}, now()) }))
}

/** Fetches several claims, each knowing of those before it, within the time limit. */
export async function fetchClaims(
  claims: readonly SessionClaim[],
  subject: ClaimSubject,
  { claimsTimeout, now }: ClaimsSettings,
): Promise<SessionPayload> {
  const step: Step = { name: 'A claim' }
  return runAppCode(claimsTimeout, step, async () => {
    let update: SessionPayload = {}
    for (const claim of claims) {
      step.name = `Fetching the claim \`${needClaim(claim).key}\``
      const payload = { ...subject.payload, ...update }
      update = { ...update, ...(await fetchInto(claim, { ...subject, payload }, now())) }
    }
    return update
  })
}

/** What a validator says is wrong, as JSON can hold it; `null` when nothing is. */
async function errorOf(
  validator: ClaimValidator,
  payload: SessionPayload,
  now: number,
): Promise<ClaimValidationError | null> {
  const { id } = validator
  // Who writes plain JavaScript may forget the answer, and that must let nobody in.
  const { isValid, reason } = asObject(await validator.validate(payload, now)) ?? {}
  if (isValid === true) return null
  return { id, ...checkPayload(`reason of ${id}`, { reason }) }
}

/**
 * Fetches what is missing or stale of the claims that are asked for, and asks all validators.
 * @throws SuperTokensError `GENERAL_ERROR` when one of them throws, or all together take too long.
 */
export async function checkClaims(
  subject: ClaimSubject,
  validators: readonly ClaimValidator[],
  { claimsTimeout, now }: ClaimsSettings,
): Promise<CheckedClaims> {
  const step: Step = { name: 'A validator' }
  return runAppCode(claimsTimeout, step, async () => {
    let update: SessionPayload = {}
    const known = (): SessionPayload => ({ ...subject.payload, ...update })
    for (const validator of validators) {
      const { id, claim } = validator
      if (!claim || !validator.shouldRefetch) continue
      step.name = `\`shouldRefetch\` of \`${id}\``
      if ((await validator.shouldRefetch(known(), now())) !== true) continue
      step.name = `Fetching the claim \`${claim.key}\``
      update = { ...update, ...(await fetchInto(claim, { ...subject, payload: known() }, now())) }
    }
    const errors: ClaimValidationError[] = []
    for (const validator of validators) {
      step.name = `The validator \`${validator.id}\``
      const error = await errorOf(validator, known(), now())
      if (error) errors.push(error)
    }
    return { update, errors }
  })
}
