import { tell } from '../shared/security-events.js'

/** Who waits for the ends of what names. */
export interface Watches {
  /** Waits for the end of any of these names. @returns what stops it. */
  add(names: readonly string[], onEnd: () => void): () => void
  /** Says that a name was ended: those who wait for it are called. What they throw is theirs. */
  tell(name: string): void
  /** Whether nobody waits. */
  isIdle(): boolean
}

/** Makes the list of those who wait. */
export function createWatches(): Watches {
  const waiting = new Map<string, Set<() => void>>()

  function remove(name: string, onEnd: () => void): void {
    const all = waiting.get(name)
    all?.delete(onEnd)
    if (all?.size === 0) waiting.delete(name)
  }

  return {
    add(names, onEnd) {
      // The same function may be given twice: each stop is its own.
      const own = (): void => onEnd()
      for (const name of names) waiting.set(name, (waiting.get(name) ?? new Set()).add(own))
      return () => {
        for (const name of names) remove(name, own)
      }
    },
    tell(name) {
      for (const onEnd of waiting.get(name) ?? []) tell(onEnd, undefined)
    },
    isIdle: () => waiting.size === 0,
  }
}
