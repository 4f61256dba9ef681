import { AuthError } from './errors.js'

/** The person a session belongs to. Providers add their own fields. */
export interface SessionUser {
  readonly id: string
  readonly email?: string | undefined
  readonly phone?: string | undefined
}

/** Who acts as the user of a session. */
export interface Impersonator {
  readonly email: string
  readonly reason: string | null
}

/** What a provider may know about a session beyond its tokens. */
export interface SessionFacts {
  readonly sessionId?: string | undefined
  readonly organizationId?: string | undefined
  readonly role?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly permissions?: readonly string[] | undefined
  readonly entitlements?: readonly string[] | undefined
  readonly featureFlags?: readonly string[] | undefined
  readonly impersonator?: Impersonator | undefined
  readonly authenticationMethod?: string | undefined
}

/** A signed-in session: plain, frozen data. */
export interface Session<User extends SessionUser = SessionUser> extends SessionFacts {
  readonly accessToken: string
  /** `null` when the server issued none: the session then ends with its access token. */
  readonly refreshToken: string | null
  /** Milliseconds since the epoch, by this device's clock. */
  readonly expiresAt: number
  /** `null` only when neither the server nor the token says whose session it is. */
  readonly user: User | null
  /** What the provider answered beyond the above, under the provider's own names. */
  readonly extras: Readonly<Record<string, unknown>>
}

/** Events that only some providers know. */
export type ProviderEventName = 'PASSWORD_RECOVERY'

/** What a provider hands over after any successful authentication or refresh. */
export interface Grant<User extends SessionUser = SessionUser> extends SessionFacts {
  readonly accessToken: string
  /** Omitted when the server sent none, which keeps the old one (RFC 6749 §6). */
  readonly refreshToken?: string | undefined
  /** How long the access token lives from the moment it was requested, in ms; positive. */
  readonly lifetime: number
  /** Omitted when the answer names nobody, which keeps the user already known. */
  readonly user?: User | undefined
  readonly extras?: Readonly<Record<string, unknown>> | undefined
  /** An event to announce after `SIGNED_IN`. */
  readonly event?: ProviderEventName | undefined
}

/**
 * A session as contexts share it.
 * `lineage` names the sign-in it descends from; `revision` counts what was saved since.
 */
export interface SessionRecord<User extends SessionUser = SessionUser> {
  readonly lineage: string
  readonly revision: number
  /** The access token's whole life in ms, from the moment it was requested. */
  readonly lifetime: number
  readonly session: Session<User>
}

const HOUR = 3_600_000
/** Lifetimes above ten years are no lifetimes; a date must still be able to hold the sum. */
const LONGEST = 10 * 365 * 24 * HOUR

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isToken = (value: unknown): value is string => typeof value === 'string' && value !== ''

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

/**
 * The record that follows `base` (or starts a lineage) once `grant` has arrived.
 * `requestedAt` is the wall time at which the request left: the token cannot be older.
 * @throws AuthError `bad_response` when the grant holds no token or another person's.
 */
export function toRecord<User extends SessionUser>(
  grant: Grant<User>,
  base: SessionRecord<User> | string,
  requestedAt: number,
): SessionRecord<User> {
  const { accessToken, refreshToken, lifetime, user, extras, event: _, ...facts } = grant
  const previous = typeof base === 'string' ? null : base
  const known = previous?.session.user
  if (!isToken(accessToken))
    throw new AuthError('bad_response', 'The answer holds no access token.')
  if (known && user && known.id !== user.id) {
    throw new AuthError('bad_response', 'The answer is the session of another person.')
  }
  const life = lifetime > 0 ? Math.min(lifetime, LONGEST) : HOUR
  // How somebody signed in is told once.
  const authenticationMethod = facts.authenticationMethod ?? previous?.session.authenticationMethod
  return deepFreeze({
    lineage: previous ? previous.lineage : String(base),
    revision: previous ? previous.revision + 1 : 1,
    lifetime: life,
    session: {
      ...facts,
      ...(authenticationMethod && { authenticationMethod }),
      accessToken,
      refreshToken: refreshToken || previous?.session.refreshToken || null,
      expiresAt: requestedAt + life,
      user: user ?? known ?? null,
      extras: { ...previous?.session.extras, ...extras },
    },
  })
}

/** The record with another description of the same person. */
export function withUser<User extends SessionUser>(
  base: SessionRecord<User>,
  user: User,
): SessionRecord<User> {
  const session = { ...base.session, user }
  return deepFreeze({ ...base, revision: base.revision + 1, session })
}

/** The text under which a record is stored. */
export const serializeRecord = (record: SessionRecord): string =>
  JSON.stringify({ v: 1, ...record })

/** Parses untrusted JSON to an object of version 1, or `null`. */
export function parseVersioned(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && value.v === 1 ? value : null
  } catch {
    return null
  }
}

function isRecord<User extends SessionUser>(value: unknown): value is SessionRecord<User> {
  if (!isObject(value) || !isObject(value.session)) return false
  const { lineage, revision, lifetime } = value
  const { accessToken, refreshToken, expiresAt, user, extras } = value.session
  return (
    isToken(lineage) &&
    Number.isSafeInteger(revision) &&
    typeof lifetime === 'number' &&
    lifetime > 0 &&
    lifetime <= LONGEST &&
    isToken(accessToken) &&
    (refreshToken === null || isToken(refreshToken)) &&
    Number.isFinite(expiresAt) &&
    (user === null || (isObject(user) && isToken(user.id))) &&
    isObject(extras)
  )
}

/** Reads a record from untrusted text: `null` unless every part is as it must be. */
export function parseRecord<User extends SessionUser>(text: string): SessionRecord<User> | null {
  const record: unknown = parseVersioned(text)
  if (!isRecord<User>(record)) return null
  const { lineage, revision, lifetime, session } = record
  return deepFreeze({ lineage, revision, lifetime, session })
}
