import { setTimeout as delay } from 'node:timers/promises'

/** The longest that a scenario may take unless it says so, in ms: one that hangs must not hold up the others. */
const LONGEST = 120_000

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/**
 * Runs a scenario and says how long it took; resolves to its failure when it has one. `longest` in ms.
 */
export async function bounded<T>(
  name: string,
  run: () => Promise<T>,
  longest: number = LONGEST,
): Promise<T | Error> {
  const from = performance.now()
  const tooLong = delay(longest, undefined, { ref: false }).then((): never => {
    throw new Error(`it took more than ${seconds(longest)}`)
  })
  const outcome = await Promise.race([run(), tooLong]).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  )
  console.error(`${name}: ${seconds(performance.now() - from)}`)
  return outcome
}
