import type { AuthClient } from '../client.js'
import { invalid } from '../core/check-options.js'
import type { SessionUser } from '../core/session.js'
import { exposed } from './exposed.js'
import type { BoundClient, ProvideAuthOptions, SessionState, TokenMethods } from './types.js'

/** Any client, whatever it signs in with. */
export type AnyClient = AuthClient<never, SessionUser, object>

/** What the parts of a page read from: a client, and what the server rendered for it. */
export interface Source<Credentials, User extends SessionUser, Actions extends object> {
  readonly bound: BoundClient<Credentials, User, Actions>
  readonly subscribe: AuthClient['subscribe']
  /** The state that the server rendered. */
  readonly rendered: SessionState<User>
  /** The state now: the same object until something changes. */
  readonly current: () => SessionState<User>
  /** They never give the name of a token in place of one. */
  readonly token: TokenMethods
}

/**
 * What is there, if it is there.
 * @throws AuthError `invalid_argument` otherwise, with what to do.
 */
export function given<Thing>(thing: Thing | null | undefined, advice: string): Thing {
  if (thing) return thing
  // The provider of another copy is there to see, so that nobody would think of that by themselves.
  throw invalid(`No AuthClient in this copy of holdfast: ${advice}.`)
}

/**
 * Makes the source of what a page was given.
 * @throws AuthError `invalid_argument` when there is no client.
 */
export function createSource<Credentials, User extends SessionUser, Actions extends object>(
  client: AuthClient<Credentials, User, Actions>,
  options: ProvideAuthOptions<User> | undefined,
  advice: string,
): Source<Credentials, User, Actions> {
  // Stores and observables have a `subscribe` too.
  given(client?.getSnapshot, advice)
  const session = options?.initialSession
  const rendered: SessionState<User> = session?.user
    ? { status: 'signed-in', session, user: session.user, error: null }
    : {
        status: session === undefined ? 'loading' : 'signed-out',
        session: null,
        user: null,
        error: null,
      }
  let unsure = rendered
  return {
    // The functions of a client are bound; what it has besides those in the type is no promise.
    bound: { ...client, client },
    subscribe: client.subscribe,
    rendered,
    current() {
      const now = client.getSnapshot()
      if (now.status === 'loading') return rendered
      if (rendered.status !== 'signed-in' || now.status !== 'signed-out' || !now.unknown) return now
      // In an outage nobody can say that whom the server rendered is signed out.
      if (unsure.error !== now.error) unsure = { ...rendered, error: now.error }
      return unsure
    },
    token: {
      refresh: () => client.refreshSession().then(({ session }) => exposed(session.accessToken)),
      getAccessToken: (options) => client.getAccessToken(options).then(exposed),
    },
  }
}
