import { isLately } from '../shared/lately.js'

/** How long the same browser gets once more what it got at an address, in ms: for a page that is loaded anew. */
const LATELY = 10_000
/** Of how many addresses that is known. */
const MOST = 1_000

/**
 * Runs `work` once for all who come with `key` at a time, and for those who come lately after it, where what came of it
 * `lasts`.
 */
export type OncePerAddress<T> = (key: string, work: () => Promise<T>) => Promise<T>

interface Entry<T> {
  readonly outcome: Promise<T>
  /** When it was there, in ms since the epoch; `null` until then. */
  at: number | null
}

/** Makes it. `now`: ms since the epoch. */
export function createOncePerAddress<T>(
  lasts: (outcome: T) => boolean,
  now: () => number,
): OncePerAddress<T> {
  const known = new Map<string, Entry<T>>()

  /** Forgets what is too old, and the oldest of too many. */
  function tidy(): void {
    for (const [key, { at }] of known) {
      // One that is on its way stays: its code would be sent twice.
      if (at !== null && (!isLately(at, LATELY, now()) || known.size > MOST)) known.delete(key)
    }
  }

  return (key, work) => {
    tidy()
    const found = known.get(key)
    if (found) return found.outcome
    const entry: Entry<T> = { outcome: work(), at: null }
    known.set(key, entry)
    // Nobody has taken its place: it stays until it has ended.
    const forget = (): void => void known.delete(key)
    entry.outcome.then((outcome) => {
      if (lasts(outcome)) entry.at = now()
      else forget()
    }, forget)
    return entry.outcome
  }
}
