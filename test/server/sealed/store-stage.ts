import { AuthError } from '../../../src/core/errors.js'
import type { SessionStore } from '../../../src/server/sealed/session-store.js'
import { createOpaqueStage } from './opaque-stage.js'

/** A person of whom the app knows too much for a cookie. */
export const large = { id: 'ada', email: 'ada@example.test', profile: { note: 'x'.repeat(20_000) } }

/** An app whose large sessions are held elsewhere. */
export function createStoreStage() {
  const entries = new Map<string, { readonly sealed: string; readonly until: number }>()
  const state = {
    /** What fails. */
    down: [] as readonly ('put' | 'get' | 'expire')[],
    fail: (): unknown => new AuthError('storage', 'It does not answer.'),
  }
  const reports: AuthError[] = []
  const time = { now: (): number => 0 }
  const check = (what: 'put' | 'get' | 'expire'): void => {
    if (state.down.includes(what)) throw state.fail()
  }
  // It throws at once where it fails, as the functions of an app may that are not async.
  const store: SessionStore = {
    put(name, sealed, ttl) {
      check('put')
      entries.set(name, { sealed, until: time.now() + ttl })
      return Promise.resolve()
    },
    get(name) {
      check('get')
      const entry = entries.get(name)
      return Promise.resolve(entry && time.now() < entry.until ? entry.sealed : null)
    },
    expire(name, ttl) {
      check('expire')
      const entry = entries.get(name)
      const until = Math.min(entry?.until ?? 0, time.now() + ttl)
      if (entry) entries.set(name, { ...entry, until })
      return Promise.resolve()
    },
  }
  const stage = createOpaqueStage({ store, report: (error) => void reports.push(error) })
  time.now = stage.clock.now
  const living = () => [...entries.values()].filter(({ until }) => stage.clock.time < until)
  return { ...stage, store, entries, living, state, reports }
}
