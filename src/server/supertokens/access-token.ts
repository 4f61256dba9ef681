import * as base64url from 'jose/base64url'
import { parseJson } from '../../core/json.js'
import { asObject, text } from '../../providers/shared/json.js'
import { positive } from '../../providers/shared/jwt.js'
import type { SessionPayload } from './types.js'

/** What an access token says. Times in ms since the epoch. */
export interface AccessTokenInfo {
  /** What front ends get as `up`: all claims since version 3, the app's own data before. */
  readonly payload: SessionPayload
  readonly userId: string
  readonly handle: string
  readonly expiry: number
  readonly createdTime: number
  /** Of the token's form. 1 and 2 are in plain base64 and no JWTs for most libraries. */
  readonly version: number
  /** Since version 3. `d-…` for keys that are replaced from time to time, `s-…` for others. */
  readonly keyId?: string | undefined
  readonly refreshTokenHash1?: string | undefined
  /** There until the core has seen that the new tokens arrived. */
  readonly parentRefreshTokenHash1: string | null
  readonly antiCsrfToken: string | null
  /** What the app put into it, without the claims of SuperTokens. */
  readonly userDataInJWT: SessionPayload
  /** Since version 4. */
  readonly tenantId?: string | undefined
  /** Since version 5. */
  readonly recipeUserId?: string | undefined
}

/** The claims that are not the app's. Cores refuse payloads with them. */
export const PROTECTED_CLAIMS: readonly string[] = [
  'sub',
  'iat',
  'exp',
  'sessionHandle',
  'parentRefreshTokenHash1',
  'refreshTokenHash1',
  'antiCsrfToken',
  'rsub',
  'tId',
  'stt',
]

/** The most characters of an access token. Servers take less in all headers together. */
export const LONGEST_ACCESS_TOKEN = 16_384
const FORM = /^[\w+/-]+={0,2}\.[\w+/-]+={0,2}\.[\w+/-]+={0,2}$/

type Fields = Readonly<Record<string, unknown>>
type Facts = Omit<AccessTokenInfo, 'version' | 'keyId'>

function decode(part: string): Fields | null {
  try {
    const plain = part
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/={1,2}$/, '')
    const bytes = base64url.decode(plain)
    return asObject(parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return null
  }
}

/** A text or nothing; `undefined` when it is neither. */
const textOrNull = (value: unknown): string | null | undefined =>
  typeof value === 'string' ? value : (value ?? null) === null ? null : undefined

const seconds = (value: unknown): number | undefined => {
  const number = positive(value)
  return number && positive(Math.round(number * 1000))
}

const withoutProtected = (claims: Fields): Fields =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !PROTECTED_CLAIMS.includes(name)))

/** The fields that are called the same in all versions, with those that are not. */
function factsOf(
  claims: Fields,
  own: Pick<Facts, 'payload' | 'userDataInJWT'> & {
    readonly userId: unknown
    readonly expiry: number | undefined
    readonly createdTime: number | undefined
  },
): Facts | null {
  const userId = text(own.userId)
  const handle = text(claims.sessionHandle)
  const parentRefreshTokenHash1 = textOrNull(claims.parentRefreshTokenHash1)
  const antiCsrfToken = textOrNull(claims.antiCsrfToken)
  const { expiry, createdTime, payload, userDataInJWT } = own
  if (!userId || !handle || !expiry || !createdTime) return null
  if (parentRefreshTokenHash1 === undefined || antiCsrfToken === undefined) return null
  const refreshTokenHash1 = text(claims.refreshTokenHash1)
  const tokens = { refreshTokenHash1, parentRefreshTokenHash1, antiCsrfToken }
  return { payload, userId, handle, expiry, createdTime, ...tokens, userDataInJWT }
}

function readLegacy(claims: Fields): Facts | null {
  const data = asObject(claims.userData ?? {})
  return (
    data &&
    factsOf(claims, {
      payload: data,
      userDataInJWT: data,
      userId: claims.userId,
      expiry: positive(claims.expiryTime),
      createdTime: positive(claims.timeCreated),
    })
  )
}

function readModern(claims: Fields): Facts | null {
  // The same keys sign OAuth tokens for other services, which have another type.
  if ((claims.stt ?? 0) !== 0) return null
  const facts = factsOf(claims, {
    payload: claims,
    userDataInJWT: withoutProtected(claims),
    userId: claims.sub,
    // Some cores write whole seconds as `1.69E9`.
    expiry: seconds(claims.exp),
    createdTime: seconds(claims.iat),
  })
  return facts && { ...facts, tenantId: text(claims.tId), recipeUserId: text(claims.rsub) }
}

/**
 * Reads an access token of any version, unverified. `null` for anything that is none; it never
 * throws.
 */
export function readAccessToken(token: string): AccessTokenInfo | null {
  if (typeof token !== 'string' || token.length > LONGEST_ACCESS_TOKEN || !FORM.test(token))
    return null
  const [first = '', second = ''] = token.split('.')
  const header = decode(first)
  const claims = decode(second)
  // What a stranger has put there may be nothing that can be made a text.
  const { version: said } = header ?? {}
  const known = typeof said === 'string' || typeof said === 'number'
  if (!header || !claims || !known || !/^[1-9]\d?$/.test(String(said))) return null
  const version = Number(said)
  const facts = version < 3 ? readLegacy(claims) : readModern(claims)
  return facts && { ...facts, version, keyId: text(header.kid) }
}
