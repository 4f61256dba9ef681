import type { EngineContext } from './context.js'
import type { AuthError } from './errors.js'
import { createLook } from './look.js'
import { newsOf, parsePatience, quietAfter, serializePatience } from './patience.js'
import type { SessionUser } from './session.js'

/** One refresh that failed. */
export interface Failure {
  readonly error: AuthError
  /** Whether there may have been an answer: then the refresh token is worth nothing since. */
  readonly spent: boolean
  /** Whether it is known to be: spent on a step that the error names. */
  readonly halted: boolean
  /** Whether this context gave up the request itself, so that it says nothing about the server. */
  readonly ours: boolean
}

/** The patience that all contexts of a storage have with a sick server together. */
export interface SharedPatience {
  /** Reads what another context has met with the tokens in memory. Never throws. */
  learn(): Promise<void>
  /** Counts one more failure, and tells the others. */
  fail(failure: Failure): Promise<void>
  /** The server works again. */
  clear(): Promise<void>
}

/** Makes one context's part of it. Its methods are called while holding the lock. */
export function createSharedPatience<User extends SessionUser>(
  context: EngineContext<User>,
): SharedPatience {
  const { environment, settings, store, vault, section } = context
  const look = createLook(store.now, settings.storage.lag)
  /** The text that this context has read or written last. */
  let known: string | null = null

  // What cannot be written costs the others a request each; the session does not depend on it.
  const write = (text: string | null): Promise<void> => {
    known = text
    return vault.updateText('patience', () => text).catch(() => {})
  }

  return {
    async learn() {
      try {
        const [text, sinceLook] = await look(() => vault.readText('patience'))
        const state = store.state()
        if (text === known || state.status !== 'signed-in') return
        known = text
        const seen = { now: store.now(), sinceLook }
        const patience = text === null ? null : parsePatience(text, state.held.record, seen)
        const news = patience && newsOf(patience, state.patience)
        if (news) store.dispatch({ type: 'failed', patience: news, origin: 'other-context' })
      } catch {
        // Storage does not answer: then this context has only its own experience.
      }
    },
    async fail({ error, spent, halted, ours }) {
      const state = store.state()
      if (state.status !== 'signed-in') return
      const now = store.now()
      const before = state.patience ?? {
        failures: 0,
        since: now,
        jitter: 0,
        error,
        spent,
      }
      const counted = {
        failures: before.failures + 1,
        since: now,
        jitter: environment.random(),
        error,
        quiet: quietAfter(before, error, now, context.limits),
        ...(halted && { halted }),
      }
      // A request that this context gave up itself takes back nothing of what the server said last. A
      // token that may be spent stays so, whatever the server says to the next try.
      const patience = { ...before, ...(!ours && counted), spent: spent || before.spent }
      store.dispatch({ type: 'failed', patience, origin: 'this-context' })
      await write(serializePatience(patience, state.held.record, now))
      section.saved()
    },
    async clear() {
      if (known !== null) await write(null)
    },
  }
}
