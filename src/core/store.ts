import type { AuthError } from './errors.js'
import { type AuthChange, type AuthListener, createOutbox, isolated } from './events.js'
import { passed } from './look.js'
import { step } from './machine.js'
import type { Clock, Environment } from './ports.js'
import type { Session, SessionUser } from './session.js'
import { type Input, type State, unknownOf } from './state.js'
import { ASKED, type Held, type Limits, type Now } from './timing.js'

/** What `getSnapshot()` returns: the same object until something changes. */
export type Snapshot<User extends SessionUser = SessionUser> =
  /** Storage has not been read yet. */
  | {
      readonly status: 'loading'
      readonly session: null
      readonly user: null
      readonly error: null
    }
  | {
      readonly status: 'signed-in'
      readonly session: Session<User>
      /** `null` only when neither the server nor the token says whose session it is. */
      readonly user: User | null
      /** Why the last refresh failed, while it is being tried again. */
      readonly error: AuthError | null
    }
  | {
      readonly status: 'signed-out'
      readonly session: null
      readonly user: null
      /**
       * Why nobody knows whether somebody is signed in, while the client tries to find out; otherwise what
       * ended the session, where it was a failure and that is known.
       */
      readonly error: AuthError | null
      /** Whether it is not known who is signed in: the client is still trying to find out. */
      readonly unknown?: true | undefined
    }

/** One thing that happened inside a client. Holds no token and no address. */
export interface DebugEntry {
  /** Milliseconds since the epoch by this device's clock. */
  readonly at: number
  readonly type: Input<SessionUser>['type']
  readonly status: Snapshot['status']
  /** How many refreshes have failed in a row. */
  readonly failures?: number | undefined
  readonly revision?: number | undefined
  /** What storage was found to hold. */
  readonly seen?: string | undefined
  readonly saved?: boolean | undefined
  readonly code?: string | undefined
}

/** The state of one client, and those who are told of it. */
export interface Store<User extends SessionUser> {
  state(): State<User>
  /** The session in memory. */
  held(): Held<User> | null
  now(): Now
  /**
   * Milliseconds since this client was at work, before what it is doing now: whatever was told to it
   * until then it has heard.
   */
  idle(): number
  /**
   * Notes that somebody wants a token: refreshes are then tried again at the pace of askers. Returns
   * the time, and whether anybody had asked lately before.
   */
  ask(): Now
  /** Changes the state. Nobody is told before `publish`. */
  dispatch(input: Input<User>): void
  /** Has subscribers hear, at the next `publish`, of what changes nothing. */
  tell(change: AuthChange<User>): void
  /** Tells subscribers everything that happened. Never called while holding the lock. */
  publish(): void
  snapshot(): Snapshot<User>
  subscribe(listener: () => void): () => void
  listen(listener: AuthListener<User>): () => void
  clear(): void
}

/** What a store is made of. */
export interface StoreOptions {
  readonly environment: Environment
  readonly limits: Limits
  readonly debug?: ((entry: DebugEntry) => void) | undefined
}

function toSnapshot<User extends SessionUser>(state: State<User>): Snapshot<User> {
  const { status } = state
  if (status === 'loading') return { status, session: null, user: null, error: null }
  if (status === 'signed-out') {
    const { patience, lost } = unknownOf(state) ?? { lost: true }
    const error = patience?.error ?? state.error
    return { status, session: null, user: null, error, ...(!lost && { unknown: true as const }) }
  }
  const { session } = state.held.record
  const error = state.patience?.error ?? null
  return { status, session, user: session.user, error }
}

function codeOf({ type, ...rest }: Input<SessionUser>): string | undefined {
  return 'patience' in rest ? rest.patience.error.code : undefined
}

/** Work within so many ms is one burst: by its end, everything that was waiting has been heard of. */
const BURST = 10_000

/** Makes the readings of the clocks, which remember when somebody asked and when anything was done. */
function createMoments(clock: Clock, limits: Limits): Pick<Store<never>, 'now' | 'idle' | 'ask'> {
  /** Monotonic time at which somebody wanted a token last. */
  let askedAt = -Infinity
  const asked = limits.maxRetryDelay + ASKED
  function reading(): Now {
    const monotonic = clock.monotonic()
    return { wall: clock.now(), monotonic, asked: monotonic - askedAt <= asked }
  }
  /** The first reading of the last burst of work, and of the one before. */
  let last = reading()
  let before = last
  function now(): Now {
    const current = reading()
    if (passed(last, current) >= BURST) {
      before = last
      last = current
    }
    return current
  }
  return {
    now,
    idle() {
      const current = reading()
      // A tab that thaws runs its timers before it hears of what was told to it meanwhile.
      return passed(passed(last, current) < BURST ? before : last, current)
    },
    ask() {
      const current = now()
      askedAt = current.monotonic
      return current
    },
  }
}

/** Makes the store of one client, in the state `loading`. */
export function createStore<User extends SessionUser>(options: StoreOptions): Store<User> {
  const { environment, limits, debug } = options
  const { clock, report } = environment
  const outbox = createOutbox<User>(report)
  const subscribers = new Set<() => void>()
  const trace = debug && isolated(debug, report)
  let state: State<User> = { status: 'loading' }
  let snapshot: Snapshot<User> = toSnapshot<User>(state)
  let told = snapshot

  const { now, ...moments } = createMoments(clock, limits)

  function dispatch(input: Input<User>): void {
    const at = now()
    const before = state.status
    const [next, ...changes] = step(state, input, at, limits)
    state = next
    const fresh = toSnapshot(next)
    const { status, session, error } = snapshot
    if (fresh.status !== status || fresh.session !== session || fresh.error !== error) {
      snapshot = Object.freeze(fresh)
    }
    if (before === 'loading' && next.status !== 'loading') outbox.open(snapshot.session)
    outbox.add(changes)
    trace?.({
      at: Math.floor(at.wall),
      type: input.type,
      status: next.status,
      failures: next.status === 'signed-in' ? next.patience?.failures : undefined,
      revision: next.status === 'signed-in' ? next.held.record.revision : undefined,
      seen: input.type === 'observed' ? input.seen.kind : undefined,
      saved: 'saved' in next ? next.saved : undefined,
      code: codeOf(input),
    })
  }

  return {
    state: () => state,
    held: () => (state.status === 'signed-in' ? state.held : null),
    now,
    ...moments,
    dispatch,
    tell: (change) => outbox.add([change]),
    publish() {
      outbox.flush()
      if (told === snapshot) return
      told = snapshot
      for (const subscriber of [...subscribers]) {
        if (subscribers.has(subscriber)) subscriber()
      }
    },
    snapshot: () => snapshot,
    subscribe(listener) {
      const entry = isolated(listener, report)
      subscribers.add(entry)
      return () => subscribers.delete(entry)
    },
    listen(listener) {
      const stop = outbox.listen(listener)
      Promise.resolve().then(outbox.flush)
      return stop
    },
    clear() {
      outbox.clear()
      subscribers.clear()
    },
  }
}
