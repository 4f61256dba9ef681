import { AuthError } from '../../core/errors.js'
import { parseJson } from '../../core/json.js'
import type { Grant, Impersonator, SessionFacts, SessionUser } from '../../core/session.js'
import { asObject, text, texts } from '../../providers/shared/json.js'
import { positive, readClaims } from '../../providers/shared/jwt.js'
import type { SessionLimits } from './session-limits.js'
import { withCopies, withoutCopies } from './token-copies.js'

/** The device that a session is bound to. */
export interface SealedDevice {
  /** The thumbprint of its public key (RFC 7638). */
  readonly key: string
}

/** What lies in a seal, under the names that `@workos-inc/node` and its kin use. Times in ms. */
export interface SealedData<User extends SessionUser = SessionUser> {
  readonly accessToken: string
  readonly refreshToken: string
  readonly user: User
  readonly organizationId?: string | undefined
  readonly authenticationMethod?: string | undefined
  readonly impersonator?: Impersonator | undefined
  /**
   * When the access token came, in ms since the epoch by the clock of the server that sealed it. Only
   * where the token does not say, or its issuer's clock is far from that one.
   */
  readonly receivedAt?: number | undefined
  /** When the access token is over, by the same clock. Only where the token does not say. */
  readonly expiresAt?: number | undefined
  /** What the auth server said of the session. Only where the access token does not. */
  readonly facts?: SessionFacts | undefined
  /** A name for the session. Only where the auth server has none, or one for several. */
  readonly id?: string | undefined
  /** When somebody signed in, by the same clock. */
  readonly startedAt?: number | undefined
  /** The newest end of all sessions of its person that it began after, by the clock of the server that ended them. */
  readonly seenEnd?: number | undefined
  /** When it was last used, as far as the seal knows; where there is a limit to that. */
  readonly usedAt?: number | undefined
  /** Limits of this session alone. */
  readonly limits?: SessionLimits | undefined
  /** The id of the provider whose session it is: see `isSealOf`. */
  readonly provider?: string | undefined
  /** What its provider wants to see again: see `sealedExtras`. */
  readonly extras?: Extras | undefined
  /** The step by which a refresh was refused that has spent the refresh token: nobody sends it again. */
  readonly spentOn?: string | undefined
  /** The device without whose proof the seal is worth nothing: see `holdfast/server/dbsc`. */
  readonly device?: SealedDevice | undefined
}

type Extras = Readonly<Record<string, unknown>>
type Fields = Readonly<Record<string, unknown>>

function parseObject(json: string): Fields {
  try {
    return asObject(parseJson(json)) ?? {}
  } catch {
    return {}
  }
}

function toUser(value: unknown): SessionUser | null {
  const known = asObject(value)
  if (!known) return null
  const { id, email, phone, ...fields } = known
  if (typeof id !== 'string' || id === '') return null
  return {
    ...fields,
    id,
    ...(typeof email === 'string' && { email }),
    ...(typeof phone === 'string' && { phone }),
  }
}

function toImpersonator(value: unknown): Impersonator | undefined {
  const { email, reason } = asObject(value) ?? {}
  return typeof email === 'string' ? { email, reason: text(reason) ?? null } : undefined
}

/** What is kept of facts, and nothing that is not there. */
export function toFacts(value: unknown): SessionFacts | undefined {
  const fields = asObject(value)
  if (!fields) return undefined
  const facts: Fields = {
    sessionId: text(fields.sessionId),
    organizationId: text(fields.organizationId),
    role: text(fields.role),
    roles: texts(fields.roles),
    permissions: texts(fields.permissions),
    entitlements: texts(fields.entitlements),
    featureFlags: texts(fields.featureFlags),
  }
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined))
}

function toLimits(value: unknown): SessionLimits | undefined {
  const fields = asObject(value)
  const [absolute, idle] = [positive(fields?.absolute), positive(fields?.idle)]
  return absolute || idle ? { ...(absolute && { absolute }), ...(idle && { idle }) } : undefined
}

function toDevice(value: unknown): SealedDevice | undefined {
  const key = text(asObject(value)?.key)
  return key === undefined ? undefined : { key }
}

/** The fields that are known, without those that hold nothing. */
function compact<User extends SessionUser>(data: SealedData<User>): SealedData<User> {
  const { accessToken, refreshToken, user, ...others } = data
  const { organizationId, authenticationMethod, impersonator, receivedAt, expiresAt, id } = others
  const { facts, startedAt, seenEnd, usedAt, limits, provider, extras, device, spentOn } = others
  return {
    accessToken,
    refreshToken,
    user,
    ...(organizationId && { organizationId }),
    ...(authenticationMethod && { authenticationMethod }),
    ...(impersonator && { impersonator }),
    ...(receivedAt && { receivedAt }),
    ...(expiresAt && { expiresAt }),
    ...(facts && Object.keys(facts).length > 0 && { facts }),
    ...(id && { id }),
    ...(startedAt && { startedAt }),
    ...(seenEnd && { seenEnd }),
    ...(usedAt && { usedAt }),
    ...(limits && { limits }),
    ...(provider && { provider }),
    ...(extras && Object.keys(extras).length > 0 && { extras }),
    ...(device && { device }),
    ...(spentOn && { spentOn }),
  }
}

