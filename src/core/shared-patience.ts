import type { EngineContext } from './context.js'
import type { AuthError } from './errors.js'
import { createLook } from './look.js'
import {
  nameOf,
  newsOf,
  type Patience,
  parsePatience,
  quietAfter,
  type Subject,
  serializePatience,
} from './patience.js'
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
  /**
   * What another context has met, or this one; `undefined` where storage does not say. Changes nothing; never
   * throws.
   */
  peek(subject: Subject): Promise<Patience | null | undefined>
  /** What is known after one more failure. Changes nothing. */
  count(before: Patience | null, error: AuthError): Patience
  /** Tells the others what is known by now; `null` when the server works again. */
  tell(patience: Patience | null, subject: Subject): Promise<void>
}

/** What storage said last. */
interface Known {
  readonly text: string | null
  readonly about: string
  readonly patience: Patience | null
}

/** Tells one subject from another. */
const keyOf = (subject: Subject): string => Object.values(nameOf(subject)).join(' ')

/** Makes `SharedPatience.count`. */
const createCount =
  <User extends SessionUser>({
    environment,
    limits,
    store,
  }: EngineContext<User>): SharedPatience['count'] =>
  (before, error) => {
    const now = store.now()
    return {
      failures: (before?.failures ?? 0) + 1,
      since: now,
      jitter: environment.random(),
      error,
      spent: before?.spent ?? false,
      quiet: before ? quietAfter(before, error, now, limits) : 0,
    }
  }

/** Makes one context's part of it. Its methods are called while holding the lock. */
export function createSharedPatience<User extends SessionUser>(
  context: EngineContext<User>,
): SharedPatience {
  const { settings, store, vault, section } = context
  const count = createCount(context)
  const look = createLook(store.now, settings.storage.lag)
  let known: Known = { text: null, about: '', patience: null }
  /** The text that is in the state by now: another token, of the same revision, is none of its business. */
  let learnt: string | null = null

  // What cannot be written costs the others a request each; the session does not depend on it. This context
  // knows it all the same, as long as nobody else writes.
  async function tell(patience: Patience | null, subject: Subject): Promise<void> {
    const text = patience && serializePatience(patience, subject, store.now())
    const write = vault.updateText('patience', () => text)
    const stored = await write.then(
      () => text,
      () => known.text,
    )
    known = { text: stored, about: keyOf(subject), patience }
    section.saved()
  }

  async function peek(subject: Subject): Promise<Patience | null | undefined> {
    try {
      const [text, sinceLook] = await look(() => vault.readText('patience'))
      const about = keyOf(subject)
      // Read anew, what is old would seem to have been written since the last look.
      if (text === known.text && about === known.about) return known.patience
      const seen = { now: store.now(), sinceLook }
      known = { text, about, patience: text === null ? null : parsePatience(text, subject, seen) }
      return known.patience
    } catch {
      // Storage does not answer: then this context has only its own experience.
      return undefined
    }
  }

  return {
    peek,
    count,
    tell,
    async learn() {
      const before = store.held()?.record
      const theirs = before && (await peek(before))
      if (known.text === learnt) return
      learnt = known.text
      const state = store.state()
      if (!theirs || state.status !== 'signed-in' || state.held.record !== before) return
      const news = newsOf(theirs, state.patience)
      if (news) store.dispatch({ type: 'failed', patience: news, origin: 'other-context' })
    },
    async fail({ error, spent, halted, ours }) {
      const state = store.state()
      if (state.status !== 'signed-in') return
      const counted = { ...count(state.patience, error), ...(halted && { halted }) }
      const before = state.patience ?? { ...counted, failures: 0 }
      // A request that this context gave up itself takes back nothing of what the server said last. A
      // token that may be spent stays so, whatever the server says to the next try.
      const patience = { ...before, ...(!ours && counted), spent: spent || before.spent }
      store.dispatch({ type: 'failed', patience, origin: 'this-context' })
      await tell(patience, state.held.record)
      learnt = known.text
    },
    async clear() {
      if (known.text !== null) await tell(null, null)
    },
  }
}
