import type { Exchange } from './exchange.js'
import { CONFIRM_ABSENCE } from './machine.js'
import type { EngineSettings } from './options.js'
import type { WakeSign } from './ports.js'
import type { Section } from './section.js'
import type { SessionUser } from './session.js'
import { type Limits, remaining, untilDue } from './state.js'
import type { Store } from './store.js'
import type { Vault } from './vault.js'

/** What has to be done in time, derived from the state whenever it changes. */
export interface Upkeep {
  /** Tells subscribers, then waits for the next duty. Called after every change. */
  settle(): void
  /** Reads storage soon, because something may have changed there. */
  hint(): void
  dispose(): void
}

/** What upkeep works on. */
export interface UpkeepDeps<User extends SessionUser> {
  readonly settings: EngineSettings<User>
  readonly limits: Limits
  readonly store: Store<User>
  readonly vault: Vault<User>
  readonly exchange: Exchange<User>
  readonly section: Section
  announce(): void
}

/** Makes the upkeep of one client: one timer, one deadline. */
export function createUpkeep<User extends SessionUser>(deps: UpkeepDeps<User>): Upkeep {
  const { settings, limits, store, vault, exchange } = deps
  const { clock, wake } = settings.environment
  let cancel: (() => void) | null = null
  let disposed = false
  let saveAt: number | null = null
  let saves = 0
  /** A save waits for the lock: until it has ended there is no other. */
  let saving = false
  /** Hints that came since the last reading began; `null` while nothing is being read. */
  let hints: number | null = null

  /** Milliseconds until a refresh should start by itself. */
  function untilRefresh(): number {
    const state = store.state()
    const { autoRefresh = 'visible' } = settings
    const asleep = autoRefresh === 'visible' ? !wake.visible() : !autoRefresh
    const paused =
      state.status === 'signed-in' && state.refresh.phase === 'failing' && !wake.online()
    if (asleep || paused || exchange.running()) return Infinity
    return untilDue(state, store.now(), limits)
  }

  function untilNext(): number {
    const state = store.state()
    if (state.status === 'loading') return Infinity
    const now = store.now()
    const duties = [untilRefresh()]
    if (state.saved) {
      saveAt = null
      saves = 0
    } else if (!saving) {
      saveAt ??= now.monotonic + Math.min(limits.maxRetryDelay, limits.retryDelay * 2 ** saves)
      duties.push(saveAt - now.monotonic)
    }
    if (state.status === 'signed-in') {
      if (!state.held.record.session.refreshToken) duties.push(remaining(state.held, now))
      if (state.absentSince !== null) {
        duties.push(state.absentSince + CONFIRM_ABSENCE - now.monotonic)
      }
    }
    return Math.min(...duties)
  }

  /** Writing failed before: storage is brought to say what memory says. */
  async function save(): Promise<void> {
    const seen = await exchange.observe()
    const state = store.state()
    if (state.status === 'loading' || state.saved) return
    const held = store.held()
    const saved =
      state.status === 'signed-in'
        ? await exchange.save(state.held.record, seen)
        : await vault.end(state.over.at(-1) ?? null, false)
    if (saved === null || store.held()?.record !== held?.record) return
    store.dispatch({ type: 'persisted', saved })
    if (saved) deps.announce()
  }

  function saveInTurn(): void {
    saving = true
    saves++
    saveAt = null
    const end = (): void => {
      saving = false
      settle()
    }
    deps.section.locked(save).then(end, end)
  }

  function tick(): void {
    const state = store.state()
    if (disposed || state.status === 'loading') return
    const now = store.now()
    if (state.status === 'signed-in') {
      const { held, absentSince } = state
      if (!held.record.session.refreshToken && remaining(held, now) <= 0) {
        store.dispatch({ type: 'ended', reason: 'expired' })
        saveAt = now.monotonic
      }
      if (absentSince !== null && now.monotonic - absentSince >= CONFIRM_ABSENCE) hint()
    }
    if (saveAt !== null && saveAt <= now.monotonic) saveInTurn()
    // A failure is in the state by now, and subscribers have heard of it.
    if (untilRefresh() <= 0) exchange.refresh({}).catch(() => {})
    settle()
  }

  function settle(): void {
    if (disposed) return
    store.publish()
    cancel?.()
    const delay = untilNext()
    // A server process may end before it is due.
    cancel =
      delay < Infinity ? clock.schedule(Math.max(0, delay), tick, { background: true }) : null
  }

  async function hint(): Promise<void> {
    if (hints !== null) {
      hints++
      return
    }
    do {
      hints = 0
      await exchange.observe()
    } while (hints > 0 && !disposed)
    hints = null
    settle()
  }

  async function wakeUp(sign: WakeSign): Promise<void> {
    // WebKit never settles a fetch that was in flight when its page was put away.
    if (sign === 'restored') await exchange.restart()
    if (sign !== 'wake') store.dispatch({ type: 'online' })
    await hint()
    tick()
  }

  const stop = wake.subscribe((sign) => {
    if (store.state().status === 'loading') return
    wakeUp(sign)
  })

  return {
    settle,
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
