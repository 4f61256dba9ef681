import type { AuthClient } from './client.js'
import { checkListener, invalid } from './core/check-options.js'
import type { SignOutReason } from './core/events.js'
import type { Session, SessionUser } from './core/session.js'
import { platformWake } from './environment/wake.js'

/** What `onUserChange` takes: any AuthClient. */
export type UserChangeClient<User extends SessionUser = SessionUser> = Pick<
  AuthClient<never, User, object>,
  'getSession' | 'getSnapshot' | 'onAuthStateChange'
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
 * `null` stands for nobody. While nobody can say who is signed in, as in an outage, nothing is told; a page that starts
 * then asks again whenever it is shown, gets the focus or is online again. Call it in browsers only.
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
  /** How much is known of who is signed in. */
  let knowledge: 'none' | 'asked' | 'certain' | 'unwanted' = 'none'

  function compare(reason?: SignOutReason): unknown {
    if (knowledge === 'unwanted') return
    knowledge = 'certain'
    // What a call has resolved to may be out of date by now.
    const { session } = auth.getSnapshot()
    // Some servers do not say whose session it is.
    if (session && !session.user) return
    const current = session?.user?.id ?? null
    if (current === shown) return
    shown = current
    return listener(session, reason)
  }

  function ask(): void {
    if (knowledge !== 'none') return
    knowledge = 'asked'
    const fail = (): void => {
      if (knowledge === 'asked') knowledge = 'none'
    }
    auth.getSession().then(() => {
      // The client reports what a listener of its throws, also one of a moment.
      const stop = auth.onAuthStateChange(() => {
        stop()
        return compare()
      })
    }, fail)
  }

  const stopEvents = auth.onAuthStateChange((event, session, detail) => {
    if (event === 'SIGNED_OUT') return compare(detail.reason)
    // A client that starts in an outage has nobody either.
    return session && compare()
  })
  const stopWake = platformWake().subscribe(ask)
  ask()
  return () => {
    knowledge = 'unwanted'
    stopEvents()
    stopWake()
  }
}
