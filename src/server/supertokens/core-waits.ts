import { after } from '../shared/time-limit.js'
import { isSuperTokensError } from './errors.js'

/**
 * How long is waited before a request is sent again that came too often, in ms: SuperTokens' managed
 * cores refuse for moments, and their SDKs wait like that (querier.ts).
 */
export const WAITS: readonly number[] = [10, 260, 510, 760, 1_010]

/** Waits for so many ms. */
export type Wait = (ms: number) => Promise<void>

/** Waits by a timer. */
export const pause: Wait = (ms) => new Promise((resolve) => void after(ms, resolve))

/** Whether a request was refused as one too many, without a word on when another will do. */
export const isForNow = (error: unknown): boolean =>
  isSuperTokensError(error, 'GENERAL_ERROR') &&
  error.code === 'rate_limited' &&
  error.retryAfter === undefined

/**
 * Runs `work`, and again while the core only says that there were too many requests: it has done
 * nothing about one that it refuses like that. `left` says how many ms there are for it all.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { wait, left }: { readonly wait: Wait; left(): number },
): Promise<T> {
  for (const ms of WAITS) {
    try {
      return await work()
    } catch (error) {
      if (!isForNow(error) || left() <= ms) throw error
    }
    await wait(ms)
  }
  return work()
}
