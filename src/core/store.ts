import type { AuthError } from './errors.js'
import { type AuthListener, createOutbox, isolated } from './events.js'
import { step } from './machine.js'
import type { Environment } from './ports.js'
import type { Session, SessionUser } from './session.js'
import type { Held, Input, Limits, Now, State } from './state.js'

/** What `getSnapshot()` returns: the same object until something changes. */
export interface Snapshot<User extends SessionUser = SessionUser> {
  readonly status: 'loading' | 'signed-in' | 'signed-out'
  readonly session: Session<User> | null
  /** Why the last refresh failed, while it is being tried again. */
  readonly error: AuthError | null
}

/** One thing that happened inside a client. Holds no token and no address. */
export interface DebugEntry {
  /** Milliseconds since the epoch by this device's clock. */
  readonly at: number
  readonly type: Input<SessionUser>['type']
  readonly status: Snapshot['status']
  readonly phase?: string | undefined
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
  /** Changes the state. Nobody is told before `publish`. */
  dispatch(input: Input<User>): void
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
  if (state.status !== 'signed-in') return { status: state.status, session: null, error: null }
  const { held, refresh } = state
  const error = refresh.phase === 'failing' ? refresh.error : null
  return { status: 'signed-in', session: held.record.session, error }
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

  const now = (): Now => ({ wall: clock.now(), monotonic: clock.monotonic() })

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
      at: at.wall,
      type: input.type,
      status: next.status,
      phase: next.status === 'signed-in' ? next.refresh.phase : undefined,
      revision: next.status === 'signed-in' ? next.held.record.revision : undefined,
      seen: input.type === 'observed' ? input.seen.kind : undefined,
      saved: 'saved' in next ? next.saved : undefined,
      code: input.type === 'failed' ? input.error.code : undefined,
    })
  }

  return {
    state: () => state,
    held: () => (state.status === 'signed-in' ? state.held : null),
    now,
    dispatch,
    publish() {
      outbox.flush()
      if (told === snapshot) return
      told = snapshot
      for (const subscriber of [...subscribers]) subscriber()
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
