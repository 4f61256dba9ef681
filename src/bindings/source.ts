import type { AuthClient } from '../client.js'
import { AuthError } from '../core/errors.js'
import type { SessionUser } from '../core/session.js'
import type { Snapshot } from '../core/store.js'
import { exposed } from './exposed.js'
import type {
  BoundClient,
  Nobody,
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

/** @throws AuthError `invalid_argument` where no client was given. */
export function checkClient(client: AnyClient): void {
  if (!client?.subscribe) {
    throw new AuthError('invalid_argument', 'The client that was given is not an AuthClient.')
  }
}

/**
 * Makes the source of what a page was given.
 * @throws AuthError `invalid_argument` when there is no client.
 */
export function createSource<Credentials, User extends SessionUser, Actions extends object>(
  client: AuthClient<Credentials, User, Actions>,
  options?: ProvideAuthOptions<User>,
): Source<Credentials, User, Actions> {
  checkClient(client)
  const initial = options?.initialSession
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
    token: {
      refresh: async () => exposed((await client.refreshSession()).session.accessToken),
      getAccessToken: async (options) => exposed(await client.getAccessToken(options)),
    },
  }
}

/**
 * What was given to the parts of a page that ask for it.
 * @throws AuthError `invalid_argument` when nothing was, with what to do.
 */
export function given<Provided>(provided: Provided | null | undefined, advice: string): Provided {
  if (provided) return provided
  // The other copy's provider is there to see, so that nobody would think of this by themselves.
  throw new AuthError(
    'invalid_argument',
    `There is no AuthClient here: ${advice}, from the same copy of this package.`,
  )
}
