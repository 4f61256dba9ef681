import { base64, fromBase64 } from '../server/base64.js'
import { base64url, fromBase64url, utf8 } from '../server/encoding.js'
import type { Fields } from '../server/json.js'
import { parseObject } from '../server/json.js'
import type { Key, Keys } from './keys.js'
import type { AccessTokenFormat } from './versions.js'

/** What an access token says. Times in ms since the epoch. */
export interface AccessToken {
  readonly format: AccessTokenFormat
  readonly handle: string
  readonly userId: string
  readonly tenantId: string
  readonly refreshTokenHash1: string
  readonly parentHash1: string | null
  readonly antiCsrf: string | null
  readonly userData: Fields
  readonly createdTime: number
  readonly expiry: number
  /** When the payload was last set by hand; `null` since interface 2.4. */
  readonly lmrt: number | null
}

/** A token, and when it was made and ends. Times in ms since the epoch. */
export interface IssuedToken {
  readonly token: string
  readonly expiry: number
  readonly createdTime: number
}

/** The claims that an app's payload may not have. */
export const PROTECTED_CLAIMS: ReadonlySet<string> = new Set([
  ...['sub', 'iat', 'exp', 'tId', 'rsub', 'stt', 'sessionHandle'],
  ...['refreshTokenHash1', 'parentRefreshTokenHash1', 'antiCsrfToken'],
])

/** The header of version 2, which SDKs compare byte for byte. */
const HEADER_2 = base64(utf8('{"alg":"RS256","typ":"JWT","version":"2"}'))

const seconds = (ms: number): number => Math.floor(ms / 1000)

const claims2 = (token: AccessToken): Fields => ({
  sessionHandle: token.handle,
  userId: token.userId,
  refreshTokenHash1: token.refreshTokenHash1,
  ...(token.parentHash1 !== null && { parentRefreshTokenHash1: token.parentHash1 }),
  userData: token.userData,
  ...(token.antiCsrf !== null && { antiCsrfToken: token.antiCsrf }),
  expiryTime: token.expiry,
  timeCreated: token.createdTime,
  ...(token.lmrt !== null && { lmrt: token.lmrt }),
})

const claims = (token: AccessToken): Fields => ({
  iat: seconds(token.createdTime),
  exp: seconds(token.expiry),
  sub: token.userId,
  ...(token.format !== '3' && { tId: token.tenantId }),
  ...(token.format === '5' && { rsub: token.userId }),
  sessionHandle: token.handle,
  refreshTokenHash1: token.refreshTokenHash1,
  parentRefreshTokenHash1: token.parentHash1,
  antiCsrfToken: token.antiCsrf,
  ...token.userData,
})

/** Writes and signs an access token: whole seconds from version 3 on. */
export async function issueAccessToken(token: AccessToken, key: Key): Promise<IssuedToken> {
  if (token.format === '2') {
    const text = `${HEADER_2}.${base64(utf8(JSON.stringify(claims2(token))))}`
    const { expiry, createdTime } = token
    return { token: `${text}.${base64(await key.sign(text))}`, expiry, createdTime }
  }
  const header = { kid: key.kid, typ: 'JWT', version: token.format, alg: 'RS256' }
  const encode = (value: Fields): string => base64url(utf8(JSON.stringify(value)))
  const text = `${encode(header)}.${encode(claims(token))}`
  return {
    token: `${text}.${base64url(await key.sign(text))}`,
    expiry: seconds(token.expiry) * 1000,
    createdTime: seconds(token.createdTime) * 1000,
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const objectOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {}
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)

function contentsOf(format: AccessTokenFormat, body: Fields): AccessToken {
  const shared = {
    format,
    handle: String(body.sessionHandle),
    refreshTokenHash1: String(body.refreshTokenHash1),
    parentHash1: textOf(body.parentRefreshTokenHash1),
    antiCsrf: textOf(body.antiCsrfToken),
    tenantId: textOf(body.tId) ?? 'public',
  }
  if (format === '2') {
    return {
      ...shared,
      userId: String(body.userId),
      userData: objectOf(body.userData),
      createdTime: numberOf(body.timeCreated),
      expiry: numberOf(body.expiryTime),
      lmrt: body.lmrt === undefined ? null : numberOf(body.lmrt),
    }
  }
  const own = Object.entries(body).filter(([name]) => !PROTECTED_CLAIMS.has(name))
  const createdTime = numberOf(body.iat) * 1000
  return {
    ...shared,
    userId: String(body.sub),
    userData: Object.fromEntries(own),
    createdTime,
    expiry: numberOf(body.exp) * 1000,
    lmrt: null,
  }
}

const FORMATS: readonly AccessTokenFormat[] = ['2', '3', '4', '5']

/** An access token, taken apart. */
interface Parsed {
  readonly contents: AccessToken
  readonly kid: string | null
  readonly signed: string
  readonly signature: Uint8Array<ArrayBuffer>
}

function parse(token: string): Parsed | null {
  const [head = '', body = '', mark = ''] = token.split('.')
  const old = head === HEADER_2
  const decode = old ? fromBase64 : fromBase64url
  const fieldsOf = (part: string): Fields | null => {
    const bytes = decode(part)
    return bytes && parseObject(new TextDecoder().decode(bytes))
  }
  const [header, contents, signature] = [fieldsOf(head), fieldsOf(body), decode(mark)]
  const format = FORMATS.find((known) => known === header?.version)
  if (!format || !contents || !signature || old !== (format === '2')) return null
  const kid = old ? null : String(header?.kid)
  return { contents: contentsOf(format, contents), kid, signed: `${head}.${body}`, signature }
}

/** Reads an access token, whoever signed it; `null` for any other text. */
export const readUnverified = (token: string): AccessToken | null => parse(token)?.contents ?? null

/** Reads an access token that this core signed, expired or not; `null` for any other text. */
export async function readAccessToken(token: string, keys: Keys): Promise<AccessToken | null> {
  const parsed = parse(token)
  if (!parsed) return null
  for (const key of keys.candidates(parsed.kid)) {
    if (await key.verify(parsed.signed, parsed.signature)) return parsed.contents
  }
  return null
}
