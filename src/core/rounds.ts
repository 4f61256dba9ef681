import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { pauseOf } from './decision.js'
import { AuthError, AuthSessionMissingError } from './errors.js'
import type { Errand, Exchange } from './exchange.js'
import type { Abort } from './ports.js'
import { hasSameTokens, type SessionRecord } from './record.js'
import type { Turn } from './section.js'
import type { Session, SessionUser } from './session.js'
import type { Shared } from './share.js'
import type { SharedPatience } from './shared-patience.js'
import { isEmptied } from './state.js'
import { CONFIRM_ABSENCE } from './timing.js'

/** One or more wishes that one exchange serves. */
export interface Run<User extends SessionUser> {
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

/** A run in the line of those of its client. */
export type Call<User extends SessionUser> = Shared<Run<User>, Session<User>>

/** How often one call follows a sibling that was faster before it gives up. */
const ROUNDS = 3

/** What the refreshes of one client are made of. */
export interface RefreshParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly exchange: Exchange<User>
  readonly patience: SharedPatience
}

/** What the caller of a refresh should hear when its session was replaced. */
export function replaced<User extends SessionUser>({ store }: EngineContext<User>): AuthError {
  return store.held()
    ? new AuthError('superseded', 'Another session became current during the refresh.')
    : new AuthSessionMissingError('The session ended during the refresh.')
}

/** The session in memory, if it is what the callers of a run want. */
export function answerTo<User extends SessionUser>(
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

/** Why a run may send nothing now; `null` where it may. */
export const pauseFor = <User extends SessionUser>(
  context: EngineContext<User>,
  run: Run<User>,
): AuthError | null => {
  const { store, limits } = context
  return !run.force || isInVain(context, run) ? pauseOf(store.state(), store.now(), limits) : null
}

/** How one round of a call ended. */
type Outcome<User extends SessionUser> =
  | { readonly kind: 'done'; readonly session: Session<User> }
  /** Another session of the same sign-in became current on the way. */
  | { readonly kind: 'replaced' }
  /** What came is not what was wanted: see `Errand.strayed`. */
  | { readonly kind: 'strayed'; readonly error: AuthError }
  /** Nothing was sent: the lock may be another one's by now. */
  | { readonly kind: 'lock-lost' }
  /** Nothing was sent: storage is empty, which is a sign-out if it stays so. */
  | { readonly kind: 'emptied' }

/** Makes what serves a call in the lock: it looks, and exchanges if that is still needed. */
function createRound<User extends SessionUser>(
  context: EngineContext<User>,
  { path, exchange, patience }: RefreshParts<User>,
): (call: Call<User>, turn: Turn) => Promise<Outcome<User>> {
  const { store } = context
  return async (call, { lock, holds }) => {
    const { wish: run } = call
    // Somebody else may have the token on its way just now. What is in hand sends none.
    if (lock === 'busy' && !run.errand.inHand)
      throw new AuthError('timeout', 'Other tabs had the lock all the time.')
    run.begun = true
    const seen = await path.observe()
    await patience.learn()
    const record = store.held()?.record
    if (!record || record.lineage !== run.lineage) throw replaced(context)
    //   this context                a person
    //                               has everything deleted that this origin has stored
    //   has a token that is due, and finds storage empty
    //   would save the next one, and nobody would be signed out
    if (!run.force && seen === 'other' && isEmptied(store.state())) return { kind: 'emptied' }
    call.closed = true
    const answer = answerTo(context, run)
    if (answer) return { kind: 'done', session: answer }
    const pause = pauseFor(context, run)
    if (pause) throw pause
    //   this context                another one
    //   has the lease, looks
    //   is frozen                   takes it over, and sends the token
    //   wakes                       so a lease that may be gone is asked for again
    if (holds && !(await holds())) return { kind: 'lock-lost' }
    const { errand, abort } = run
    const givenUp = (): boolean => run.givenUp
    const session = await exchange.run({ record, errand, signal: abort.signal, givenUp })
    if (!session) return { kind: 'replaced' }
    const error = errand.strayed?.(session)
    return error ? { kind: 'strayed', error } : { kind: 'done', session }
  }
}

/** Makes the function that serves one call, in as many rounds as it takes. */
export function createServe<User extends SessionUser>(
  context: EngineContext<User>,
  parts: RefreshParts<User>,
): (call: Call<User>) => Promise<Session<User>> {
  const { section, environment } = context
  const { path } = parts
  const round = createRound(context, parts)

  async function rounds(call: Call<User>): Promise<Session<User>> {
    const { wish: run } = call
    if (run.wait.signal.aborted) throw run.wait.signal.reason
    let broken = false
    let lost = 0
    let error: AuthError | null = null
    const serve = (turn: Turn): Promise<Outcome<User>> => {
      broken = turn.lock === 'broken'
      return round(call, turn)
    }
    for (let left = ROUNDS; left > 0; left--) {
      run.begun = false
      // Whoever slept during a round may have lost the lock in it, so each round asks anew.
      const outcome = await (broken ? serve({ lock: 'broken' }) : section.locked(serve, run.wait))
      if (outcome.kind === 'done') return outcome.session
      error = outcome.kind === 'strayed' ? outcome.error : null
      if (path.lineage() !== run.lineage) break
      if (outcome.kind === 'emptied') await section.pause(CONFIRM_ABSENCE, run.wait)
      // A lock that nobody can keep for as long as two looks take excludes nobody.
      if (outcome.kind === 'lock-lost' && ++lost === 2) {
        environment.report(new AuthError('timeout', 'The lock was lost again and again.'))
        broken = true
      }
    }
    throw error ?? replaced(context)
  }

  return (call) =>
    rounds(call).catch((error: unknown) => {
      const session = call.wish.begun ? null : answerTo(context, call.wish)
      if (session) return session
      throw error
    })
}
