import type { EngineContext } from './context.js'
import { createDesk } from './desk.js'
import { AuthError, isAuthError } from './errors.js'
import { passed } from './look.js'
import { isLocal, nextAttempt, type Patience } from './patience.js'
import { ask, type How, type QuestionParts } from './question.js'
import type { SessionUser } from './session.js'
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
export interface StartParts<User extends SessionUser> extends QuestionParts<User> {
  readonly timeouts: TimeoutsWatch | undefined
}

/** So often storage may fail in a row before a client goes on without it. */
const STORAGE_TRIES = 3

/** Starts reading storage, then whatever else may know of a session. */
export function createStart<User extends SessionUser>(
  context: EngineContext<User>,
  parts: StartParts<User>,
): Start {
  const { environment, limits, settings, settle, store } = context
  const { wake } = environment
  const { path } = parts
  let trying = false
  /** Why a question to the server failed, while the session in storage is served in place of its answer. */
  let open: Patience | null = null
  /** Whether storage may have changed during the try. */
  let stale = false
  async function attempt(force = false): Promise<void> {
    trying = true
    open = await find(context, parts, { force, open }).finally(() => {
      trying = false
    })
    if (stale) await path.observe()
    stale = false
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
      //   this call                     another one
      //                                 has sent a question
      //   wants one of its own          which may fail, for it was sent before
      if (force && trying) {
        return loaded.then(() => {
          if (!trying && unknownOf(store.state())) retry(true)
          return loaded
        })
      }
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
      const unread = !path.lastRead()
      const works = await path.read().then(
        () => true,
        () => false,
      )
      // What fails is no try: each hint would count as one.
      if (works && trying) stale = true
      else if (works && unread) retry()
    },
  }
}

/** One try: makes current what is found, or notes why nobody knows. Resolves to what is `open` after it. */
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
    met = failed(context, parts, { cause: error, open: how.open })
  }
  return met
}

/**
 * Notes that storage does not tell who is signed in. The vault has reported its own failures. A question that was
 * `open` stays so: returns why.
 */
function failed<User extends SessionUser>(
  { environment, provider, store }: EngineContext<User>,
  { patience }: StartParts<User>,
  { cause, open }: { readonly cause: unknown; readonly open: Patience | null },
): Patience | null {
  if (isAuthError(cause, 'disposed')) return null
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
  return open && patience.count(open, error)
}