/**
 * Reads what any of the SDKs sealed: `@workos-inc/node`, `authkit-nextjs` (a session, or a whole
 * answer of the server) and `authkit-session`. Fields that none of them need are dropped; `null`
 * without both tokens and a user.
 */
export function parseSealedData(json: string): SealedData | null {
  const fields = parseObject(json)
  const accessToken = text(fields.accessToken)
  const refreshToken = text(fields.refreshToken)
  if (!accessToken || !refreshToken) return null
  const claims = readClaims(accessToken) ?? {}
  const user = toUser(withCopies(fields.user, fields.userFromToken, claims))
  if (!user) return null
  return compact({
    accessToken,
    refreshToken,
    user,
    organizationId: text(fields.organizationId),
    authenticationMethod: text(fields.authenticationMethod),
    impersonator: toImpersonator(fields.impersonator),
    receivedAt: positive(fields.receivedAt),
    expiresAt: positive(fields.expiresAt),
    facts: toFacts(fields.facts),
    id: text(fields.id),
    startedAt: positive(fields.startedAt),
    seenEnd: positive(fields.seenEnd),
    usedAt: positive(fields.usedAt),
    limits: toLimits(fields.limits),
    provider: text(fields.provider),
    extras: asObject(fields.extras) ?? undefined,
    device: toDevice(fields.device),
    spentOn: text(fields.spentOn),
  })
}

/** The JSON of a session. @throws AuthError `invalid_argument` for what no JSON can be made of. */
export function sessionJson(data: SealedData | Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(data)
  } catch (cause) {
    const message = 'The session holds what no JSON can be made of, such as data nested too deep.'
    throw new AuthError('invalid_argument', message, { cause })
  }
}

/**
 * The JSON of a session without what its access token says as well: see `withoutCopies`.
 * @throws AuthError `invalid_argument` for what no JSON can be made of.
 */
export function withoutTokenCopies(data: SealedData): string {
  const { user, copies } = withoutCopies({ ...data.user }, readClaims(data.accessToken) ?? {})
  return sessionJson({ ...data, user, ...(copies.length > 0 && { userFromToken: copies }) })
}

/**
 * A session of which only whose it is was left: the auth server tells the rest at the next refresh. An
 * id token is about the person as well, and large.
 */
export function withoutUserData(data: SealedData): SealedData {
  const { id, email, phone } = data.user
  const user = { id, ...(email && { email }), ...(phone && { phone }) }
  const { id_token: _, ...extras } = data.extras ?? {}
  return compact({ ...data, user, extras })
}

/** Of what came with a grant what is to be kept; what a refresh leaves unsaid stays as it was. */
const keptExtras = (
  given: Extras = {},
  former: Extras = {},
  names: readonly string[] = [],
): Extras =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = given[name] ?? former[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

/**
 * What to seal of a grant, of its extras those with these names. What a refresh leaves unsaid (token, user,
 * method) stays as it was `previous`ly; organization and impersonator are the grant's own, for both can end.
 * @throws AuthError `bad_response` without a refresh token or user, or for another person's session.
 */
export function toSealedData<User extends SessionUser>(
  grant: Grant<User>,
  previous?: SealedData<User>,
  extras?: readonly string[],
): SealedData<User> {
  const refreshToken = grant.refreshToken || previous?.refreshToken
  const user = grant.user ?? previous?.user
  if (!grant.accessToken || !refreshToken || !user?.id) {
    throw new AuthError('bad_response', 'The session lacks a token or a user: it cannot be sealed.')
  }
  if (previous && previous.user.id !== user.id) {
    throw new AuthError('bad_response', 'The answer is the session of another person.')
  }
  const { id, facts, startedAt, seenEnd, usedAt, limits } = previous ?? {}
  return compact({
    accessToken: grant.accessToken,
    refreshToken,
    user,
    organizationId: grant.organizationId,
    authenticationMethod: grant.authenticationMethod ?? previous?.authenticationMethod,
    impersonator: toImpersonator(grant.impersonator),
    facts: facts?.sessionId ? { sessionId: facts.sessionId } : undefined,
    id,
    startedAt,
    seenEnd,
    usedAt,
    limits,
    extras: keptExtras(grant.extras, previous?.extras, extras),
  })
}
