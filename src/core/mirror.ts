import { isAuthError } from './errors.js'
import type { Environment } from './ports.js'
import type { SessionRecord, SessionUser } from './session.js'
import type { Store } from './store.js'
import type { Vault } from './vault.js'

/**
 * What a reading of storage told about the session in memory: storage points to it, or not; or
 * nothing could be learnt, because it failed or did not answer in time.
 */
export type Seen = 'ours' | 'other' | 'failed' | 'unanswered'

/** Keeps memory and storage in step. */
export interface Mirror<User extends SessionUser> {
  /** The sign-in that is current in memory. */
  lineage(): string | undefined
  /** Reads storage and adopts what it says. */
  observe(): Promise<Seen>
  /**
   * Saves a record of the current session, and points to it unless storage was `seen` to. `null`
   * when another session became current meanwhile: then nothing of this one is left in storage,
   * unless that one could not be saved.
   */
  save(record: SessionRecord<User>, seen: Seen): Promise<boolean | null>
}

/** What a mirror is made of. */
export interface MirrorDeps<User extends SessionUser> {
  readonly environment: Environment
  readonly store: Store<User>
  readonly vault: Vault<User>
}

/** Makes the mirror of one client. */
export function createMirror<User extends SessionUser>(deps: MirrorDeps<User>): Mirror<User> {
  const { environment, store, vault } = deps
  const lineage = (): string | undefined => store.held()?.record.lineage
  return {
    lineage,
    async observe() {
      try {
        const seen = await vault.read()
        const before = lineage()
        store.dispatch({ type: 'observed', seen })
        const after = lineage()
        // Without a working lock, a save of ours may have landed after the sibling's removal. What
        // was deleted by hand is no end: a sibling may be writing it anew.
        const ended = before !== after && seen.kind !== 'absent'
        if (before && ended) await vault.discard(before)
        return seen.kind === 'session' && seen.record.lineage === after ? 'ours' : 'other'
      } catch (error) {
        environment.report(error)
        return isAuthError(error, 'timeout') ? 'unanswered' : 'failed'
      }
    },
    async save(record, seen) {
      const state = store.state()
      const { over = [], saved: pointed = false } = state.status === 'signed-in' ? state : {}
      const point = seen === 'other' || (seen !== 'ours' && !pointed)
      const saved = await vault.save(record, point ? over : null)
      if (lineage() === record.lineage) return saved
      const now = store.state()
      // The siblings go on with it, as long as what took its place is known here alone.
      if (now.status !== 'signed-in' || now.saved) await vault.discard(record.lineage)
      return null
    },
  }
}
