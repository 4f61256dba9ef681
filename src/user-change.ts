import type { AuthClient } from './client.js'
import { checkListener, invalid } from './core/check-options.js'
import type { SignOutReason } from './core/events.js'
import type { Session, SessionUser } from './core/session.js'

/** What `onUserChange` takes: any AuthClient. */
export type UserChangeClient<User extends SessionUser = SessionUser> = Pick<
  AuthClient<never, User, object>,
  'getSnapshot' | 'onAuthStateChange' | 'subscribe'
>

/**
 * Receives the session of whoever is signed in now, or `null`; and why the session before it ended, where
 * this page was there to hear it. What it returns is not waited for; what it throws is reported.
 */
export type UserChangeListener<User extends SessionUser = SessionUser> = (
  session: Session<User> | null,
  reason?: SignOutReason,
) => unknown

/**
 * For a page that a server rendered: tells as soon as it is known that another person than `userId`, or nobody, is
 * signed in, and of each change of the person after that. It does not matter whether that happened while the page was
 * open, on its way, or in the back/forward cache. `userId` is the id of the person whom the page was rendered for;
 * `null` stands for nobody. While nobody can say who is signed in, as in an outage, nothing is told; the client finds
 * it out by itself. Call it in browsers only.
 * @example
 * ```ts
 * import { AuthClient, onUserChange } from 'holdfast'
 * import { backend } from 'holdfast/providers/backend'
 *
 * const auth = new AuthClient({ provider: backend() })
 * const userId = document.body.dataset.user ?? null // <body data-user="…">, as the server wrote it
 * const stop = onUserChange(auth, userId, () => location.assign('/'))
 * ```
 * @returns what stops it.
 * @throws AuthError `invalid_argument` for a `userId` that is neither a text nor `null`, and without a listener.
 */
export function onUserChange<User extends SessionUser>(
  auth: UserChangeClient<User>,
  userId: string | null,
  listener: UserChangeListener<User>,
): () => void {
  if (userId !== null && typeof userId !== 'string') throw invalid('`userId` is a text, or null.')
  checkListener(listener)
  let shown = userId

  function compare(reason?: SignOutReason): unknown {
    const state = auth.getSnapshot()
    const { session } = state
    // In an outage nobody can say that anybody is signed out.
    const isUnknown = state.status === 'signed-out' ? state.unknown : state.status === 'loading'
    // Some servers do not say whose session it is.
    if (isUnknown || (session && !session.user)) return
    const current = session?.user?.id ?? null
    if (current === shown) return
    shown = current
    return listener(session, reason)
  }

  const stops = [
    auth.onAuthStateChange((event, session, detail) => {
      if (event === 'SIGNED_OUT') return compare(detail.reason)
      // An earlier one than what the snapshot shows already, which knows no reason.
      return session === auth.getSnapshot().session ? compare() : undefined
    }),
    // That nobody is signed in is no event, when an outage in which nobody knew is over.
    auth.subscribe(() => compare()),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
