import { isAuthError } from '../../core/errors.js'
import { IDLE, readAll } from '../backend/idle-limit.js'
import { forbidStorage } from '../requests/caching.js'
import { createCrowd } from '../shared/crowd.js'
import { tell } from '../shared/security-events.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'

/** What an auth server is answered. */
export interface ServerAnswer {
  readonly status: number
  /** The word of OAuth 2 for what went wrong (RFC 6749 §5.2), and what that is, for people. */
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** How requests of auth servers are answered. */
export interface ServerCallOptions {
  /** What their bodies are, such as `application/json`. */
  readonly mediaType: string
  /** Hears of what nobody else hears of. What it throws is dropped. */
  readonly report?: ((error: unknown) => void) | undefined
  /** The status of what fails here, such as a store that does not answer. */
  readonly failure: number
  /** Answers a request. @throws AuthError, and whatever else */
  answer(body: string, request: Request): Promise<ServerAnswer>
}

/** A function that answers one kind of request, in any framework. It never rejects. */
export type ServerCall = (request: Request) => Promise<Response>

/** Larger than any body of a server, whose tokens have some 1 kB, in bytes. */
const LARGEST = 16_384

const CROWDED: ServerAnswer = {
  status: 503,
  error: 'temporarily_unavailable',
  description: 'Too many requests at once: try again.',
  headers: { 'Retry-After': '1' },
}

/** An answer that nobody keeps. */
function toResponse({ status, error, description, headers }: ServerAnswer): Response {
  const body = error === undefined ? null : { error, error_description: description }
  const response = new Response(body && JSON.stringify(body), {
    status,
    headers: {
      'X-Content-Type-Options': 'nosniff',
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
  })
  forbidStorage(response.headers)
  return response
}

/** The media type of a body, without its parameters. */
const typeOf = ({ headers }: Request): string =>
  (headers.get('Content-Type') ?? '').split(';', 1).join('').trim().toLowerCase()

/** A refusal as OAuth 2 words it. */
export const invalidRequest = (description: string): ServerAnswer => ({
  status: 400,
  error: 'invalid_request',
  description,
})

/** The body as text; what is wrong with it where it cannot be had. */
async function readBody(
  request: Request,
  report: ServerCallOptions['report'],
): Promise<string | ServerAnswer> {
  try {
    const body = await withinTime(TIME_LIMIT, () => readAll(request.body, LARGEST, IDLE))
    if (typeof body !== 'string') return new TextDecoder().decode(body)
    return { ...invalidRequest('The body is too large, or too slow.'), status: 413 }
  } catch (error) {
    // Such as a body parser that has taken it: the sender is not to blame.
    if (isAuthError(error, 'invalid_argument')) tell(report, error)
    return invalidRequest('The body cannot be read.')
  }
}

/**
 * Makes what answers requests of auth servers. They come from no page, so that no origin is looked at: each proves
 * itself by what is in it. Bodies and crowds have bounds.
 */
export function createServerCall(options: ServerCallOptions): ServerCall {
  const { mediaType, failure, report } = options
  const within = createCrowd()

  async function answer(request: Request): Promise<ServerAnswer> {
    if (request.method !== 'POST') {
      return { ...invalidRequest('Use POST.'), status: 405, headers: { Allow: 'POST' } }
    }
    if (typeOf(request) !== mediaType) return invalidRequest(`The body must be ${mediaType}.`)
    const body = await readBody(request, report)
    if (typeof body !== 'string') return body
    // Not counted before: whoever sends a body slowly, and never to its end, would keep the others out.
    return within(
      () => options.answer(body, request),
      () => CROWDED,
    )
  }

  function fail(error: unknown): ServerAnswer {
    if (isAuthError(error, 'rejected')) return invalidRequest(error.message)
    tell(report, error)
    return {
      status: failure,
      error: 'server_error',
      description: 'The sessions could not be ended everywhere: try again.',
    }
  }

  return async (request) => toResponse(await answer(request).catch(fail))
}
