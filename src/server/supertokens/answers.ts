import { asObject, text } from '../../providers/shared/json.js'
import { positive } from '../../providers/shared/jwt.js'
import type {
  CoreCookie,
  CoreHandshake,
  CoreRegenerated,
  CoreToken,
  CoreTokens,
  CoreVerified,
} from './core-api.js'
import { GeneralError } from './errors.js'
import type { SessionIdentity, SessionInformation, SessionPayload } from './types.js'
import { can, type Version } from './versions.js'

/** The fields of a core's answer. Nothing of it is believed. */
export type Fields = Readonly<Record<string, unknown>>

/** @throws SuperTokensError for an answer whose `name` is not what the interface promises. */
function reject(name: string): never {
  throw new GeneralError(`The core's answer has no \`${name}\` that can be used.`, {
    code: 'bad_response',
  })
}

const SAME_SITES = ['lax', 'strict', 'none'] as const
type SameSite = (typeof SAME_SITES)[number]
/** What would end a header, or an attribute of a cookie. */
const BREAKS = /[\p{Cc};]/u
/** Visible ASCII, which tokens are made of: they become headers. */
const TOKEN = /^[\x21-\x7e]+$/

const readText = (fields: Fields, name: string): string => text(fields[name]) ?? reject(name)

/** Something that may be missing, but not be something else. */
const optional = <T>(
  read: (fields: Fields, name: string) => T,
  fields: Fields,
  name: string,
): T | undefined => ((fields[name] ?? null) === null ? undefined : read(fields, name))

const readTime = (fields: Fields, name: string): number => positive(fields[name]) ?? reject(name)

const readObject = (fields: Fields, name: string): SessionPayload =>
  asObject(fields[name]) ?? reject(name)

function readFlag(fields: Fields, name: string): boolean {
  const flag = fields[name]
  return typeof flag === 'boolean' ? flag : reject(name)
}

function readTokenText(fields: Fields, name: string): string {
  const token = readText(fields, name)
  return TOKEN.test(token) ? token : reject(name)
}

function readAttribute(fields: Fields, name: string): string {
  const value = readText(fields, name)
  return BREAKS.test(value) ? reject(name) : value
}

const readSameSite = (fields: Fields, name: string): SameSite =>
  SAME_SITES.find((one) => one === fields[name]) ?? reject(name)

/** What the fields are called that say where a cookie goes. */
interface CookieNames {
  readonly path: string
  readonly secure: string
  readonly domain: string
  readonly sameSite: string
}

const OF_TOKEN: CookieNames = {
  path: 'cookiePath',
  secure: 'cookieSecure',
  domain: 'domain',
  sameSite: 'sameSite',
}
const OF_HANDSHAKE = { secure: 'cookieSecure', domain: 'cookieDomain', sameSite: 'cookieSameSite' }

function readCookie(fields: Fields, names: CookieNames): CoreCookie {
  return {
    path: readAttribute(fields, names.path),
    secure: readFlag(fields, names.secure),
    domain: optional(readAttribute, fields, names.domain),
    sameSite: optional(readSameSite, fields, names.sameSite),
  }
}

function readToken(answer: Fields, name: string): CoreToken {
  const fields = readObject(answer, name)
  return {
    token: readTokenText(fields, 'token'),
    expiry: readTime(fields, 'expiry'),
    createdTime: readTime(fields, 'createdTime'),
  }
}

const readTokenAndCookie = (answer: Fields, name: string): CoreToken => ({
  ...readToken(answer, name),
  cookie: readCookie(readObject(answer, name), OF_TOKEN),
})

function readIdentity(answer: Fields): SessionIdentity {
  const fields = readObject(answer, 'session')
  return {
    handle: readText(fields, 'handle'),
    userId: readText(fields, 'userId'),
    userDataInJWT: readObject(fields, 'userDataInJWT'),
    tenantId: optional(readText, fields, 'tenantId'),
    recipeUserId: optional(readText, fields, 'recipeUserId'),
  }
}

const readerOf = (version: Version): typeof readToken =>
  can(version, 'recipe') ? readToken : readTokenAndCookie

/** The answer to a new session and to a refresh. @throws SuperTokensError `bad_response` */
export function readTokens(answer: Fields, version: Version): CoreTokens {
  const old = !can(version, 'jwt')
  const read = readerOf(version)
  return {
    session: readIdentity(answer),
    accessToken: read(answer, 'accessToken'),
    refreshToken: read(answer, 'refreshToken'),
    ...(old && { idRefreshToken: readToken(answer, 'idRefreshToken') }),
    antiCsrfToken: optional(readTokenText, answer, 'antiCsrfToken'),
  }
}

/** The answer about an access token. @throws SuperTokensError `bad_response` */
export function readVerified(answer: Fields, version: Version): CoreVerified {
  const read = readerOf(version)
  return { session: readIdentity(answer), accessToken: optional(read, answer, 'accessToken') }
}

/** The answer to another payload. @throws SuperTokensError `bad_response` */
export const readRegenerated = (answer: Fields, version: Version): CoreRegenerated =>
  readVerified(answer, version)

/** What is known of a session, since 2.8. @throws SuperTokensError `bad_response` */
export function readInformation(answer: Fields): SessionInformation {
  return {
    sessionHandle: readText(answer, 'sessionHandle'),
    userId: readText(answer, 'userId'),
    userDataInDatabase: readSessionData(answer),
    userDataInJWT: readPayload(answer),
    expiry: readTime(answer, 'expiry'),
    timeCreated: readTime(answer, 'timeCreated'),
    tenantId: optional(readText, answer, 'tenantId'),
    recipeUserId: optional(readText, answer, 'recipeUserId'),
  }
}

/** What the app keeps with a session. @throws SuperTokensError `bad_response` */
export const readSessionData = (answer: Fields): SessionPayload =>
  readObject(answer, 'userDataInDatabase')

/** What the next access tokens of a session will hold. @throws SuperTokensError `bad_response` */
export const readPayload = (answer: Fields): SessionPayload => readObject(answer, 'userDataInJWT')

/** A list of handles. @throws SuperTokensError `bad_response` */
export function readHandles(
  answer: Fields,
  name: 'sessionHandles' | 'sessionHandlesRevoked',
): readonly string[] {
  const list: unknown = answer[name]
  if (!Array.isArray(list)) return reject(name)
  return list.map((handle) => text(handle) ?? reject(name))
}

/** How many sessions were ended, in 1.0. @throws SuperTokensError `bad_response` */
export function readCount(answer: Fields): number {
  const count = answer.numberOfSessionsRevoked
  return typeof count === 'number' && count >= 0 ? count : reject('numberOfSessionsRevoked')
}

/** The settings of a core before 2.4. @throws SuperTokensError `bad_response` */
export const readHandshake = (answer: Fields): CoreHandshake => ({
  accessToken: readCookie(answer, { ...OF_HANDSHAKE, path: 'accessTokenPath' }),
  refreshToken: readCookie(answer, { ...OF_HANDSHAKE, path: 'refreshTokenPath' }),
  enableAntiCsrf: readFlag(answer, 'enableAntiCsrf'),
})
