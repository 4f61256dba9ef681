import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import type { Refreshes } from './refreshes.js'
import type { SessionUser } from './session.js'
import type { Start } from './start.js'
import { isBlind } from './state.js'

/** What a saver is made of, besides the context. */
interface SaverParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly refreshes: Refreshes<User>
}

/** What a reader is made of, besides the context. */
interface ReaderParts<User extends SessionUser> {
  readonly refreshes: Refreshes<User>
  readonly start: Start
}

/** Makes the duty to read storage: one reading at a time, and one more for all hints during it. */
export function createReader<User extends SessionUser>(
  { store }: Pick<EngineContext<User>, 'store'>,
  { refreshes, start }: ReaderParts<User>,
  done: () => void,
) {
  /** Hints that came since the last reading began; `null` while nothing is being read. */
  let hints: number | null = null
  let disposed = false
  return {
    async read(unheard?: number): Promise<void> {
      if (hints !== null) {
        hints++
        return
      }
      do {
        hints = 0
        await (isBlind(store.state()) ? start.look() : refreshes.observe(unheard))
      } while (hints > 0 && !disposed)
      hints = null
      done()
    },
    dispose(): void {
      disposed = true
    },
  }
}

/** Makes the duty to bring storage to say what memory says, after a write has failed. */
export function createSaver<User extends SessionUser>(
  { limits, section, store }: EngineContext<User>,
  { path, refreshes }: SaverParts<User>,
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
