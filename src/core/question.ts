import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { createDesk } from './desk.js'
import { isAuthError } from './errors.js'
import { toError } from './exchange.js'
import { isLocal, newsOf, nextAttempt, type Patience } from './patience.js'
import type { SessionUser } from './session.js'
import type { SharedPatience } from './shared-patience.js'
import { type Observation, unknownOf } from './state.js'

/** What a question is made of, besides the context. */
export interface QuestionParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly patience: SharedPatience
}

/** How a try goes about its question. */
export interface How {
  /** Whether it is asked in the pause too. */
  readonly force: boolean
  /** Why the last one failed, while the session in storage is served in place of its answer. */
  readonly open: Patience | null
}

/** What came of a question. */
export interface Asked<User extends SessionUser> {
  /** What a start has found; `null` where that is current by now, or nobody knows. */
  readonly seen: Observation<User> | null
  /** What kept the server from answering. */
  readonly met: Patience | null
}

/**
 * Asks the server whose session the cookies hold, inside the lock, unless it is too early for that.
 * @throws what storage does.
 */
export async function ask<User extends SessionUser>(
  context: EngineContext<User>,
  { path, patience }: QuestionParts<User>,
  seen: Observation<User> | null,
  { force, open }: How,
): Promise<Asked<User>> {
  const { provider, store, limits } = context
  const record = seen?.kind === 'session' ? seen.record : null
  const failed = (record ? open : unknownOf(store.state())?.patience) ?? null
  // What storage has met is no reason to leave the server alone.
  const own = failed && isLocal(failed.error) ? null : failed
  const theirs = await patience.peek(record)
  //   this page                     another one
  //   is not answered               is not answered either
  //   waits                         waits, asks again, and is answered
  //   would ask too                 what storage says by now is that answer
  if (record && own && theirs === null) return { seen, met: null }
  const before = (theirs && newsOf(theirs, own)) ?? own
  const now = store.now()
  let met = before
  if (force || !before || nextAttempt(before, now, limits) <= now.monotonic) {
    let refused: unknown
    const desk = createDesk(context, path, (error) => {
      refused = error
    })
    try {
      const found = await provider.resume?.find(desk)
      if (before) await patience.tell(null, null)
      return { seen: found ?? null, met: null }
    } catch (cause) {
      const said = cause === refused || isAuthError(cause, 'bad_response')
      if (!said || isAuthError(cause, 'disposed')) throw cause
      met = patience.count(before, toError(cause))
      await patience.tell(met, record)
    }
  }
  //   this context                  another one, or another call here
  //   asks the server
  //                                 is answered, and saves the session
  //   is not answered               what storage said before the question is long out of date
  const again = await path.read().catch(() => null)
  // Where storage does not answer either, what has become known here since is known better.
  const said = again?.[0] ?? (store.state().status === 'loading' ? seen : null)
  if (said?.kind === 'session') return { seen: said, met }
  if (met) store.dispatch({ type: 'unknown', patience: met, lost: false })
  return { seen: null, met: store.held() ? met : null }
}
