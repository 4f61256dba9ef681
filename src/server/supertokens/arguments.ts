import { asObject } from '../../providers/shared/json.js'
import { PROTECTED_CLAIMS } from './access-token.js'
import { GeneralError, UnauthorisedError } from './errors.js'
import type { SessionPayload } from './types.js'

/** Far more than a user id or a handle takes. */
const LONGEST_NAME = 1024
/** Twice what a browser keeps in a cookie. */
const LONGEST_TOKEN = 8192

const CONTROLS = /\p{Cc}/u

function reject(message: string): never {
  throw new GeneralError(message, { code: 'invalid_argument' })
}

/** @throws SuperTokensError `GENERAL_ERROR` unless `value` can be the name of a user or a session. */
export function checkName(what: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= LONGEST_NAME) return value
  return reject(`\`${what}\` is a text of at most ${LONGEST_NAME} characters that is not empty.`)
}

/** @returns what JSON makes of it. @throws SuperTokensError `GENERAL_ERROR` for no JSON object. */
export function checkPayload(what: string, value: unknown): SessionPayload {
  let payload: SessionPayload | null = null
  try {
    payload = asObject(JSON.parse(JSON.stringify(value)))
  } catch {
    // A circle, a bigint, `undefined`.
  }
  return payload ?? reject(`\`${what}\` is an object of what JSON can hold.`)
}

/** @throws SuperTokensError `GENERAL_ERROR` for a payload that a token cannot carry. */
export function checkJWTPayload(value: unknown): SessionPayload {
  const payload = checkPayload('jwtPayload', value)
  const taken = PROTECTED_CLAIMS.find((name) => Object.hasOwn(payload, name))
  return taken ? reject(`\`jwtPayload\` holds \`${taken}\`, which is SuperTokens' own.`) : payload
}

/** @throws SuperTokensError `UNAUTHORISED` for what no core can have given. */
export function checkRefreshToken(value: unknown): string {
  const fit = typeof value === 'string' && value !== '' && value.length <= LONGEST_TOKEN
  if (fit && !CONTROLS.test(value)) return value
  throw new UnauthorisedError('This is no refresh token.')
}
