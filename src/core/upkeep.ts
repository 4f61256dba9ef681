import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { createReader, createSaver } from './duties.js'
import { refreshErrand } from './errands.js'
import type { WakeSign } from './ports.js'
import type { Refreshes } from './refreshes.js'
import type { SessionUser } from './session.js'
import type { Start } from './start.js'
import { type SignedIn, unknownOf, untilDue } from './state.js'
import type { TimeoutsWatch } from './timeouts.js'
import { CONFIRM_ABSENCE, type Held, type Now, remaining } from './timing.js'

/** What has to be done in time, derived from the state whenever it changes. */
export interface Upkeep {
  /** Tells subscribers, then waits for the next duty. Called after every change. */
  settle(): void
  /** Reads storage soon, as another context told that it has changed it: as good as a caller where nobody knows. */
  hint(): void
  /** Reads storage soon, to see whether it has changed. */
  look(): void
  /** Somebody wants a token: what waits is brought forward. Returns the time at which they do. */
  ask(): Now
  dispose(): void
}

/** What upkeep is made of, besides the context. */
export interface UpkeepParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly refreshes: Refreshes<User>
  readonly start: Start
  readonly timeouts: TimeoutsWatch | undefined
}

/** Makes the upkeep of one client: one timer, one deadline. */
export function createUpkeep<User extends SessionUser>(
  context: EngineContext<User>,
  parts: UpkeepParts<User>,
): Upkeep {
  const { environment, store } = context
  const { path, refreshes, start, timeouts } = parts
  const { clock, wake } = environment
  const saver = createSaver(context, parts, () => settle())
  const reader = createReader(context, parts, () => settle())
  let cancel: (() => void) | null = null
  let disposed = false
  /** Monotonic time of the last look whether storage is still empty: one that fails says nothing. */
  let lookedAt = -Infinity

  function tick(): void {
    const state = store.state()
    if (disposed || state.status === 'loading') return
    if (expire(context, path)) saver.soon()
    if (state.status === 'signed-in' && untilConfirmed(state, store.now(), lookedAt) <= 0) {
      lookedAt = store.now().monotonic
      reader.read()
    }
    if (saver.untilNext() <= 0) saver.save()
    timeouts?.tick()
    if (start.until() <= 0) start.retry()
    // A failure is in the state by now, and subscribers have heard of it.
    if (untilRefresh(context, refreshes) <= 0) {
      refreshes.refresh({ errand: refreshErrand(context) }).catch(() => {})
    }
    settle()
  }

  function settle(): void {
    if (disposed) return
    store.publish()
    cancel?.()
    const delay = Math.min(untilDuty(context, parts, lookedAt), saver.untilNext())
    // Whole milliseconds: a rounding error too early would be a timer without end. In the background:
    // a server process may end before it is due.
    cancel =
      delay < Infinity
        ? clock.schedule(Math.max(0, Math.ceil(delay)), tick, { background: true })
        : null
  }

  async function wakeUp(sign: WakeSign): Promise<void> {
    // WebKit never settles a fetch that was in flight when its page was put away.
    if (sign === 'restored') await refreshes.restart()
    store.ask()
    await reader.read()
    tick()
  }

  const isLoading = (): boolean => store.state().status === 'loading'
  const stop = wake.subscribe((sign) => void (isLoading() || wakeUp(sign)))

  return {
    settle,
    ask() {
      const now = store.ask()
      // Nobody asked before: the next try is due sooner now.
      if (!now.asked) settle()
      return { ...now, asked: true }
    },
    hint() {
      // Whoever was at work a moment ago would have heard of an earlier change then.
      const unheard = store.idle()
      if (unknownOf(store.state())) store.ask()
      if (!isLoading()) reader.read(unheard)
    },
    look: () => isLoading() || reader.read(),
    dispose() {
      disposed = true
      reader.dispose()
      cancel?.()
      stop()
    },
  }
}

/** Ends a session without a refresh token when its access token is dead; tells whether it has. */
function expire<User extends SessionUser>(
  { store }: EngineContext<User>,
  path: CommitPath<User>,
): boolean {
  const held = store.held()
  if (!held || untilEnd(held, store.now()) > 0) return false
  store.dispatch({ type: 'ended', reason: 'expired' })
  path.forgetKey(held.record.session)
  return true
}

/** Milliseconds until something other than a save has to be done. */
const untilDuty = <User extends SessionUser>(
  context: EngineContext<User>,
  { refreshes, start, timeouts }: UpkeepParts<User>,
  lookedAt: number,
): number =>
  Math.min(
    start.until(),
    untilRefresh(context, refreshes),
    untilLooked(context, lookedAt),
    timeouts?.until() ?? Infinity,
  )

/** Milliseconds until a refresh should start by itself; Infinity while none should. */
function untilRefresh<User extends SessionUser>(
  { environment, limits, settings, store }: EngineContext<User>,
  refreshes: Refreshes<User>,
): number {
  const { wake } = environment
  const { autoRefresh = 'visible' } = settings
  const state = store.state()
  const asleep = autoRefresh === 'visible' ? !wake.visible() : !autoRefresh
  const offline = state.status === 'signed-in' && state.patience !== null && !wake.online()
  if (asleep || offline || refreshes.running()) return Infinity
  return untilDue(state, store.now(), limits)
}

/** Milliseconds until a session without a refresh token ends, or an emptiness has to be confirmed. */
function untilLooked<User extends SessionUser>(
  { store }: EngineContext<User>,
  lookedAt: number,
): number {
  const state = store.state()
  if (state.status !== 'signed-in') return Infinity
  const now = store.now()
  return Math.min(untilEnd(state.held, now), untilConfirmed(state, now, lookedAt))
}

/** Milliseconds until a session ends with its access token; Infinity while it can be refreshed. */
const untilEnd = <User extends SessionUser>(held: Held<User>, now: Now): number =>
  held.record.session.refreshToken ? Infinity : remaining(held, now)

/** Milliseconds until storage that was found empty has been so for long enough; Infinity where it was not. */
const untilConfirmed = <User extends SessionUser>(
  { absentSince }: SignedIn<User>,
  { monotonic }: Now,
  lookedAt: number,
): number =>
  absentSince === null ? Infinity : Math.max(absentSince, lookedAt) + CONFIRM_ABSENCE - monotonic
