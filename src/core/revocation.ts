import type { EngineContext } from './context.js'
import { isAuthError } from './errors.js'
import { nextAttempt } from './patience.js'
import type { SignOutScope } from './provider.js'
import type { Session, SessionUser } from './session.js'

/** Ends sessions at the server. */
export interface Revocation<User extends SessionUser> {
  /**
   * Asks the server once. What failed is tried again later where that was asked for, if the failure may
   * pass and as long as this context lives: the tokens are kept in memory only.
   * @throws the provider's AuthError, of the first attempt.
   */
  revoke(session: Session<User>, scope: SignOutScope, insist?: boolean): Promise<void>
  /** Ends the attempts that are due. One that has begun goes on to its end. */
  dispose(): void
}

/** How long it is tried again, in ms: whoever asked for it was told by then. */
const LONGEST = 600_000

/** Makes the revocation of one client. */
export function createRevocation<User extends SessionUser>({
  environment,
  limits,
  provider,
  request,
  store,
}: EngineContext<User>): Revocation<User> {
  const { clock } = environment
  const due = new Set<() => void>()
  let disposed = false

  /** Whether the server would end what has begun since: a session of the same person. */
  function hasReturned({ user }: Session<User>): boolean {
    const held = store.held()?.record.session
    // People whom nobody knows may be one person.
    return !!held && (!user || !held.user || held.user.id === user.id)
  }

  return {
    async revoke(session, scope, insist = scope === 'global') {
      const end = clock.monotonic() + LONGEST
      let failures = 0

      async function attempt(): Promise<void> {
        try {
          // Who has signed out cannot ask again: what has begun is carried out, also by several requests.
          await request(async ({ signal }) => provider.signOut?.(session, scope, { signal }))
        } catch (error) {
          if (insist && isAuthError(error) && error.retryable) {
            const now = { ...store.now(), asked: true }
            const [since, jitter] = [now, environment.random()]
            const patience = { failures: ++failures, error, spent: false, since, jitter }
            again(nextAttempt(patience, now, limits))
          }
          throw error
        }
      }

      function again(time: number): void {
        if (disposed || time > end) return
        const retry = (): void => {
          due.delete(cancel)
          //   this context                        the same person
          //   signs out everywhere: no answer
          //                                       signs in again
          //   tries again: would end the new session too
          if (scope === 'local' || !hasReturned(session)) attempt().catch(() => {})
        }
        const cancel = clock.schedule(time - clock.monotonic(), retry, { background: true })
        due.add(cancel)
      }

      return attempt()
    },
    dispose() {
      disposed = true
      for (const cancel of due) cancel()
    },
  }
}
