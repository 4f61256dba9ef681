import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { refreshErrand } from './errands.js'
import { CONFIRM_ABSENCE } from './machine.js'
import type { WakeSign } from './ports.js'
import type { Refreshes } from './refreshes.js'
import type { SessionUser } from './session.js'
import { untilDue } from './state.js'
import { remaining } from './timing.js'

/** What has to be done in time, derived from the state whenever it changes. */
export interface Upkeep {
  /** Tells subscribers, then waits for the next duty. Called after every change. */
  settle(): void
  /** Reads storage soon, because something may have changed there. */
  hint(): void
  /** Somebody wants a token, or the context has just been woken: what waits is brought forward. */
  ask(): void
  dispose(): void
}

/** What upkeep is made of, besides the context. */
export interface UpkeepParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly refreshes: Refreshes<User>
}

/** Makes the upkeep of one client: one timer, one deadline. */
export function createUpkeep<User extends SessionUser>(
  context: EngineContext<User>,
  { path, refreshes }: UpkeepParts<User>,
): Upkeep {
  const { environment, limits, settings, store } = context
  const { clock, wake } = environment
  const saver = createSaver(context, { path, refreshes }, () => settle())
  let cancel: (() => void) | null = null
  let disposed = false
  /** Hints that came since the last reading began; `null` while nothing is being read. */
  let hints: number | null = null

  /** Milliseconds until a refresh should start by itself. */
  function untilRefresh(): number {
    const state = store.state()
    const { autoRefresh = 'visible' } = settings
    const asleep = autoRefresh === 'visible' ? !wake.visible() : !autoRefresh
    const paused = state.status === 'signed-in' && state.patience !== null && !wake.online()
    if (asleep || paused || refreshes.running()) return Infinity
    return untilDue(state, store.now(), limits)
  }

  function untilNext(): number {
    const state = store.state()
    if (state.status === 'loading') return Infinity
    const now = store.now()
    const duties = [untilRefresh(), saver.untilNext()]
    if (state.status === 'signed-in') {
      if (!state.held.record.session.refreshToken) duties.push(remaining(state.held, now))
      if (state.absentSince !== null) {
        duties.push(state.absentSince + CONFIRM_ABSENCE - now.monotonic)
      }
    }
    return Math.min(...duties)
  }

  function tick(): void {
    const state = store.state()
    if (disposed || state.status === 'loading') return
    const now = store.now()
    if (state.status === 'signed-in') {
      const { held, absentSince } = state
      if (!held.record.session.refreshToken && remaining(held, now) <= 0) {
        store.dispatch({ type: 'ended', reason: 'expired' })
        saver.soon()
      }
      if (absentSince !== null && now.monotonic - absentSince >= CONFIRM_ABSENCE) hint()
    }
    if (saver.untilNext() <= 0) saver.save()
    // A failure is in the state by now, and subscribers have heard of it.
    if (untilRefresh() <= 0) refreshes.refresh({ errand: refreshErrand(context) }).catch(() => {})
    settle()
  }

  function settle(): void {
    if (disposed) return
    store.publish()
    cancel?.()
    const delay = untilNext()
    // Whole milliseconds: a rounding error too early would be a timer without end. In the background:
    // a server process may end before it is due.
    cancel =
      delay < Infinity
        ? clock.schedule(Math.max(0, Math.ceil(delay)), tick, { background: true })
        : null
  }

  async function hint(): Promise<void> {
    if (hints !== null) {
      hints++
      return
    }
    do {
      hints = 0
      await refreshes.observe()
    } while (hints > 0 && !disposed)
    hints = null
    settle()
  }

  function ask(): void {
    const { asked } = store.now()
    store.ask()
    // Nobody asked before: the next try is due sooner now.
    if (!asked) settle()
  }

  async function wakeUp(sign: WakeSign): Promise<void> {
    // WebKit never settles a fetch that was in flight when its page was put away.
    if (sign === 'restored') await refreshes.restart()
    store.ask()
    await hint()
    tick()
  }

  const stop = wake.subscribe((sign) => {
    if (store.state().status !== 'loading') wakeUp(sign)
  })

  return {
    settle,
    ask,
    hint: () => {
      if (store.state().status !== 'loading') hint()
    },
    dispose() {
      disposed = true
      cancel?.()
      stop()
    },
  }
}

/** Makes the duty to bring storage to say what memory says, after a write has failed. */
function createSaver<User extends SessionUser>(
  { limits, section, store }: EngineContext<User>,
  { path, refreshes }: UpkeepParts<User>,
  done: () => void,
) {
  /** Monotonic time of the next try. */
  let at: number | null = null
  let tries = 0
  /** A save waits for the lock: until it has ended there is no other. */
  let saving = false

  async function save(): Promise<void> {
    const seen = await refreshes.observe()
    const state = store.state()
    if (state.status === 'loading' || state.saved) return
    if (state.status === 'signed-out') {
      const lineage = state.ended.at(-1) ?? null
      return path.end({ lineage, any: false, error: state.error ?? undefined })
    }
    const { record } = state.held
    await path.commit({
      record,
      seen,
      still: () => store.held()?.record === record,
      become: (saved) => ({ type: 'persisted', saved }),
    })
  }

  return {
    /** Milliseconds until the next try; Infinity when everything is saved. */
    untilNext(): number {
      const state = store.state()
      if (saving || state.status === 'loading') return Infinity
      if (state.saved) {
        at = null
        tries = 0
        return Infinity
      }
      const { monotonic } = store.now()
      at ??= monotonic + Math.min(limits.maxRetryDelay, limits.retryDelay * 2 ** tries)
      return at - monotonic
    },
    soon(): void {
      at = store.now().monotonic
    },
    save(): void {
      saving = true
      tries++
      at = null
      const end = (): void => {
        saving = false
        done()
      }
      section.locked(save).then(end, end)
    },
  }
}
