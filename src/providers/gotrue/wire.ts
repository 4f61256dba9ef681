import { AuthError, type AuthErrorCode } from '../../core/errors.js'
import type { RequestContext } from '../../core/ports.js'
import type { Grant } from '../../core/session.js'
import { createHttp, type HttpAnswer, type HttpRequest } from '../shared/http.js'
import { asObject, camelCased, text } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import { isFine, toPassing } from '../shared/passing.js'
import type { GoTrueOptions, GoTrueUser } from './types.js'

/** Sends a request and gives back the body of a success. */
export type Send = (request: HttpRequest, context: RequestContext) => Promise<unknown>

/** The server's definite words about a refresh token (GoTrue 2.196, token_refresh.go). */
const TERMINAL: readonly string[] = [
  'refresh_token_not_found',
  'refresh_token_already_used',
  'session_not_found',
  'session_expired',
  'user_banned',
  'validation_failed',
]

const CREDENTIALS: readonly string[] = [
  'invalid_credentials',
  'otp_expired',
  'bad_code_verifier',
  'flow_state_not_found',
  'flow_state_expired',
]

/** GOTRUE_JWT_EXP as GoTrue sets it by default, in ms. */
const DEFAULT_LIFETIME = 3_600_000

function classify(status: number, code: string | undefined, refresh: boolean): AuthErrorCode {
  if (!code || status < 400) return 'bad_response'
  if (refresh) return TERMINAL.includes(code) ? 'refresh_rejected' : 'rejected'
  if (code === 'weak_password') return 'weak_password'
  return CREDENTIALS.includes(code) ? 'invalid_credentials' : 'rejected'
}

/** Both error formats: with the API version `code` is the string, without it `error_code`. */
function toError(answer: HttpAnswer, refresh: boolean): AuthError {
  const { status, body, retryAfter } = answer
  const fields = asObject(body) ?? {}
  const serverCode = text(fields.error_code) ?? text(fields.code) ?? text(fields.error)
  const message =
    text(fields.message) ?? text(fields.msg) ?? text(fields.error_description) ?? 'No reason given.'
  const passing = toPassing(answer, { message, serverCode })
  if (passing) return passing
  const code = classify(status, serverCode, refresh)
  const reasons = asObject(fields.weak_password)?.reasons
  const options = {
    status,
    serverCode,
    retryAfter,
    // What is not the definite word about the token keeps the session.
    ...(refresh && code !== 'refresh_rejected' && { retryable: true }),
  }
  return code === 'weak_password'
    ? new AuthError(code, message, {
        ...options,
        details: { reasons: Array.isArray(reasons) ? reasons.map(String) : [] },
      })
    : new AuthError(code, message, options)
}

/** Makes the function through which everything of this provider goes. */
export function createSend(options: GoTrueOptions): Send {
  const http = createHttp({
    ...options,
    headers: {
      'X-Supabase-Api-Version': '2024-01-01',
      ...(options.apiKey && { apikey: options.apiKey }),
      ...options.headers,
    },
  })
  return async (request, context) => {
    const answer = await http(request, context)
    if (isFine(answer)) return answer.body
    throw toError(answer, request.query?.grant_type === 'refresh_token')
  }
}

/** A user with its own fields renamed and what they contain untouched; `null` without an id. */
export function toUser(value: unknown, subject?: string): GoTrueUser | null {
  const user = camelCased(value)
  const id = text(user.id) ?? subject
  return id === undefined ? null : { ...user, id }
}

function lifetimeOf(body: Readonly<Record<string, unknown>>, token: string): number {
  const claims = readClaims(token)
  const seconds =
    positive(body.expires_in) ??
    positive(Number(claims?.exp) - Number(claims?.iat)) ??
    positive(Number(body.expires_at) - Number(claims?.iat))
  return seconds ? seconds * 1000 : DEFAULT_LIFETIME
}

/**
 * A session out of an answer, `null` when it holds none.
 * @throws AuthError `bad_response` when it is not what GoTrue sends.
 */
export function toGrant(body: unknown): Grant<GoTrueUser> | null {
  const fields = asObject(body)
  if (!fields) throw new AuthError('bad_response', 'The answer is no session.')
  const { access_token, refresh_token, user, ...rest } = fields
  if (access_token === undefined || access_token === null) return null
  const accessToken = text(access_token)
  if (!accessToken) throw new AuthError('bad_response', 'The answer holds no access token.')
  const claims = readClaims(accessToken)
  const { token_type: _, expires_in: __, expires_at: ___, ...extras } = rest
  return {
    accessToken,
    refreshToken: text(refresh_token),
    lifetime: lifetimeOf(fields, accessToken),
    user: toUser(user, text(claims?.sub)) ?? undefined,
    sessionId: text(claims?.session_id),
    role: text(claims?.role),
    extras,
  }
}
