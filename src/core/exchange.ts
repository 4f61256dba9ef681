import { bounded } from './bounded.js'
import { AuthError, AuthSessionMissingError, isAuthError } from './errors.js'
import type { Abort, Environment, Provider, RequestContext } from './ports.js'
import type { Section } from './section.js'
import {
  type Grant,
  type Session,
  type SessionRecord,
  type SessionUser,
  toRecord,
} from './session.js'
import { type Held, type Limits, type Now, untilDue } from './state.js'
import type { Store } from './store.js'
import type { Vault } from './vault.js'

/** Why a refresh is wanted. `force`: whatever the token's age. `rejected`: while it is this one. */
export interface Want {
  readonly force?: boolean | undefined
  readonly rejected?: string | undefined
}

/** What the exchanges of one client work on. */
export interface ExchangeDeps<User extends SessionUser> {
  readonly environment: Environment
  readonly provider: Provider<never, User>
  readonly store: Store<User>
  readonly vault: Vault<User>
  readonly limits: Limits
  /** Bound of one request, in ms. */
  readonly timeout: number
  readonly section: Section
  /** Tells the other contexts that storage has changed. */
  announce(): void
  /** Tells subscribers what happened, and waits for what is due next. */
  settle(): void
}

/** Refreshes the current session: one run at a time, the critical section inside the lock. */
export interface Exchange<User extends SessionUser> {
  /**
   * Resolves to a session that answers `wants`, joining a run that has not sent its request yet.
   * @throws AuthSessionMissingError, or the provider's AuthError.
   */
  refresh(want: Want): Promise<Session<User>>
  running(): boolean
  /** Gives up the request in flight: its session is no longer wanted. */
  cancel(): void
  /**
   * Reads storage and adopts what it says. `false` when storage does not point to the session in
   * memory; a storage that does not answer says nothing.
   */
  observe(): Promise<boolean>
  /** Sends one request to the provider within its time. */
  request<T>(send: (context: RequestContext) => Promise<T>, signal?: Abort['signal']): Promise<T>
}

interface Run<User extends SessionUser> {
  force: boolean
  readonly rejected: Set<string>
  /** Whether it is too late to ask this run for a request. */
  closed: boolean
  readonly abort: Abort
  readonly promise: Promise<Session<User>>
}

/** How often one run follows a sibling that was faster before it gives up. */
const ROUNDS = 3

/** The wall time at which a request left: the earlier of what both clocks say. */
export const requestedAt = (asked: Now, now: Now): number =>
  Math.min(asked.wall, now.wall - (now.monotonic - asked.monotonic))

/** Makes the exchange of one client. */
export function createExchange<User extends SessionUser>(deps: ExchangeDeps<User>): Exchange<User> {
  const { environment, provider, store, vault, limits } = deps
  let run: Run<User> | null = null
  let next: Promise<Session<User>> | null = null

  async function observe(): Promise<boolean> {
    try {
      const seen = await vault.read()
      const before = store.held()?.record.lineage
      store.dispatch({ type: 'observed', seen })
      const after = store.held()?.record.lineage
      // Without a working lock, a save of ours may have landed after the sibling's removal.
      if (before && before !== after) await vault.discard(before)
      return seen.kind === 'session' && seen.record.lineage === after
    } catch (error) {
      environment.report(error)
      return true
    }
  }

  const request: Exchange<User>['request'] = (send, signal) =>
    bounded(environment, (own) => send({ signal: own }), {
      limit: deps.timeout,
      late: () => new AuthError('timeout', 'The server did not answer in time.'),
      signal,
    })

  /** Settles as the caller of a refresh should hear that its session was replaced. */
  function replaced(): AuthError {
    return store.held()
      ? new AuthError('superseded', 'Another session became current during the refresh.')
      : new AuthSessionMissingError('The session ended during the refresh.')
  }

  /** The record in memory, as long as its tokens are those of `held`; its user may have changed. */
  function stillHeld({ record }: Held<User>): SessionRecord<User> | null {
    const current = store.held()?.record
    const same =
      current?.lineage === record.lineage &&
      current.session.accessToken === record.session.accessToken
    return current && same ? current : null
  }

  async function commit(held: Held<User>, grant: Grant<User>, asked: Now): Promise<boolean> {
    const pointed = await observe()
    const base = stillHeld(held)
    if (!base) return false
    const record = toRecord(grant, base, requestedAt(asked, store.now()))
    const saved = await vault.save(record, !pointed)
    // A sign-out during the save has queued its removal behind it.
    if (!stillHeld(held)) return false
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

  /** One exchange. `null`: the session changed on the way, look again. */
  async function exchange(run: Run<User>, held: Held<User>): Promise<Session<User> | null> {
    const token = held.record.session.refreshToken
    if (!token) throw new AuthSessionMissingError('The session has no refresh token.')
    const asked = store.now()
    run.closed = true
    store.dispatch({ type: 'sent' })
    try {
      const grant = await request((context) => provider.refresh(token, context), run.abort.signal)
      if (!grant) {
        throw new AuthSessionMissingError('The refresh came back without a session.', {
          retryable: true,
        })
      }
      return (await commit(held, grant, asked)) ? (store.held()?.record.session ?? null) : null
    } catch (cause) {
      const error = isAuthError(cause)
        ? cause
        : new AuthError('bad_response', 'The provider failed.', { cause })
      const rejected = error.code === 'refresh_rejected'
      // A sibling may have rotated the token meanwhile: then its session is the good one.
      if (rejected) await observe()
      if (!stillHeld(held)) return null
      if (rejected) await end(held)
      else store.dispatch({ type: 'failed', error, jitter: environment.random() })
      throw error
    }
  }

  async function attempt(run: Run<User>): Promise<Session<User>> {
    const first = store.held()?.record.lineage
    for (let round = 0; round < ROUNDS; round++) {
      await observe()
      const held = store.held()
      if (!held || (first && held.record.lineage !== first && run.force)) throw replaced()
      const { session } = held.record
      const due = untilDue(store.state(), store.now(), limits) <= 0
      if (!run.force && !due && !run.rejected.has(session.accessToken)) {
        run.closed = true
        return session
      }
      const result = await exchange(run, held)
      if (result) return result
    }
    throw replaced()
  }

  function start(): Run<User> {
    const fresh: Run<User> = {
      force: false,
      rejected: new Set(),
      closed: false,
      abort: environment.createAbort(),
      promise: Promise.resolve()
        .then(() => deps.section.locked(() => attempt(fresh)))
        .finally(() => {
          run = null
          deps.settle()
        }),
    }
    return fresh
  }

  function refresh(want: Want): Promise<Session<User>> {
    if (want.force && run?.closed) {
      next ??= run.promise
        .then(
          () => {},
          () => {},
        )
        .then(() => {
          next = null
          return refresh(want)
        })
      return next
    }
    run ??= start()
    run.force ||= want.force === true
    if (want.rejected) run.rejected.add(want.rejected)
    return run.promise
  }

  return {
    refresh,
    running: () => run !== null,
    cancel: () => run?.abort.abort(replaced()),
    observe,
    request,
  }
}
