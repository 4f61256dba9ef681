import { AuthError, isAuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import { createHttp } from '../../providers/shared/http.js'
import { asObject } from '../../providers/shared/json.js'
import { checkPositive, fingerprint } from '../coordination/coordinator.js'
import { createExpiring } from '../coordination/expiring.js'
import { checkMethods } from '../shared/arguments.js'
import { basicAuthorization } from '../shared/basic.js'
import { type TransientReason, transientReasonOf } from '../shared/failure-words.js'
import { isLately } from '../shared/lately.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'

/** How long answers about access tokens count, and how long they may take. */
export interface IntrospectionLimits {
  /**
   * How long an answer counts, in ms: so long a token that was revoked elsewhere may yet be taken.
   * @default 30_000
   */
  readonly cacheFor?: number | undefined
  /** Milliseconds for one request. @default 10_000 */
  readonly requestTimeout?: number | undefined
}

/** Asks an auth server about an access token by a function, such as `introspect` of `createOidc`. */
export interface IntrospectionCall extends IntrospectionLimits {
  /** @throws AuthError where the server cannot be asked. */
  introspect(token: string, context: RequestContext): Promise<{ readonly active: boolean }>
}

/** How to ask an auth server whether an access token lives (RFC 7662). */
export interface Introspection extends IntrospectionLimits {
  /** The server's `introspection_endpoint`. */
  readonly introspectionUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** How this client says who it is (RFC 6749 §2.3.1). @default 'client_secret_basic' */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post' | undefined
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
  /** Allows plain `http:` to hosts other than this device: the secret can then be read on the way. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** What an auth server knows of an access token. */
export type Introspected =
  | { readonly type: 'active' }
  | { readonly type: 'inactive' }
  | { readonly type: 'unknown'; readonly reason: TransientReason }

/** The one that asks. */
export interface Introspector {
  /** Whether a token is active; `until` when it is over anyway, in ms since the epoch. Never rejects. */
  ask(token: string, until: number): Promise<Introspected>
  /**
   * Says that the server gave this token `at` ms since the epoch: it need not be asked about at once.
   * What the server has said of it since counts more.
   */
  trust(token: string, at: number): Promise<void>
}

/** How long an answer counts, in ms. */
const CACHED = 30_000
/** Between two requests while the server fails, in ms, unless it asks for more (`Retry-After`). */
const RETRY = 2_000
const UNREADABLE = 'The answer is no introspection.'
/** The most answers that are kept. */
const LIMIT = 10_000

function checkText(name: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new AuthError('invalid_argument', `Pass the \`${name}\` of the introspection, as a text.`)
}

/** Headers and fields by which the client says who it is. */
function credentials(options: Introspection) {
  const clientId = checkText('clientId', options.clientId)
  const clientSecret = checkText('clientSecret', options.clientSecret)
  const { clientAuthentication = 'client_secret_basic' } = options
  if (clientAuthentication === 'client_secret_post') {
    return { headers: {}, fields: { client_id: clientId, client_secret: clientSecret } }
  }
  if (clientAuthentication !== 'client_secret_basic') {
    throw new AuthError(
      'invalid_argument',
      '`clientAuthentication` is `client_secret_basic` or `client_secret_post`.',
    )
  }
  return { headers: { Authorization: basicAuthorization(clientId, clientSecret) }, fields: {} }
}

/** Makes the request that asks. @throws AuthError `invalid_argument` for what cannot work. */
function createCall(options: Introspection | IntrospectionCall): IntrospectionCall['introspect'] {
  if ('introspect' in options) {
    checkMethods(options, ['introspect'], '`introspect` is a function that asks about a token.')
    return options.introspect
  }
  const { introspectionUrl: url, fetch, dangerouslyAllowInsecureHttp } = options
  const { headers, fields } = credentials(options)
  const http = createHttp({ url, fetch, dangerouslyAllowInsecureHttp, headers })
  return async (token, context) => {
    const form = { token, token_type_hint: 'access_token', ...fields }
    const { status, body, retryAfter } = await http({ path: '', form }, context)
    const { active } = asObject(body) ?? {}
    if (status === 200 && typeof active === 'boolean') return { active }
    throw new AuthError('server_error', UNREADABLE, { status, retryAfter })
  }
}

/**
 * Makes the one that asks. Whose token it is, it does not ask: servers may name people otherwise there
 * (pairwise subjects), and the seal says it. Requests for one token are shared, and their answers kept.
 * @throws AuthError `invalid_argument` for an address or credentials that cannot work.
 */
export function createIntrospection(
  options: Introspection | IntrospectionCall,
  now: () => number,
): Introspector {
  const call = createCall(options)
  const timeout = checkPositive('requestTimeout', options.requestTimeout ?? TIME_LIMIT)
  const cacheFor = checkPositive('cacheFor', options.cacheFor ?? CACHED)
  const known = createExpiring<Introspected>({ limit: LIMIT, now })
  const running = new Map<string, Promise<Introspected>>()
  let failure:
    | { readonly found: Introspected; readonly at: number; readonly rest: number }
    | undefined

  async function send(token: string): Promise<Introspected> {
    const { active } = await withinTime(timeout, (signal) => call(token, { signal }))
    // A function of the app's may hand on whatever a server said: `'false'`, or an error without the word.
    if (typeof active !== 'boolean') throw new AuthError('bad_response', UNREADABLE)
    // Its `exp` is by another clock than this, and says no more than that.
    return { type: active ? 'active' : 'inactive' }
  }

  async function look(token: string, name: string, until: number): Promise<Introspected> {
    try {
      const found = await send(token)
      failure = undefined
      known.set(name, found, Math.min(until, now() + cacheFor))
      return found
    } catch (error) {
      const found = {
        type: 'unknown',
        reason: isAuthError(error) ? transientReasonOf(error.code) : 'server_error',
      } as const
      const { retryAfter = RETRY } = isAuthError(error) ? error : {}
      failure = { found, at: now(), rest: Math.max(RETRY, retryAfter) }
      return found
    } finally {
      running.delete(name)
    }
  }

  return {
    async ask(token, until) {
      const name = await fingerprint(token)
      const kept = known.get(name)
      if (kept) return kept
      const current = running.get(name)
      if (current) return current
      if (failure && isLately(failure.at, failure.rest, now())) return failure.found
      const asked = look(token, name, until)
      running.set(name, asked)
      return asked
    },
    async trust(token, at) {
      const name = await fingerprint(token)
      if (known.get(name) || !isLately(at, cacheFor, now())) return
      known.set(name, { type: 'active' }, at + cacheFor)
    },
  }
}
