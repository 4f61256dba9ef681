import type { AuthClient } from '../client.js'
import { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import type { Snapshot } from '../core/store.js'
import { exposed } from './exposed.js'
import type {
  BoundClient,
  ProvideAuthOptions,
  SessionState,
  SessionView,
  TokenMethods,
} from './types.js'

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

const toState = <User extends SessionUser>(
  session: SessionView<User> | null,
  error: AuthError | null,
  otherwise: 'loading' | 'signed-out' = 'signed-out',
): SessionState<User> =>
  session
    ? { status: 'signed-in', session, user: session.user, error }
    : { status: otherwise, session: null, user: null, error: null }

const bind = <Credentials, User extends SessionUser, Actions extends object>(
  client: AuthClient<Credentials, User, Actions>,
): BoundClient<Credentials, User, Actions> => ({
  client,
  signIn: client.signIn.bind(client),
  signOut: client.signOut.bind(client),
  refreshSession: client.refreshSession.bind(client),
  getSession: client.getSession.bind(client),
  getAccessToken: client.getAccessToken,
})

/**
 * What is there, if it is there.
 * @throws AuthError `invalid_argument` otherwise, with what to do.
 */
export function given<Thing>(thing: Thing | null | undefined, advice: string): Thing {
  if (thing) return thing
  // The provider of another copy is there to see, so that nobody would think of that by themselves.
  throw new AuthError(
    'invalid_argument',
    `No AuthClient here: ${advice}. Two copies of holdfast share no client.`,
  )
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
  const initial = options?.initialSession
  const rendered = toState<User>(
    initial?.user ? initial : null,
    null,
    initial === undefined ? 'loading' : undefined,
  )
  let seen: Snapshot<User> | undefined
  let state: SessionState<User> = rendered
  return {
    bound: bind(client),
    subscribe: client.subscribe,
    rendered,
    current() {
      const snapshot = client.getSnapshot()
      if (snapshot !== seen && snapshot.status !== 'loading') {
        seen = snapshot
        state = toState(snapshot.session, snapshot.error)
      }
      return state
    },
    token: {
      refresh: async () => exposed((await client.refreshSession()).session.accessToken),
      getAccessToken: async (options) => exposed(await client.getAccessToken(options)),
    },
  }
}
