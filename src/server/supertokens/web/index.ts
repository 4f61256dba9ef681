import { createOriginGuard } from '../../requests/origin-guard.js'
import { GeneralError } from '../errors.js'
import type { WebSettings } from './delivery.js'
import { createRoutes } from './routes.js'
import { createOperations } from './sessions.js'
import type { SuperTokensSessions, SuperTokensSessionsOptions } from './types.js'

export { type AnswerHeaders, headersOf } from '../../requests/answer-headers.js'
export type {
  GetSessionOptions,
  NewSessionOptions,
  SessionObject,
  SuperTokensSessions,
  SuperTokensSessionsOptions,
  TokenTransfer,
  WebExchange,
  WebRequest,
} from './types.js'

function reject(message: string): never {
  throw new GeneralError(message, { code: 'invalid_argument' })
}

function check(settings: WebSettings): WebSettings {
  const { transfer, sessionExpiredStatusCode: status, signOutPath } = settings
  if (!/^(any|cookie|header)$/.test(transfer)) reject('`transfer` is any, cookie or header.')
  if (!Number.isInteger(status) || status < 400 || status > 499) {
    reject('`sessionExpiredStatusCode` is a status from 400 to 499.')
  }
  if (!/^\/[^?#]*$/.test(signOutPath)) reject('`signOutPath` is a path that begins with `/`.')
  return settings
}

/**
 * Keeps sessions of SuperTokens in the cookies and headers of requests, for any framework that
 * knows the web's `Request` and `Headers`.
 * @throws AuthError `invalid_argument` for settings that make no sense.
 */
export function createSuperTokensSessions({
  superTokens,
  transfer = 'any',
  sessionExpiredStatusCode = 401,
  signOutPath = '/auth/signout',
  now = () => Date.now(),
  ...origins
}: SuperTokensSessionsOptions): SuperTokensSessions {
  const isForeign = createOriginGuard(origins)
  const given = { superTokens, transfer, sessionExpiredStatusCode, signOutPath, now, isForeign }
  const settings = check(given)
  const operations = createOperations(settings)
  return { ...operations, ...createRoutes(settings, operations) }
}
