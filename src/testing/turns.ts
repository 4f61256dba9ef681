type Immediate = (run: () => void) => unknown

/** Turns of the event loop. */
export interface Turns {
  /** Resolves at the next turn. */
  next(): Promise<void>
  close(): void
}

/** What is used of Node's `process`. */
interface Host {
  getBuiltinModule(name: 'node:timers'): { readonly setImmediate: Immediate }
}

const isHost = (value: unknown): value is Host =>
  typeof value === 'object' && value !== null && 'getBuiltinModule' in value

/** What a test runner has put in the place of a timer has the runner's clock with it. */
const isReal = (found: Immediate): boolean => !('clock' in found)

/**
 * Node's own `setImmediate`, or null. It is taken from its module when this file is loaded, as test
 * runners replace it later.
 */
function findImmediate(): Immediate | null {
  const host: unknown = Reflect.get(globalThis, 'process')
  if (!isHost(host)) return null
  try {
    const { setImmediate: found } = host.getBuiltinModule('node:timers')
    return isReal(found) ? found : null
  } catch {
    // Some runtimes have Node's names and not its modules.
    return null
  }
}

const immediate = findImmediate()

/** Real turns of the event loop, one at a time. Not timers: test runners replace those. */
export function createTurns(): Turns {
  // It costs a tenth of a message.
  if (immediate) return { next: () => new Promise<void>(immediate), close() {} }
  // To make one for each turn would take longer than the turn.
  const { port1, port2 } = new MessageChannel()
  let pass = (): void => {}
  port2.onmessage = () => pass()
  return {
    next: () =>
      new Promise((resolve) => {
        pass = resolve
        port1.postMessage(0)
      }),
    close: () => port1.close(),
  }
}
