import type { AuthClient } from '../client.js'
import { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import type { Snapshot } from '../core/store.js'
import { exposed } from './exposed.js'
import type { AuthProviderProps, BoundClient, Nobody, SessionState, SessionView } from './types.js'

/** What hooks read from: a client, and what the server rendered for it. */
export interface Source<Credentials, User extends SessionUser, Actions extends object> {
  readonly bound: BoundClient<Credentials, User, Actions>
  readonly subscribe: AuthClient['subscribe']
  /** The state that the server rendered. */
  readonly rendered: SessionState<User>
  /** The state now: the same object until something changes. */
  readonly current: () => SessionState<User>
  /** The access token of a new session. */
  readonly refresh: () => Promise<string>
  /** The client's, but never the name of a token. */
  readonly getAccessToken: AuthClient['getAccessToken']
}

const nobody = <Status extends 'loading' | 'signed-out'>(status: Status): Nobody<Status> => ({
  status,
  session: null,
  user: null,
  error: null,
})

const toState = <User extends SessionUser>(
  session: SessionView<User> | null,
  error: AuthError | null,
): SessionState<User> =>
  session ? { status: 'signed-in', session, user: session.user, error } : nobody('signed-out')

function bind<Credentials, User extends SessionUser, Actions extends object>(
  client: AuthClient<Credentials, User, Actions>,
): BoundClient<Credentials, User, Actions> {
  return {
    client,
    signIn: (credentials, options) => client.signIn(credentials, options),
    signOut: (options) => client.signOut(options),
    refreshSession: (token, options) => client.refreshSession(token, options),
    getSession: (options) => client.getSession(options),
    getAccessToken: client.getAccessToken,
  }
}

/**
 * Makes the source of what an `AuthProvider` was given.
 * @throws AuthError `invalid_argument` when there is no client.
 */
export function createSource<Credentials, User extends SessionUser, Actions extends object>({
  client,
  initialSession: initial,
}: AuthProviderProps<Credentials, User, Actions>): Source<Credentials, User, Actions> {
  if (!client?.subscribe) {
    throw new AuthError('invalid_argument', 'Give <AuthProvider client={auth}> an AuthClient.')
  }
  const rendered =
    initial === undefined ? nobody('loading') : toState<User>(initial?.user ? initial : null, null)
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
    refresh: async () => exposed((await client.refreshSession()).session.accessToken),
    getAccessToken: async (options) => exposed(await client.getAccessToken(options)),
  }
}
