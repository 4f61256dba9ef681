import { AuthError, isAuthError } from '../../core/errors.js'
import { parseJson } from '../../core/json.js'
import type { Awaitable } from '../../core/ports.js'
import { asObject, text } from '../../providers/shared/json.js'
import type { SealedSessions } from '../sealed/sealed-sessions.js'
import { checkMethods, checkObject, checkText } from '../shared/arguments.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'
import type { KeySetLocation } from '../verification/key-set.js'
import {
  createServerCall,
  invalidRequest,
  type ServerAnswer,
  type ServerCall,
} from './server-call.js'
import { createStatementCheck } from './statements.js'

/** Whom a request is about, in the formats of RFC 9493 §3.2. */
export type RevokedSubject =
  | { readonly format: 'email'; readonly email: string }
  | { readonly format: 'iss_sub'; readonly iss: string; readonly sub: string }
  | { readonly format: 'opaque'; readonly id: string }

/** Options of {@link createGlobalRevocation}. */
export interface GlobalRevocationOptions {
  /** Those that it ends: sealed sessions, or those of requests. */
  readonly sessions: Pick<SealedSessions, 'endSessions'>
  /** Who may end them, as it calls itself in its tokens, such as `https://org.okta.example`. */
  readonly issuer: string
  /** The keys of its tokens. */
  readonly keys: KeySetLocation
  /**
   * Whom its tokens are meant for: the address of this route, as it is registered there. It is not taken from
   * requests, or a token for another app would do here.
   */
  readonly audience: string
  /**
   * The ids of the users whom a subject means, as their sessions call them; none where nobody is meant. It has ten
   * seconds. @default the `sub` of the issuer’s own, and an opaque id, are ids of users; nobody is known by an address
   */
  readonly findUsers?: ((subject: RevokedSubject) => Awaitable<readonly string[]>) | undefined
  /** Hears of what keeps sessions from being ended, such as a store that fails. @default nobody does */
  readonly report?: ((error: unknown) => void) | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** RFC 6750 §2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i

const NO_LIST = '`findUsers` must resolve to a list of ids.'

const UNSUPPORTED: ServerAnswer = {
  status: 422,
  error: 'invalid_request',
  description: 'Nobody is known by a `sub_id` of this format here.',
}

const unproven = (description: string): ServerAnswer => ({
  status: 401,
  error: 'invalid_token',
  description,
  headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
})

function parse(body: string): unknown {
  try {
    return parseJson(body)
  } catch {
    return null
  }
}

/** The subject in a body; `null` for what is none. */
function subjectIn(body: string): RevokedSubject | null {
  const { format, ...fields } = asObject(asObject(parse(body))?.sub_id) ?? {}
  const [email, iss, sub, id] = [fields.email, fields.iss, fields.sub, fields.id].map(text)
  if (format === 'email' && email) return { format, email }
  if (format === 'iss_sub' && iss && sub) return { format, iss, sub }
  return format === 'opaque' && id ? { format, id } : null
}

/** Whom a subject means where the app does not say; `null` where nobody can tell. */
function usersOf(subject: RevokedSubject, issuer: string): readonly string[] | null {
  if (subject.format === 'opaque') return [subject.id]
  // Whoever speaks for one issuer does not for the people of another.
  return subject.format === 'iss_sub' && subject.iss === issuer ? [subject.sub] : null
}

/**
 * Makes what answers requests to end all sessions of a person (Global Token Revocation, a draft that Okta's Universal
 * Logout speaks: draft-parecki-oauth-global-token-revocation). Each proves itself by a token of the issuer.
 * A backend has it at `/global-token-revocation`, with its option `globalRevocation`.
 * @example
 * ```ts
 * import { createGlobalRevocation } from 'holdfast/server'
 *
 * const answerRevocation = createGlobalRevocation({
 *   sessions,
 *   issuer: 'https://org.okta.example',
 *   keys: { jwksUrl: 'https://org.okta.example/oauth2/v1/keys' },
 *   audience: 'https://app.example/global-token-revocation', // where this answers
 * })
 * const response = await answerRevocation(request)
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function createGlobalRevocation(options: GlobalRevocationOptions): ServerCall {
  checkObject('options', options)
  const { sessions, issuer, keys, audience, report, now = () => Date.now() } = options
  checkMethods(sessions, ['endSessions'], '`sessions` must be sessions that can be ended.')
  checkText('issuer', issuer)
  checkText('audience', audience)
  checkObject('keys', keys)
  const type = 'global-token-revocation+jwt'
  const check = createStatementCheck({ issuer, audience, keys, type, now })
  const { findUsers = (subject) => usersOf(subject, issuer) } = options

  /** Ends the sessions of the person, once for each token. */
  async function end(body: string, token: string): Promise<ServerAnswer> {
    const { id, life } = await check(token)
    const subject = subjectIn(body)
    if (!subject) return invalidRequest('Send a `sub_id` of the format email, iss_sub or opaque.')
    // A database that never answers must not keep a place in the crowd for ever.
    const users = await withinTime(TIME_LIMIT, async () => findUsers(subject))
    if (users === null) return UNSUPPORTED
    if (!Array.isArray(users)) throw new AuthError('invalid_argument', NO_LIST)
    if (users.length === 0) return { status: 404, error: 'not_found', description: 'No such user.' }
    // Not for each person: whoever has read a token could have it end the sessions of all others.
    const once = { key: `revoke ${id}`, within: life }
    const isNew = await sessions.endSessions(
      users.map((userId) => ({ userId })),
      { once },
    )
    return isNew ? { status: 204 } : unproven('This token was used already.')
  }

  return createServerCall({
    mediaType: 'application/json',
    report,
    failure: 500,
    async answer(body, request) {
      const token = BEARER.exec(request.headers.get('Authorization') ?? '')?.[1]
      if (!token)
        return { ...unproven('Send a bearer token.'), headers: { 'WWW-Authenticate': 'Bearer' } }
      return end(body, token).catch((error: unknown) => {
        if (isAuthError(error, 'rejected')) return unproven(error.message)
        throw error
      })
    },
  })
}
