import { AuthError } from '../../core/errors.js'

/** How long a request to the server may take by default, in ms. As long as a browser's refresh. */
export const TIME_LIMIT = 10_000

/** The longest delay a timer can hold, in ms; above it, it fires at once (HTML §8.7). */
const LONGEST = 2 ** 31 - 1

/**
 * Does `task` after so many ms, or after what a timer can hold where that is less: 24 days.
 * @returns what calls it off.
 */
export function after(delay: number, task: () => void): () => void {
  const timer = setTimeout(task, Math.min(delay, LONGEST))
  return () => clearTimeout(timer)
}

/** Gives `work` so many ms, and a signal that aborts after them. @throws AuthError `timeout` */
export function withinTime<T>(
  limit: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const callOff = after(limit, () => {
      const late = new AuthError('timeout', `The server did not answer within ${limit} ms.`)
      reject(late)
      controller.abort(late)
    })
    new Promise<T>((begin) => begin(work(controller.signal))).then(resolve, reject).finally(callOff)
  })
}
