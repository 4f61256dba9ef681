import type { SessionPayload } from '../types.js'

/** What one claim of a session may hold, as supertokens-node calls it a JSON primitive. */
export type ClaimPrimitive = string | number | boolean | null

/** The person whose session it is, for what looks up their claims. */
export interface ClaimSubject {
  readonly userId: string
  /** The account that signed in, where accounts are linked; else the same. */
  readonly recipeUserId: string
  /** `public` where the core knows no tenants. */
  readonly tenantId: string
  /** What the app has in the access token so far. */
  readonly payload: SessionPayload
}

/** How the value of a claim is had. It may throw: then nobody knows whether a request may pass. */
export type FetchClaimValue<Value> = (
  subject: ClaimSubject,
) => Value | undefined | Promise<Value | undefined>

/** Something that is known of a person and told in the access token, under a key of its own. */
export interface SessionClaim<Value = unknown> {
  readonly key: string
  /** `undefined` leaves what the token says. */
  fetchValue(subject: ClaimSubject): Value | undefined | Promise<Value | undefined>
  /** What lies under the key from `now` on, in ms since the epoch. */
  toPayload(value: Value, payload: SessionPayload, now: number): SessionPayload
  /** `undefined` for a payload without the claim, or with something else in its place. */
  getValueFromPayload(payload: SessionPayload): Value | undefined
  /** When the value was fetched, in ms since the epoch; `undefined` where that is not told. */
  getLastRefetchTime(payload: SessionPayload): number | undefined
}

/** What a validator says. `reason` is told to the front end: what JSON can hold. */
export type ClaimValidationResult =
  | { readonly isValid: true }
  | { readonly isValid: false; readonly reason?: unknown }

/** A condition that a session must meet. Times in ms since the epoch. */
export interface ClaimValidator {
  /** What the front end knows it by. */
  readonly id: string
  /** Fetched before the validator is asked, where `shouldRefetch` says so. */
  readonly claim?: SessionClaim | undefined
  /** Whether what the payload says of the claim is missing or stale. */
  shouldRefetch?(payload: SessionPayload, now: number): boolean | Promise<boolean>
  validate(
    payload: SessionPayload,
    now: number,
  ): ClaimValidationResult | Promise<ClaimValidationResult>
}

/** What a claim is made of. */
export interface ClaimOptions<Value> {
  /** The key in the access token, and the id of its validators. */
  readonly key: string
  readonly fetchValue: FetchClaimValue<Value>
  /** How old a value may be for validators that do not say, in seconds. @default any age */
  readonly defaultMaxAgeInSeconds?: number | undefined
}

/** The same for claims whose key is fixed. */
export type ReadyClaimOptions<Value> = Omit<ClaimOptions<Value>, 'key'>
