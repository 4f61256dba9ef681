import { AuthError } from '../../core/errors.js'
import { parseJson } from '../../core/json.js'
import type { Grant, Impersonator, SessionUser } from '../../core/session.js'
import { positive } from '../../providers/shared/jwt.js'

/** What lies in a seal, under the names that `@workos-inc/node` and its kin use. */
export interface SealedData<User extends SessionUser = SessionUser> {
  readonly accessToken: string
  readonly refreshToken: string
  readonly user: User
  readonly organizationId?: string | undefined
  readonly authenticationMethod?: string | undefined
  readonly impersonator?: Impersonator | undefined
  /**
   * When the access token came, in ms since the epoch by the clock of the server that sealed it. Only
   * there where that clock is far from the issuer's.
   */
  readonly receivedAt?: number | undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = parseJson(json)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function toUser(value: unknown): SessionUser | null {
  if (!isObject(value)) return null
  const { id, email, phone, ...fields } = value
  if (typeof id !== 'string' || id === '') return null
  return {
    ...fields,
    id,
    ...(typeof email === 'string' && { email }),
    ...(typeof phone === 'string' && { phone }),
  }
}

function toImpersonator(value: unknown): Impersonator | undefined {
  const { email, reason } = isObject(value) ? value : {}
  return typeof email === 'string' ? { email, reason: text(reason) ?? null } : undefined
}

/** The fields that are known, without those that hold nothing. */
function compact<User extends SessionUser>(data: SealedData<User>): SealedData<User> {
  const { accessToken, refreshToken, user } = data
  const { organizationId, authenticationMethod, impersonator, receivedAt } = data
  return {
    accessToken,
    refreshToken,
    user,
    ...(organizationId && { organizationId }),
    ...(authenticationMethod && { authenticationMethod }),
    ...(impersonator && { impersonator }),
    ...(receivedAt && { receivedAt }),
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
  const user = toUser(fields.user)
  if (!accessToken || !refreshToken || !user) return null
  return compact({
    accessToken,
    refreshToken,
    user,
    organizationId: text(fields.organizationId),
    authenticationMethod: text(fields.authenticationMethod),
    impersonator: toImpersonator(fields.impersonator),
    receivedAt: positive(fields.receivedAt),
  })
}

/**
 * What to seal of a grant. What a refresh leaves unsaid (token, user, method) stays as it was
 * `previous`ly; organization and impersonator are the grant's own, for both can end.
 * @throws AuthError `bad_response` without a refresh token or user, or for another person's session.
 */
export function toSealedData<User extends SessionUser>(
  grant: Grant<User>,
  previous?: SealedData<User>,
): SealedData<User> {
  const refreshToken = grant.refreshToken || previous?.refreshToken
  const user = grant.user ?? previous?.user
  if (!grant.accessToken || !refreshToken || !user?.id) {
    throw new AuthError('bad_response', 'The session lacks a token or a user: it cannot be sealed.')
  }
  if (previous && previous.user.id !== user.id) {
    throw new AuthError('bad_response', 'The answer is the session of another person.')
  }
  return compact({
    accessToken: grant.accessToken,
    refreshToken,
    user,
    organizationId: grant.organizationId,
    authenticationMethod: grant.authenticationMethod ?? previous?.authenticationMethod,
    impersonator: toImpersonator(grant.impersonator),
  })
}
