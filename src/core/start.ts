import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { createDesk } from './desk.js'
import { AuthError, isAuthError } from './errors.js'
import { toError } from './exchange.js'
import { passed } from './look.js'
import { newsOf, nextAttempt, type Patience } from './patience.js'
import type { SessionUser } from './session.js'
import type { SharedPatience } from './shared-patience.js'
import { type Observation, unknownOf } from './state.js'
import type { TimeoutsWatch } from './timeouts.js'

/**
 * How a client finds out who is signed in. Until the first try has ended it is `loading`; after one that
 * failed it does not know (`Unknown`), and tries again: when somebody asks, at a wake, or by itself.
 */
export interface Start {
  /**
   * Somebody asks. Settles once it is known, or cannot be known now. `force`: where it is not known, it is
   * tried again also in the pause after a failure.
   */
  loaded(force?: boolean): Promise<void>
  /** Milliseconds until the next try; Infinity once it is known, and during a try. */
  until(): number
  /** Tries again what failed. */
  retry(): void
  /** Tries again at once if storage, which could not be read, can be now. */
  look(): Promise<void>
}

/** What a start is made of, besides the context. */
export interface StartParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly patience: SharedPatience
  readonly timeouts: TimeoutsWatch | undefined
}

/** So often storage may fail in a row before a client goes on without it. */
const STORAGE_TRIES = 3

/** Whether storage is what failed: a try costs no server anything. */
const isLocal = ({ code }: AuthError): boolean => code === 'storage'

/** Starts reading storage, then whatever else may know of a session. */
export function createStart<User extends SessionUser>(
  context: EngineContext<User>,
  parts: StartParts<User>,
): Start {
  const { environment, limits, settings, settle, store } = context
  const { wake } = environment
  const { path } = parts
  let trying = false
  /** What a question has met whose answer the session in storage stands for until it is asked again. */
  let open: Patience | null = null
  async function attempt(force = false): Promise<void> {
    trying = true
    open = await find(context, parts, { force, open }).finally(() => {
      trying = false
    })
    settle()
  }
  let loaded = attempt()
  const retry = (force?: boolean): void => {
    loaded = attempt(force)
  }
  return {
    loaded(force) {
      const state = store.state()
      const unknown = unknownOf(state)
      //   a call                        another call here
      //                                 has the server asked again whose session the cookies hold
      //   wants Ada's session
      //                                 signs Grace in
      //   waits for no such question    or it would come to be hers
      if (state.status !== 'loading' && !unknown) return Promise.resolve()
      const now = { ...store.now(), asked: true }
      if (
        !trying &&
        unknown &&
        (force || nextAttempt(unknown.patience, now, limits) <= now.monotonic)
      ) {
        store.ask()
        retry(force)
      }
      return loaded
    },
    until() {
      const patience = store.held() ? open : unknownOf(store.state())?.patience
      if (trying || !patience) return Infinity
      const now = store.now()
      const local = isLocal(patience.error)
      const { autoRefresh = 'visible' } = settings
      const asleep = autoRefresh === 'visible' ? !wake.visible() : !autoRefresh
      if (!local && (asleep || !wake.online())) return Infinity
      return nextAttempt(patience, { ...now, asked: now.asked || local }, limits) - now.monotonic
    },
    retry,
    async look() {
      const works = await path.read().then(
        () => true,
        () => false,
      )
      // What fails is no try: each hint would count as one.
      if (works && !trying) retry()
      if (works) await loaded
    },
  }
}

/** How a try goes about its question. */
interface How {
  /** Whether it is asked in the pause too. */
  readonly force: boolean
  /** What the last one has met, where the session in storage stands for its answer. */
  readonly open: Patience | null
}

/**
 * One try: makes current what is found, or notes why nobody knows. Resolves to what its question has met, where
 * that failed and somebody is signed in.
 */
async function find<User extends SessionUser>(
  context: EngineContext<User>,
  parts: StartParts<User>,
  how: How,
): Promise<Patience | null> {
  const { provider, section, settings, store } = context
  const { path, timeouts } = parts
  const { takeOver } = settings
  const desk = createDesk(context, path)
  let met: Patience | null = null
  try {
    const [first, sinceLook] = await path.read()
    const looked = store.now()
    let seen: Observation<User> | null = timeouts ? await timeouts.admit(first) : first
    if (seen.kind === 'absent' && takeOver) {
      seen = await section.locked(() => takeOver.find(desk))
    }
    if (provider.resume) {
      const said = seen
      ;({ seen, met } = await section.locked(() => ask(context, parts, said, how)))
    }
    // What that first look found has aged since, while the lock or the server was waited for.
    const since = sinceLook + passed(looked, store.now())
    //   this start                    another call here
    //   reads that nobody is signed in
    //                                 signs somebody in, or out
    //   would tell of what it has read: so storage is read again
    const state = store.state()
    if (seen && (state.status === 'loading' || unknownOf(state)))
      store.dispatch({ type: 'observed', seen, sinceLook: since, known: true })
    else if (seen) await path.observe()
  } catch (error) {
    failed(context, parts, error)
  }
  return met
}

/** Notes that storage does not tell who is signed in. The vault has reported its own failures. */
function failed<User extends SessionUser>(
  { environment, provider, store }: EngineContext<User>,
  { patience }: StartParts<User>,
  cause: unknown,
): void {
  if (isAuthError(cause, 'disposed')) return
  if (!isAuthError(cause)) environment.report(cause)
  const error =
    isAuthError(cause) && cause.code !== 'timeout'
      ? cause
      : new AuthError('storage', 'Storage does not answer.', { cause })
  const before = unknownOf(store.state())?.patience ?? null
  const counted = patience.count(before, error)
  const failures = before && isLocal(before.error) ? counted.failures : 1
  store.dispatch({
    type: 'unknown',
    patience: { ...counted, failures },
    // A server that alone would know is asked once storage works again.
    lost: !provider.resume && failures >= STORAGE_TRIES,
  })
}

/** What came of a question. */
interface Asked<User extends SessionUser> {
  /** What a start has found; `null` where that is current by now, or nobody knows. */
  readonly seen: Observation<User> | null
  /** What kept the server from answering. */
  readonly met: Patience | null
}

/**
 * Asks the server whose session the cookies hold, inside the lock, unless it is too early for that.
 * @throws what storage does.
 */
async function ask<User extends SessionUser>(
  context: EngineContext<User>,
  { path, patience }: StartParts<User>,
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
  if (record && own && !theirs) return { seen, met: null }
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
      if (cause !== refused || isAuthError(cause, 'disposed')) throw cause
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
  return { seen: null, met: null }
}
