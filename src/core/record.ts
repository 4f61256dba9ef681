import { AuthError } from './errors.js'
import { parseJson } from './json.js'
import type { Grant, Session, SessionUser } from './session.js'

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
  /** The names of extras that only this answer has: the next one drops them. */
  readonly once?: readonly string[] | undefined
  /** Access tokens for resources, by what was asked for; the newest last. See `resourceTokens`. */
  readonly tokens?: Readonly<Record<string, unknown>> | undefined
}

const HOUR = 3_600_000
/** Lifetimes above ten years are no lifetimes; a date must still be able to hold the sum. */
const LONGEST = 10 * 365 * 24 * HOUR

/** Whether a value is an object with names of its own: no array, not `null`. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a value is a text that is not empty. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

/** The life of a token in whole ms, as far as the server's word for it is one. */
export const lifeOf = ({ lifetime }: Pick<Grant, 'lifetime'>): number =>
  lifetime > 0 ? Math.ceil(Math.min(lifetime, LONGEST)) : HOUR

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
  const {
    accessToken,
    refreshToken,
    lifetime: _,
    user,
    extras,
    once,
    event: __,
    yields: ___,
    ...facts
  } = grant
  const previous = typeof base === 'string' ? null : base
  const known = previous?.session.user
  if (!isText(accessToken)) throw new AuthError('bad_response', 'The answer holds no access token.')
  if (known && user && known.id !== user.id) {
    throw new AuthError('bad_response', 'The answer is the session of another person.')
  }
  const lifetime = lifeOf(grant)
  // How somebody signed in, and by which key, is told once.
  const { authenticationMethod, keyId } = { ...previous?.session, ...facts }
  const kept = Object.entries(previous?.session.extras ?? {}).filter(
    ([name]) => !previous?.once?.includes(name),
  )
  return deepFreeze({
    lineage: previous ? previous.lineage : String(base),
    revision: previous ? previous.revision + 1 : 1,
    lifetime,
    ...(once && { once: Object.keys(once) }),
    ...(previous?.tokens && { tokens: previous.tokens }),
    session: {
      ...facts,
      ...(authenticationMethod && { authenticationMethod }),
      ...(keyId && { keyId }),
      accessToken,
      refreshToken: refreshToken || previous?.session.refreshToken || null,
      expiresAt: Math.floor(requestedAt) + lifetime,
      user: user ?? known ?? null,
      extras: { ...Object.fromEntries(kept), ...extras, ...once },
    },
  })
}

/** The record that follows `base` with some of it changed. */
export const changed = <User extends SessionUser>(
  base: SessionRecord<User>,
  changes: Partial<SessionRecord<User>>,
): SessionRecord<User> => deepFreeze({ ...base, ...changes, revision: base.revision + 1 })

/** The record with another description of the same person. */
export const withUser = <User extends SessionUser>(
  base: SessionRecord<User>,
  user: User,
): SessionRecord<User> => changed(base, { session: { ...base.session, user } })

/** Whether two records of a sign-in hold the same access token, of the same moment. */
export const hasSameAccessToken = (a: SessionRecord, b: SessionRecord): boolean =>
  a.lineage === b.lineage &&
  a.session.accessToken === b.session.accessToken &&
  a.session.expiresAt === b.session.expiresAt

/**
 * Whether two records hold the same tokens of the same sign-in. Equal access tokens prove nothing:
 * a server that signs by the second gives two exchanges within one the same access token.
 */
export const hasSameTokens = (a: SessionRecord, b: SessionRecord): boolean =>
  hasSameAccessToken(a, b) && a.session.refreshToken === b.session.refreshToken

/** Whether a refresh of either would send the same token, so that a failure of one is that of the other. */
export const sendSameToken = (a: SessionRecord, b: SessionRecord): boolean =>
  a.lineage === b.lineage &&
  a.session.refreshToken === b.session.refreshToken &&
  (a.revision === b.revision || hasSameAccessToken(a, b))

/** Whether two records are of one sign-in, or of two of the same person. */
export const isSamePerson = (a: SessionRecord, b: SessionRecord): boolean => {
  const id = a.session.user?.id
  return a.lineage === b.lineage || (id !== undefined && id === b.session.user?.id)
}

/** The text under which a record is stored. `savedAt`: see `Vault.save`. */
export const serializeRecord = (record: SessionRecord, savedAt: number): string =>
  JSON.stringify({ v: 1, ...record, savedAt })

/** Parses untrusted JSON to an object of version 1, or `null`. */
export function parseVersioned(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = parseJson(text)
    return isObject(value) && value.v === 1 ? value : null
  } catch {
    return null
  }
}

/** Whether this is a token's whole life, in ms. */
export const isLifetime = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && value <= LONGEST

function isRecord<User extends SessionUser>(value: unknown): value is SessionRecord<User> {
  if (!isObject(value) || !isObject(value.session)) return false
  const { lineage, revision, lifetime } = value
  const { accessToken, refreshToken, expiresAt, user, extras } = value.session
  return (
    isText(lineage) &&
    Number.isSafeInteger(revision) &&
    isLifetime(lifetime) &&
    isText(accessToken) &&
    (refreshToken === null || isText(refreshToken)) &&
    Number.isFinite(expiresAt) &&
    (user === null || (isObject(user) && isText(user.id))) &&
    isObject(extras)
  )
}

/** A record as storage has it. */
export interface StoredRecord<User extends SessionUser> {
  readonly record: SessionRecord<User>
  /** When it was saved, in ms by its writer's clock; `null` for those of 0.1, which did not say. */
  readonly savedAt: number | null
}

/** Reads a record from untrusted text: `null` unless every part is as it must be. */
export function parseRecord<User extends SessionUser>(text: string): StoredRecord<User> | null {
  const parsed = parseVersioned(text)
  const record: unknown = parsed
  if (!isRecord<User>(record)) return null
  const { lineage, revision, lifetime, session } = record
  // What later releases added is left out where it is not what it must be.
  const once = Array.isArray(record.once) ? record.once.filter(isText) : []
  const { tokens } = record
  const { keyId, ...keyless } = session
  const savedAt = parsed?.savedAt
  return deepFreeze({
    record: {
      lineage,
      revision,
      lifetime,
      session: isText(keyId) ? session : keyless,
      ...(once.length > 0 && { once }),
      ...(isObject(tokens) && { tokens }),
    },
    savedAt: typeof savedAt === 'number' && Number.isFinite(savedAt) ? savedAt : null,
  })
}
