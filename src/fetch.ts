import { AuthError } from './core/errors.js'
import type {
  AnswerMeaning,
  CallOptions,
  IncomingAnswer,
  OutgoingRequest,
  Provider,
} from './core/provider.js'
import { isSamePerson, type SessionRecord } from './core/record.js'
import type { Grant, Session, SessionUser } from './core/session.js'

/** What the authenticated fetch needs of a client. */
export interface TokenSource<User extends SessionUser> {
  /** The record in memory, whatever its age; `null` when nobody is signed in, as far as is known. */
  held(): SessionRecord<User> | null
  /** The record behind the working session; `null` when nobody is signed in. */
  current(options: CallOptions): Promise<SessionRecord<User> | null>
  /** The same person's record with other tokens. @throws AuthError when there is none. */
  replace(rejected: SessionRecord<User>, options: CallOptions): Promise<SessionRecord<User>>
  /** Makes what an answer brought the session's newest state. */
  update(base: SessionRecord<User>, grant: Grant<User>): void
}

/** What a provider says of requests; by default a session is a bearer, and 401 asks for a refresh. */
export type Signer<User extends SessionUser> = Pick<
  Provider<never, User>,
  'authorize' | 'boundHeaders' | 'readAnswer'
>

/** Where tokens may go, and by which fetch. */
export interface AuthFetchOptions<User extends SessionUser = SessionUser> {
  readonly provider: Signer<User>
  /** Origins that get the token, such as `https://api.example.com`. */
  readonly origins: readonly string[]
}

const bearer = ({ accessToken }: Session): Readonly<Record<string, string>> => ({
  Authorization: `Bearer ${accessToken}`,
})

/** Whether this is an origin of the web, as `URL` writes it; what is no text equals none. */
function isOrigin(text: string): boolean {
  try {
    return /^http[^*]+$/.test(text) && new URL(text).origin === text
  } catch {
    return false
  }
}

/** Whether an answer leads elsewhere. Pages do not see where to (Fetch §2.2.6). */
const isRedirect = ({ type, status, headers }: Response): boolean =>
  type === 'opaqueredirect' || (status >= 300 && status < 400 && headers.has('Location'))

/** RFC 6750 §3.1; RFC 9470 §3: no refresh brings what another sign-in has to. */
const byStatus = ({ status, headers }: IncomingAnswer): AnswerMeaning<never> => ({
  kind:
    status === 401 && !headers.get('WWW-Authenticate')?.includes('insufficient_user_authentication')
      ? 'refresh'
      : 'none',
})

/**
 * A `fetch` that attaches the access token to requests to the listed origins and to no other. On
 * 401 it refreshes the refused token once and sends the request once more, as the same person or not
 * at all.
 * @throws AuthError `invalid_argument` for origins that are none. When called: what a refresh fails with, if the token
 *   is dead and cannot be refreshed now; `superseded` when somebody else signs in before the request is sent;
 *   `step_required` when the provider knows that the answer asks for another step; and, as `fetch` does, the reason of
 *   the caller's signal.
 */
export function createAuthFetch<User extends SessionUser>(
  source: TokenSource<User>,
  { origins, provider }: AuthFetchOptions<User>,
): typeof fetch {
  // An entry that no origin equals would be a promise that nobody keeps.
  if (!Array.isArray(origins) || ![...origins].every(isOrigin)) {
    throw new AuthError(
      'invalid_argument',
      '`fetchOrigins` is a list of origins as browsers write them, such as https://api.example.',
    )
  }
  // Looked up at each call, for those who wrap it later.
  const send: typeof fetch = (input, init) => globalThis.fetch(input, init)

  /**
   * Of all headers a redirect to another origin loses `Authorization` only (Fetch §4.4), so that the
   * bound ones must not be there when one is followed.
   */
  async function sendBound(request: Request, bound: readonly string[]): Promise<Response> {
    const again = request.clone()
    const response = await send(new Request(request, { redirect: 'manual' }))
    if (!isRedirect(response)) return response
    if (!/^(GET|HEAD)$/.test(request.method)) {
      throw new AuthError(
        'rejected',
        `The server redirects a request with \`${bound[0]}\`: send it to where it ends.`,
      )
    }
    for (const name of bound) again.headers.delete(name)
    return send(again)
  }

  async function attempt(
    request: Request,
    about: OutgoingRequest,
    { session }: SessionRecord<User>,
  ): Promise<Response> {
    // The body of a request can be read once; the copy is kept for the second attempt.
    const copy = request.clone()
    const headers = await (provider.authorize?.(session, about) ?? bearer(session))
    for (const [name, value] of Object.entries(headers)) copy.headers.set(name, value)
    const bound = provider.boundHeaders?.filter((name) => copy.headers.has(name)) ?? []
    return bound.length > 0 && copy.redirect === 'follow' ? sendBound(copy, bound) : send(copy)
  }

  return async (input, init) => {
    const request = new Request(input, init)
    const { url, method, signal } = request
    // As the platform does: an app looks for the reason that it gave.
    const orAbort = (error: unknown): never => {
      signal.throwIfAborted()
      throw error
    }
    const allowed = origins.includes(new URL(url).origin)
    const begun = source.held()
    let record = allowed ? await source.current({ signal }).catch(orAbort) : null
    if (!record) return send(request)
    //   the app                      this fetch               somebody else
    //   sends a request as Ada
    //                                waits for her token
    //                                                         signs in
    //                                has Grace's token: the request is not hers
    if (begun && !isSamePerson(begun, record)) {
      throw new AuthError('superseded', 'Somebody else has signed in since the request was made.')
    }
    const left = new Set(['refresh', 'repeat'])
    for (;;) {
      const response = await attempt(request, { url, method }, record)
      const { status, headers } = response
      // What another origin says after a redirect is nothing about this session.
      if (!origins.includes(new URL(response.url, url).origin)) return response
      const answer = { url, method, status, headers, copy: () => response.clone() }
      const meaning = (await provider.readAnswer?.(answer, record.session)) ?? byStatus(answer)
      if ('grant' in meaning && meaning.grant) source.update(record, meaning.grant)
      if (meaning.kind === 'step') {
        throw new AuthError('step_required', 'The server wants another step first.', {
          status,
          details: meaning.step,
        })
      }
      // Each remedy is tried once.
      if (!left.delete(meaning.kind)) return response
      if (meaning.kind === 'refresh') {
        const next: SessionRecord<User> | null = await source
          .replace(record, { signal })
          .catch(() => null)
        signal.throwIfAborted()
        if (!next) return response
        record = next
      }
    }
  }
}
