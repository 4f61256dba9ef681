import type { Session, SessionUser } from './core/session.js'

/** What the authenticated fetch needs of a client. */
export interface TokenSource<User extends SessionUser> {
  getSession(): Promise<Session<User> | null>
  /** A session whose access token is not `rejected`. */
  replace(rejected: string): Promise<Session<User>>
  /** The headers by which a request carries the session; by default the access token as bearer. */
  headersFor?(session: Session<User>): Readonly<Record<string, string>> | undefined
}

const bearer = ({ accessToken }: Session): Readonly<Record<string, string>> => ({
  Authorization: `Bearer ${accessToken}`,
})

/** Where tokens may go, and by which fetch. */
export interface AuthFetchOptions {
  /** Origins that get the token, such as `https://api.example.com`. */
  readonly origins: readonly string[]
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
}

/**
 * A `fetch` that attaches the access token to requests to the listed origins and to no other. On
 * 401 it refreshes the refused token once and sends the request once more.
 * @throws AuthError when the token is dead and cannot be refreshed now.
 */
export function createAuthFetch<User extends SessionUser>(
  source: TokenSource<User>,
  options: AuthFetchOptions,
): typeof fetch {
  const send: typeof fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init)
  return async (input, init) => {
    const request = new Request(input, init)
    const allowed = options.origins.includes(new URL(request.url).origin)
    const session = allowed ? await source.getSession() : null
    if (!session) return send(request)
    const attempt = (carried: Session<User>): Promise<Response> => {
      // The body of a request can be read once; the copy is kept for the second attempt.
      const copy = request.clone()
      const headers = source.headersFor?.(carried) ?? bearer(carried)
      for (const [name, value] of Object.entries(headers)) copy.headers.set(name, value)
      return send(copy)
    }
    const response = await attempt(session)
    if (response.status !== 401) return response
    const next = await source.replace(session.accessToken).catch(() => null)
    return next ? attempt(next) : response
  }
}
