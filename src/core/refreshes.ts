import type { Seen } from './commit.js'
import type { EngineContext } from './context.js'
import { AuthError } from './errors.js'
import type { Errand } from './exchange.js'
import type { SessionRecord } from './record.js'
import { answerTo, createServe, pauseFor, type RefreshParts, type Run, replaced } from './rounds.js'
import type { Session, SessionUser } from './session.js'
import { createShare } from './share.js'

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
  /** See `EngineContext.watch`. Whoever waits for the lock is done if the look brings its answer. */
  watch(): () => Promise<boolean>
  /** Gives up what is under way for sessions that are no longer current. */
  cancel(): void
  /** Gives up a request whose answer may never be heard of; resolves when its call has ended. */
  restart(): Promise<void>
}

/** Makes the refreshes of one client. */
export function createRefreshes<User extends SessionUser>(
  context: EngineContext<User>,
  parts: RefreshParts<User>,
): Refreshes<User> {
  const { environment, store, settle } = context
  const { path, patience } = parts
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

  /** Ends the wait of a call that has its answer by now, or has to leave the server alone. */
  function letGo(): void {
    const [call] = calls
    if (!call || call.wish.begun) return
    const reason = answerTo(context, call.wish) ? replaced(context) : pauseFor(context, call.wish)
    if (!reason) return
    // Whoever forces a request by now has to have one of its own.
    call.closed = true
    call.wish.wait.abort(reason)
  }

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
      letGo()
      return seen
    },
    watch() {
      const before = tracesOf(context, parts)
      return async () => {
        // What storage says becomes current at a start's own time.
        if (store.state().status === 'loading') await path.read().catch(() => {})
        else {
          await path.observe()
          await patience.learn()
          letGo()
          settle()
        }
        return tracesOf(context, parts).some((part, place) => part !== before[place])
      }
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

/** By what one sees that another context had a turn: the session, and what is known of the server. */
function tracesOf<User extends SessionUser>(
  { store }: EngineContext<User>,
  { path }: RefreshParts<User>,
): readonly unknown[] {
  const state = store.state()
  return state.status === 'signed-in' ? [state.held.record, state.patience] : [path.lastRead()]
}
