import { asObject } from '../../providers/shared/json.js'
import { PROTECTED_CLAIMS } from './access-token.js'
import { GeneralError, UnauthorisedError } from './errors.js'
import type { SessionPayload } from './types.js'

/** Far more than a user id or a handle takes. */
const LONGEST_NAME = 1024
/** Far deeper than what an app tells of a session. Gson, by which cores read it, gives up at 255. */
const DEEPEST = 32
/** Twice what a browser keeps in a cookie. */
const LONGEST_TOKEN = 8192

/**
 * How every core since the first has written refresh tokens: base64 of what only it can read, a
 * nonce, and the version of the form (RefreshToken.java).
 */
const REFRESH_TOKEN = /^[\w+/=-]+(?:\.[\w+/=-]+)*$/
const VERSION = /\.V\d{1,4}$/

function reject(message: string): never {
  throw new GeneralError(message, { code: 'invalid_argument' })
}

/** @throws SuperTokensError `GENERAL_ERROR` unless `value` can be the name of a user or a session. */
export function checkName(what: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME) return value
  return reject(`\`${what}\` is a text of at most ${LONGEST_NAME} characters that is not empty.`)
}

/** @throws SuperTokensError `GENERAL_ERROR` unless `value` is a list of such names. */
export const checkNames = (what: string, value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.map((one) => checkName(`${what}[]`, one))
    : reject(`\`${what}\` is a list.`)

/** What JSON would write otherwise than it is, or leave out without a word. */
function refuseLoss(this: unknown, name: string, given: unknown): unknown {
  const value: unknown = given instanceof Number ? given.valueOf() : given
  // A date that is none writes itself as null, which would take a field away.
  const isLost = value === null && Reflect.get(Object(this), name) !== null
  const known = value === undefined || /^(string|boolean|object)$/.test(typeof value)
  if (name !== '__proto__' && !isLost && (known || Number.isFinite(value))) return value
  throw new TypeError()
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)))

/**
 * Fields that are `undefined` are left out.
 * @returns what JSON makes of it.
 * @throws SuperTokensError `GENERAL_ERROR` for no JSON object, one that is too deep, or has a key `__proto__`.
 */
export function checkPayload(what: string, value: unknown): SessionPayload {
  let payload: SessionPayload | null = null
  try {
    payload = asObject(JSON.parse(JSON.stringify(value, refuseLoss)))
  } catch {
    // A circle, a bigint, `undefined`, or deeper than there is room for.
  }
  if (payload && !isDeeper(payload, DEEPEST)) return payload
  return reject(
    `\`${what}\` is an object of what JSON can hold, ${DEEPEST} levels deep at most, without a key \`__proto__\`.`,
  )
}

/** @throws SuperTokensError `GENERAL_ERROR` for a payload that a token cannot carry. */
export function checkJWTPayload(what: string, value: unknown): SessionPayload {
  const payload = checkPayload(what, value)
  const taken = PROTECTED_CLAIMS.find((name) => Object.hasOwn(payload, name))
  return taken ? reject(`\`${what}\` holds \`${taken}\`, which is SuperTokens' own.`) : payload
}

/** Whether a core may have written this, going by its form. */
export const isRefreshToken = (token: string): boolean =>
  token.length <= LONGEST_TOKEN && REFRESH_TOKEN.test(token) && VERSION.test(token)

/**
 * What no core can have given costs no request: anybody can send as much of that as they like.
 * @throws SuperTokensError `UNAUTHORISED`
 */
export function checkRefreshToken(value: unknown): string {
  if (typeof value === 'string' && isRefreshToken(value)) return value
  throw new UnauthorisedError('This is no refresh token.')
}
