import { stripBlanks } from '../../cookies/blanks.js'
import { type AnswerHeaders, answerOf, listIn } from '../../requests/answer-headers.js'
import { checkOrigin } from '../../requests/origin-guard.js'
import { checkObject } from '../../shared/arguments.js'
import { GeneralError } from '../errors.js'

/** The names of headers that front ends on another origin need, as the package `cors` calls them. */
export interface SuperTokensCorsHeaders {
  /** What their requests carry: for `Access-Control-Allow-Headers`. */
  readonly allowedHeaders: readonly string[]
  /** What they read of answers: for `Access-Control-Expose-Headers`. */
  readonly exposedHeaders: readonly string[]
}

/** What the SDKs of SuperTokens send and read, of all their releases (FDI 1.16 to 4.2). */
export const corsHeaders = (): SuperTokensCorsHeaders => ({
  allowedHeaders: [
    'rid',
    'fdi-version',
    'anti-csrf',
    'st-auth-mode',
    'authorization',
    'content-type',
    'supertokens-sdk-name',
    'supertokens-sdk-version',
  ],
  exposedHeaders: [
    'front-token',
    'anti-csrf',
    'id-refresh-token',
    'st-access-token',
    'st-refresh-token',
  ],
})

/** Options of `createSuperTokensCors`. */
export interface SuperTokensCorsOptions {
  /** The origins whose pages may ask with cookies, such as `https://www.example.com`. */
  readonly allowedOrigins: readonly string[]
  /** Further headers of the app's own that requests may carry. @default none */
  readonly allowedHeaders?: readonly string[] | undefined
  /** Further headers of the app's own that pages may read. @default none */
  readonly exposedHeaders?: readonly string[] | undefined
  /** @default GET, HEAD, PUT, PATCH, POST and DELETE */
  readonly methods?: readonly string[] | undefined
  /** How long a browser need not ask again whether it may ask, in ms. @default 600_000 */
  readonly maxAge?: number | undefined
}

/** A request, as far as CORS goes. */
export type CorsRequest = Pick<Request, 'method'> & { readonly headers: Pick<Headers, 'get'> }

/**
 * CORS for front ends of SuperTokens on other origins. Each origin is allowed by its name and never by
 * `*`, which browsers take for nobody where cookies are sent (Fetch §3.2.5).
 */
export interface SuperTokensCors {
  /**
   * The answer to a browser that asks whether it may ask: 204, or 403 for an origin that is not on the
   * list; `null` for every other request.
   */
  preflight(request: CorsRequest): Response | null
  /** Lets a page of an allowed origin read an answer. It also says that the answer varies by that. */
  apply(request: CorsRequest, answer: AnswerHeaders | Headers): void
  /** Puts both around what answers requests. */
  wrap<Rest extends readonly unknown[]>(
    handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
}

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE']
/** As long as Chromium remembers at most is 2 hours; a list that is made shorter should soon hold. */
const MAX_AGE = 600_000

/** A name of a header or of a method (RFC 9110 §5.6.2). `*` would stand for all, or for itself. */
const TOKEN = /^(?!\*$)[\w!#$%&'*+.^`|~-]+$/

function reject(message: string): never {
  throw new GeneralError(message, { code: 'invalid_argument' })
}

function checkTokens(what: string, names: readonly string[]): readonly string[] {
  const known = Array.isArray(names) && names.every((name) => TOKEN.test(String(name)))
  return known ? names : reject(`\`${what}\` is a list of names, and \`*\` is none.`)
}

function checkOrigins(origins: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(origins)) reject('`allowedOrigins` is a list of origins.')
  return new Set(origins.map((origin) => checkOrigin(String(origin))))
}

/** Says that another origin would have got another answer. What varies by all varies by it. */
function varyByOrigin(answer: AnswerHeaders): void {
  const names = (answer.get('Vary') ?? '').split(',').map(stripBlanks)
  if (!names.includes('*')) listIn(answer, 'Vary', ['Origin'])
}

/** The same answer, with headers that can be changed: those of `fetch` and of redirects cannot. */
const writable = (response: Response): Response =>
  new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  })

/**
 * Makes CORS for an API whose pages are on other origins.
 * @example
 * ```ts
 * import { createSuperTokensCors } from 'holdfast/server/supertokens'
 *
 * const cors = createSuperTokensCors({ allowedOrigins: ['https://www.example'] })
 * export default { fetch: cors.wrap(async () => Response.json({})) }
 * ```
 * @throws AuthError `invalid_argument` for what is no origin, `*` and `null` among them.
 */
export function createSuperTokensCors(options: SuperTokensCorsOptions): SuperTokensCors {
  checkObject('options', options)
  const {
    allowedOrigins,
    allowedHeaders = [],
    exposedHeaders = [],
    methods = METHODS,
    maxAge = MAX_AGE,
  } = options
  const origins = checkOrigins(allowedOrigins)
  const own = corsHeaders()
  const allowed = [...own.allowedHeaders, ...checkTokens('allowedHeaders', allowedHeaders)]
  const exposed = [...own.exposedHeaders, ...checkTokens('exposedHeaders', exposedHeaders)]
  const answersTo = checkTokens('methods', methods).join(', ')
  if (!(maxAge >= 0)) reject('`maxAge` is a number of milliseconds.')
  const seconds = Math.min(Math.floor(maxAge / 1000), Number.MAX_SAFE_INTEGER)

  /** Whether the answer may be read, which it then says. */
  function allow({ headers }: CorsRequest, answer: AnswerHeaders): boolean {
    varyByOrigin(answer)
    const origin = headers.get('Origin')
    if (origin === null || !origins.has(origin)) return false
    answer.set('Access-Control-Allow-Origin', origin)
    answer.set('Access-Control-Allow-Credentials', 'true')
    return true
  }

  function preflight(request: CorsRequest): Response | null {
    const { method, headers } = request
    const asks = headers.get('Origin') !== null && headers.get('Access-Control-Request-Method')
    if (method.toUpperCase() !== 'OPTIONS' || !asks) return null
    const told = new Headers()
    if (!allow(request, answerOf(told))) return new Response(null, { status: 403, headers: told })
    told.set('Access-Control-Allow-Methods', answersTo)
    told.set('Access-Control-Allow-Headers', allowed.join(', '))
    told.set('Access-Control-Max-Age', String(seconds))
    return new Response(null, { status: 204, headers: told })
  }

  function apply(request: CorsRequest, headers: AnswerHeaders | Headers): void {
    const answer = answerOf(headers)
    if (allow(request, answer)) listIn(answer, 'Access-Control-Expose-Headers', exposed)
  }

  return {
    preflight,
    apply,
    wrap:
      (handler) =>
      async (request, ...rest) => {
        const asked = preflight(request)
        if (asked) return asked
        const response = writable(await handler(request, ...rest))
        apply(request, response.headers)
        return response
      },
  }
}
