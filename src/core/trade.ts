import { bounded } from './bounded.js'
import { AuthError, type AuthErrorCode, AuthSessionMissingError, isAuthError } from './errors.js'
import type { Mirror } from './mirror.js'
import type { Environment, Provider, RequestContext, Signal } from './ports.js'
import type { Section } from './section.js'
import {
  type Grant,
  type Session,
  type SessionRecord,
  type SessionUser,
  toRecord,
} from './session.js'
import type { Held, Now } from './state.js'
import type { Store } from './store.js'
import type { Vault } from './vault.js'

/** What the exchanges of one client work on. */
export interface TradeDeps<User extends SessionUser> {
  readonly environment: Environment
  readonly provider: Provider<never, User>
  readonly store: Store<User>
  readonly vault: Vault<User>
  readonly mirror: Mirror<User>
  readonly section: Section
  /** Bound of one request, in ms. */
  readonly timeout: number
  /** Tells the other contexts that storage has changed. */
  announce(): void
}

/** Trades the refresh token of the session in memory for a new session, inside the lock. */
export interface Trade<User extends SessionUser> {
  /**
   * One exchange, by default in the organization of the session; `null` when the session changed
   * on the way.
   * @throws the provider's AuthError.
   */
  exchange(held: Held<User>, signal: Signal, organizationId?: string): Promise<Session<User> | null>
  /** Sends one request to the provider within its time. */
  request<T>(send: (context: RequestContext) => Promise<T>, signal?: Signal): Promise<T>
}

/** The wall time at which a request left: the earlier of what both clocks say. */
export const requestedAt = (asked: Now, now: Now): number =>
  Math.min(asked.wall, now.wall - (now.monotonic - asked.monotonic))

/** Failures that may have been answers. */
const UNSURE: readonly AuthErrorCode[] = ['network', 'timeout', 'server_error', 'bad_response']

/** An answer that is no refusal, but brings no session either. */
export const withoutSession = (): AuthSessionMissingError =>
  new AuthSessionMissingError('The refresh came back without a session.', { retryable: true })

/** Makes the trade of one client. */
export function createTrade<User extends SessionUser>(deps: TradeDeps<User>): Trade<User> {
  const { environment, provider, store, vault, mirror } = deps

  const request: Trade<User>['request'] = async (send, signal) => {
    deps.section.throwIfDisposed()
    return bounded(environment, (own) => send({ signal: own }), {
      limit: deps.timeout,
      late: () => new AuthError('timeout', 'The server did not answer in time.'),
      signal,
    })
  }

  /** The record in memory, as long as its tokens are those of `held`; its user may have changed. */
  function stillHeld({ record }: Held<User>, refused = false): SessionRecord<User> | null {
    const current = store.held()?.record
    if (current?.lineage !== record.lineage) return null
    const { accessToken, refreshToken } = record.session
    // A server may answer one trade twice: what it refuses then, it refuses for both answers.
    const twin =
      current.revision === record.revision && current.session.refreshToken === refreshToken
    return current.session.accessToken === accessToken || (refused && twin) ? current : null
  }

  async function commit(held: Held<User>, grant: Grant<User>, asked: Now): Promise<boolean> {
    const seen = await mirror.observe()
    const base = stillHeld(held)
    if (!base) return false
    const record = toRecord(grant, base, requestedAt(asked, store.now()))
    const saved = await mirror.save(record, seen)
    if (saved === null || !stillHeld(held)) return false
    store.dispatch({ type: 'exchanged', record, saved })
    if (saved) {
      deps.section.saved()
      deps.announce()
    }
    return true
  }

  async function end(held: Held<User>): Promise<void> {
    store.dispatch({ type: 'ended', reason: 'refresh-rejected' })
    const saved = await vault.end(held.record.lineage, false)
    // Somebody may have signed in meanwhile, whose session has a save of its own.
    if (!store.held()) store.dispatch({ type: 'persisted', saved })
    deps.announce()
  }

  /** What a failed exchange means for the session; `null` when another one is held by now. */
  async function fail(held: Held<User>, error: AuthError): Promise<null> {
    // A sibling may have rotated the token meanwhile: then its session is the good one. As long as
    // storage does not answer, nobody knows.
    const rejected = error.code === 'refresh_rejected'
    const over = rejected && (await mirror.observe()) !== 'unanswered'
    const current = stillHeld(held, over)
    // Also when a sibling's session came meanwhile: the server wants to be left alone.
    if (!over && mirror.lineage() === held.record.lineage) {
      const spent = current !== null && UNSURE.includes(error.code)
      store.dispatch({ type: 'failed', error, spent, jitter: environment.random() })
    }
    if (over && current) await end(held)
    if (current) throw error
    return null
  }

  return {
    request,
    async exchange(held, signal, organizationId = held.record.session.organizationId) {
      const token = held.record.session.refreshToken
      if (!token) throw new AuthSessionMissingError('The session has no refresh token.')
      const asked = store.now()
      store.dispatch({ type: 'sent' })
      try {
        const grant = await request(
          (context) => provider.refresh(token, { ...context, organizationId }),
          signal,
        )
        if (!grant) throw withoutSession()
        return (await commit(held, grant, asked)) ? (store.held()?.record.session ?? null) : null
      } catch (cause) {
        const failure = new AuthError('bad_response', 'The provider failed.', { cause })
        return fail(held, isAuthError(cause) ? cause : failure)
      }
    },
  }
}
