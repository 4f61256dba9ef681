import { AuthError, AuthSessionMissingError } from './errors.js'
import type { Mirror } from './mirror.js'
import type { Abort } from './ports.js'
import type { Session, SessionUser } from './session.js'
import { type Limits, untilDue } from './state.js'
import { createTrade, type Trade, type TradeDeps } from './trade.js'

/** Why a refresh is wanted. `force`: whatever the token's age. `rejected`: while it is this one. */
export interface Want {
  readonly force?: boolean | undefined
  readonly rejected?: string | undefined
  /** The organization to switch to: a wish of its own, that no other run answers. */
  readonly organizationId?: string | undefined
}

/** What the refreshes of one client work on. */
export interface ExchangeDeps<User extends SessionUser> extends TradeDeps<User> {
  readonly limits: Limits
  /** Tells subscribers what happened, and waits for what is due next. */
  settle(): void
}

/** Refreshes the current session: one run at a time, the critical section inside the lock. */
export interface Exchange<User extends SessionUser>
  extends Pick<Mirror<User>, 'observe' | 'save'>,
    Pick<Trade<User>, 'request'> {
  /**
   * Resolves to a session that answers `want`, joining a run that has not sent its request yet.
   * @throws AuthSessionMissingError, or the provider's AuthError.
   */
  refresh(want: Want): Promise<Session<User>>
  running(): boolean
  /** Gives up the request in flight: its session is no longer wanted. */
  cancel(): void
  /** Gives up a request whose answer may never be heard of; resolves when its run has ended. */
  restart(): Promise<void>
}

interface Run<User extends SessionUser> {
  /** The sign-in whose callers it serves. */
  readonly lineage: string | undefined
  /** The organization to which its callers switch. */
  readonly organizationId: string | undefined
  force: boolean
  readonly rejected: Set<string>
  /** Whether it has the lock, or goes without. */
  begun: boolean
  /** Whether it is too late to ask this run for a request. */
  closed: boolean
  /** Ends the wait for the lock. */
  readonly wait: Abort
  /** Ends the request. */
  readonly abort: Abort
  readonly promise: Promise<Session<User>>
}

/** How often one run follows a sibling that was faster before it gives up. */
const ROUNDS = 3

/** Makes the exchange of one client. */
export function createExchange<User extends SessionUser>(deps: ExchangeDeps<User>): Exchange<User> {
  const { environment, store, mirror, limits } = deps
  const { lineage } = mirror
  const trade = createTrade(deps)
  let run: Run<User> | null = null

  /** Settles as the caller of a refresh should hear that its session was replaced. */
  function replaced(): AuthError {
    return store.held()
      ? new AuthError('superseded', 'Another session became current during the refresh.')
      : new AuthSessionMissingError('The session ended during the refresh.')
  }

  /** The session in memory, if it is what the callers of a run want. */
  function answer({ lineage: mine, force, rejected }: Run<User>): Session<User> | null {
    const { record } = store.held() ?? {}
    if (!record || record.lineage !== mine || force) return null
    const due = untilDue(store.state(), store.now(), limits) <= 0
    return due || rejected.has(record.session.accessToken) ? null : record.session
  }

  /** One round of a run, inside the lock; `null` when it takes another one. */
  async function attempt(run: Run<User>): Promise<Session<User> | null> {
    const { organizationId } = run
    run.begun = true
    await mirror.observe()
    const held = store.held()
    if (!held || held.record.lineage !== run.lineage) throw replaced()
    run.closed = true
    const session = answer(run) ?? (await trade.exchange(held, run.abort.signal, organizationId))
    // A server that forgives a lost answer gives that one again, whatever it is asked for now.
    const strayed = organizationId && session?.organizationId !== organizationId
    return strayed ? null : session
  }

  async function attempts(run: Run<User>): Promise<Session<User>> {
    let granted = true
    const attemptLocked = (lock: boolean): Promise<Session<User> | null> => {
      granted = lock
      return attempt(run)
    }
    for (let round = 0; round < ROUNDS; round++) {
      // Whoever slept during a round may have lost the lock in it, so each round asks anew.
      const turn = granted ? deps.section.locked(attemptLocked, run.wait) : attempt(run)
      const session = await turn
      if (session) return session
      if (lineage() !== run.lineage) throw replaced()
    }
    if (run.organizationId) {
      throw new AuthError('rejected', 'The server did not switch to this organization.')
    }
    throw replaced()
  }

  function start(organizationId: string | undefined): Run<User> {
    const fresh: Run<User> = {
      lineage: lineage(),
      organizationId,
      force: false,
      rejected: new Set(),
      begun: false,
      closed: false,
      wait: environment.createAbort(),
      abort: environment.createAbort(),
      promise: Promise.resolve()
        .then(() => attempts(fresh))
        .catch((error) => {
          const session = fresh.begun ? null : answer(fresh)
          if (session) return session
          throw error
        })
        .finally(() => {
          run = null
          deps.settle()
        }),
    }
    return fresh
  }

  /** Waits for the run to end, whatever comes of it. Nobody gets the session of another sign-in. */
  function queue({ promise }: Run<User>, want: Want): Promise<Session<User>> {
    const asked = lineage()
    const after = (): Promise<Session<User>> => {
      if (lineage() !== asked) throw replaced()
      return refresh(want)
    }
    return promise.then(after, after)
  }

  function refresh(want: Want): Promise<Session<User>> {
    const { force, rejected, organizationId } = want
    const stranger = run?.lineage !== lineage() || run?.organizationId !== organizationId
    if (run && ((force && run.closed) || stranger)) return queue(run, want)
    run ??= start(organizationId)
    run.force ||= force === true
    if (rejected) run.rejected.add(rejected)
    return run.promise
  }

  return {
    refresh,
    running: () => run !== null,
    cancel: () => run?.abort.abort(replaced()),
    async restart() {
      if (!run?.closed) return
      const { abort, promise } = run
      abort.abort(new AuthError('network', 'The page was put away during the request.'))
      await promise.catch(() => {})
    },
    async observe() {
      const seen = await mirror.observe()
      // A sibling was faster: whoever waits for the lock has what it wants.
      if (run && !run.begun && answer(run)) run.wait.abort(replaced())
      return seen
    },
    save: mirror.save,
    request: trade.request,
  }
}
