import { AuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import type { AuthenticationMethod, Grant } from '../../core/session.js'
import { createHttp, type HttpRequest } from '../shared/http.js'
import { asObject, camelCased, text } from '../shared/json.js'
import { readClaims } from '../shared/jwt.js'
import { isFine } from '../shared/passing.js'
import { toError } from './errors.js'
import type { AnyMetadata, GoTrueOptions, GoTrueUser } from './types.js'

/** Sends a request and gives back the body of a success. */
export type Send = (request: HttpRequest, context: RequestContext) => Promise<unknown>

/** GOTRUE_JWT_EXP as GoTrue sets it by default, in ms. */
export const DEFAULT_LIFETIME = 3_600_000

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
    throw toError(answer, request, options.terminal)
  }
}

/** Without what factors carry for the server only: 1.7 kB each, the caller's address among it. */
function lightened(user: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { factors } = user
  if (!Array.isArray(factors)) return user
  return {
    ...user,
    factors: factors.map((factor: unknown) => {
      const { last_webauthn_challenge_data: _, ...rest } = asObject(factor) ?? {}
      return rest
    }),
  }
}

/** @throws AuthError `bad_response`, always: the answer is not what GoTrue sends. */
export function holdsNo(what: string): never {
  throw new AuthError('bad_response', `The answer holds no ${what}.`)
}

/** A user with its own fields renamed and what they contain untouched; `null` without an id. */
export function toUser<M extends object>(value: unknown, subject?: string): GoTrueUser<M> | null {
  const user = lightened(camelCased(value))
  const id = text(user.id) ?? subject
  return id === undefined ? null : { ...user, id }
}

/** A number, also in digits; nothing for anything else, `null` among it. */
const numeric = (value: unknown): number | undefined =>
  value === '' || !['number', 'string'].includes(typeof value) || Number.isNaN(Number(value))
    ? undefined
    : Number(value)

/** A life in seconds that some server may mean: up to ten years. */
const life = (seconds: number): readonly number[] =>
  seconds > 0 && seconds <= 315_360_000 ? [seconds] : []

/**
 * How long the access token lives, in ms. The server and the token both say so, and a hook can sign
 * a token that dies earlier than the server thinks: the shorter life counts.
 */
function lifetimeOf(body: Readonly<Record<string, unknown>>, token: string): number {
  const claims = readClaims(token)
  const [given, end] = [numeric(body.expires_in), numeric(body.expires_at)]
  // The difference of the two is the server's clock (facts of the token answer).
  const start = numeric(claims?.iat) ?? Number(end) - Number(given)
  const lives = [
    ...life(Number(given)),
    ...life(Number(numeric(claims?.exp)) - start),
    ...life(Number(end) - start),
  ]
  return lives.length > 0 ? Math.min(...lives) * 1000 : DEFAULT_LIFETIME
}

/** The methods of an `amr` claim: objects with a time, or bare names from a token hook (RFC 8176). */
function methodsOf(amr: unknown): readonly AuthenticationMethod[] | undefined {
  if (!Array.isArray(amr)) return undefined
  return amr.flatMap((entry: unknown) => {
    const fields = asObject(entry)
    const method = text(fields ? fields.method : entry)
    const seconds = numeric(fields?.timestamp)
    return method ? [{ method, ...(seconds && { at: seconds * 1000 }) }] : []
  })
}

/**
 * A session out of an answer, `null` when it holds none.
 * @throws AuthError `bad_response` when it is not what GoTrue sends.
 */
export function toGrant<M extends object = AnyMetadata>(
  body: unknown,
): Grant<GoTrueUser<M>> | null {
  const fields = asObject(body)
  if (!fields) return holdsNo('session')
  const { access_token, refresh_token, user, ...rest } = fields
  if (access_token === undefined || access_token === null) return null
  const accessToken = text(access_token)
  if (!accessToken) return holdsNo('access token')
  const claims = readClaims(accessToken)
  const {
    token_type: _,
    expires_in: __,
    expires_at: ___,
    weak_password,
    id_token,
    ...extras
  } = rest
  // What is said of one answer; `provider_token` and its kin are said once, for the whole session.
  const once = {
    ...(weak_password !== undefined && { weak_password }),
    ...(id_token !== undefined && { id_token }),
  }
  return {
    accessToken,
    refreshToken: text(refresh_token),
    lifetime: lifetimeOf(fields, accessToken),
    user: toUser<M>(user, text(claims?.sub)) ?? undefined,
    sessionId: text(claims?.session_id),
    role: text(claims?.role),
    aal: text(claims?.aal),
    amr: methodsOf(claims?.amr),
    extras,
    ...(Object.keys(once).length > 0 && { once }),
  }
}

/** The session that must be in an answer. @throws AuthError `bad_response` */
export const needGrant = <M extends object>(body: unknown): Grant<GoTrueUser<M>> =>
  toGrant<M>(body) ?? holdsNo('session')
