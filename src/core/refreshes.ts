import type { CommitPath, Seen } from './commit.js'
import type { EngineContext } from './context.js'
import { throwIfPaused } from './decision.js'
import { AuthError, AuthSessionMissingError } from './errors.js'
import type { Errand, Exchange } from './exchange.js'
import type { Abort, LockRelease } from './ports.js'
import { hasSameTokens, type SessionRecord } from './record.js'
import type { Session, SessionUser } from './session.js'
import { createShare, type Shared } from './share.js'
import type { SharedPatience } from './shared-patience.js'

/** Why an exchange is wanted. */
export interface Wish<User extends SessionUser> {
  readonly errand: Errand<User>
  /**
   * Whether only a request that starts after the call will do, whatever the pause; but no token is sent
   * that is known to be spent.
   */
  readonly force?: boolean | undefined
  /** Tokens that will not do, because a server refused them. */
  readonly rejected?: SessionRecord<User> | undefined
}

/** Exchanges of the current session: one at a time, shared by all who want the same. */
export interface Refreshes<User extends SessionUser> {
  /**
   * Resolves to a session that answers the wish.
   * @throws AuthSessionMissingError, or the provider's AuthError.
   */
  refresh(wish: Wish<User>): Promise<Session<User>>
  running(): boolean
  /**
   * Reads storage, as `CommitPath.observe` does; whoever waits for the lock is done if a sibling was
   * faster.
   */
  observe(unheard?: number): Promise<Seen>
  /** Gives up what is under way for sessions that are no longer current. */
  cancel(): void
  /** Gives up a request whose answer may never be heard of; resolves when its call has ended. */
  restart(): Promise<void>
}

interface Run<User extends SessionUser> {
  readonly errand: Errand<User>
  /** The sign-in whose callers it serves. */
  readonly lineage: string | undefined
  force: boolean
  readonly rejected: SessionRecord<User>[]
  /** Whether it has the lock, or goes without. */
  begun: boolean
  /** Whether its request was given up because nobody would hear of its end. */
  givenUp: boolean
  /** Ends the wait for the lock. */
  readonly wait: Abort
  /** Ends the request. */
  readonly abort: Abort
}

type Call<User extends SessionUser> = Shared<Run<User>, Session<User>>

/** How often one call follows a sibling that was faster before it gives up. */
const ROUNDS = 3

/** What the refreshes of one client are made of. */
export interface RefreshParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly exchange: Exchange<User>
  readonly patience: SharedPatience
}

/** Makes the refreshes of one client. */
export function createRefreshes<User extends SessionUser>(
  context: EngineContext<User>,
  parts: RefreshParts<User>,
): Refreshes<User> {
  const { environment, settle } = context
  const { path } = parts
  const { calls, ask } = createShare(createServe(context, parts), settle)
  const newRun = (errand: Errand<User>): Run<User> => ({
    errand,
    lineage: path.lineage(),
    force: false,
    rejected: [],
    begun: false,
    givenUp: false,
    wait: environment.createAbort(),
    abort: environment.createAbort(),
  })

  return {
    refresh({ errand, force = false, rejected }) {
      const { wish, promise } = ask(
        () => newRun(errand),
        ({ wish, closed }) =>
          wish.lineage === path.lineage() && wish.errand.name === errand.name && !(force && closed),
      )
      wish.force ||= force
      if (rejected) wish.rejected.push(rejected)
      return promise
    },
    running: () => calls.length > 0,
    async observe(unheard) {
      const seen = await path.observe(unheard)
      const [first] = calls
      if (first && !first.wish.begun && answerTo(context, first.wish)) {
        first.wish.wait.abort(replaced(context))
      }
      return seen
    },
    cancel() {
      for (const { wish } of [...calls]) {
        // Whoever has signed in by now may have asked already.
        if (wish.lineage === path.lineage()) continue
        wish.wait.abort(replaced(context))
        wish.abort.abort(replaced(context))
      }
    },
    async restart() {
      const [first] = calls
      if (!first?.closed) return
      first.wish.givenUp = true
      first.wish.abort.abort(new AuthError('network', 'The page was put away during the request.'))
      await first.promise.catch(() => {})
    },
  }
}

/** What the caller of a refresh should hear when its session was replaced. */
function replaced<User extends SessionUser>({ store }: EngineContext<User>): AuthError {
  return store.held()
    ? new AuthError('superseded', 'Another session became current during the refresh.')
    : new AuthSessionMissingError('The session ended during the refresh.')
}

/** The session in memory, if it is what the callers of a run want. */
function answerTo<User extends SessionUser>(
  { store }: EngineContext<User>,
  { errand, lineage, force, rejected }: Run<User>,
): Session<User> | null {
  const record = store.held()?.record
  if (!record || record.lineage !== lineage || force || !errand.answeredBy(record)) return null
  return rejected.some((tokens) => hasSameTokens(tokens, record)) ? null : record.session
}

/** Whether a run would send a token that is known to be spent. What brings the next one does not. */
function isInVain<User extends SessionUser>(
  { store }: EngineContext<User>,
  { errand }: Run<User>,
): boolean {
  const state = store.state()
  return errand.failures !== 'own' && state.status === 'signed-in' && !!state.patience?.halted
}

/** Makes the function that serves one call: lock, look, and exchange if that is still needed. */
function createServe<User extends SessionUser>(
  context: EngineContext<User>,
  { path, exchange, patience }: RefreshParts<User>,
): (call: Call<User>) => Promise<Session<User>> {
  const { store, section } = context

  /** Why the last answer is not what its caller wanted; calls are served one at a time. */
  let stray: AuthError | null = null

  /** One round, inside the lock; `null` when it takes another one. */
  async function round(
    call: Call<User>,
    holds?: LockRelease['holds'],
  ): Promise<Session<User> | null> {
    const { wish: run } = call
    run.begun = true
    await path.observe()
    await patience.learn()
    const record = store.held()?.record
    if (!record || record.lineage !== run.lineage) throw replaced(context)
    call.closed = true
    const answer = answerTo(context, run)
    if (answer) return answer
    if (!run.force || isInVain(context, run)) throwIfPaused(context)
    //   this context                another one
    //   has the lease, looks
    //   is frozen                   takes it over, and sends the token
    //   wakes                       so a lease that may be gone is asked for again
    if (holds?.() === false) return null
    const { errand, abort } = run
    const givenUp = (): boolean => run.givenUp
    const session = await exchange.run({ record, errand, signal: abort.signal, givenUp })
    stray = (session && errand.strayed?.(session)) ?? null
    return stray ? null : session
  }

  async function rounds(call: Call<User>): Promise<Session<User>> {
    const { wish: run } = call
    if (run.wait.signal.aborted) throw replaced(context)
    let granted = true
    stray = null
    const locked = (lock: boolean, holds: LockRelease['holds']): Promise<Session<User> | null> => {
      granted = lock
      return round(call, holds)
    }
    for (let count = 0; count < ROUNDS; count++) {
      // Whoever slept during a round may have lost the lock in it, so each round asks anew.
      const session = await (granted ? section.locked(locked, run.wait) : round(call))
      if (session) return session
      if (path.lineage() !== run.lineage) break
    }
    throw stray ?? replaced(context)
  }

  return (call) =>
    rounds(call).catch((error: unknown) => {
      const session = call.wish.begun ? null : answerTo(context, call.wish)
      if (session) return session
      throw error
    })
}
