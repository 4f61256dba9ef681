import type { EngineSettings } from './options.js'
import type { SessionUser } from './session.js'

/**
 * How contexts tell each other that storage has changed. How one learns of a sign-out in another:
 *
 *   another context                      this context
 *   signOut(): commit.ts moves the
 *   pointer, then announces ──channel──▶ hints.ts hears
 *              └───────────storage event─▶ upkeep.ts reads soon (createReader)
 *                                        commit.ts observes: vault.ts reads the pointer
 *                                        machine.ts: 'signed-out', and SIGNED_OUT for subscribers
 */
export interface Hints {
  /** Tells the other contexts. */
  announce(): void
  dispose(): void
}

/** What a client does about hints. */
export interface HintOptions {
  readonly name: string
  /** Storage may have changed. */
  onHint(): void
}

/**
 * Opens the channel and listens to storage, a task later than the client is made: neither is needed
 * to show who is signed in, and both cost the page its first milliseconds. What changed meanwhile is
 * found by one more reading.
 */
export function createHints<User extends SessionUser>(
  { environment, storage, storageKey }: EngineSettings<User>,
  { name, onHint }: HintOptions,
): Hints {
  const { clock, channel } = environment
  let line: ReturnType<typeof channel.open> | null = null
  let unsubscribe: (() => void) | undefined
  let disposed = false

  function hear(): void {
    onHint()
    // The news may be here before the write is.
    if (storage.lag) {
      clock.schedule(storage.lag, () => disposed || onHint(), { background: true })
    }
  }

  function open(): void {
    cancel()
    if (line || disposed) return
    line = channel.open(name, hear)
    unsubscribe = storage.subscribe?.((key) => {
      if (key === null || key.startsWith(storageKey)) hear()
    })
    onHint()
  }
  const cancel = clock.schedule(0, open, { background: true })

  return {
    announce() {
      open()
      line?.post()
    },
    dispose() {
      disposed = true
      cancel()
      line?.close()
      unsubscribe?.()
    },
  }
}
