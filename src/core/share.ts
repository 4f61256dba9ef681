/** A call that others may join. */
export interface Shared<Wish, Result> {
  readonly wish: Wish
  /** Whether it is too late to ask it for a request: whoever wants one comes after it. */
  closed: boolean
  readonly promise: Promise<Result>
}

/** Calls that wait for each other, and share what they can. */
export interface Share<Wish, Result> {
  /** The calls under way, in their order. */
  readonly calls: readonly Shared<Wish, Result>[]
  /** Joins the first call that `fits`, or comes after all of them. */
  ask(wish: () => Wish, fits: (call: Shared<Wish, Result>) => boolean): Shared<Wish, Result>
}

/**
 * Makes a line of calls. `run` serves one when those before it are over; `prior` is what the last of
 * them brought, `null` if it failed or there was none. `left` runs whenever a call has left the line,
 * before its callers hear of it.
 */
export function createShare<Wish, Result>(
  run: (call: Shared<Wish, Result>, prior: Result | null) => Promise<Result>,
  left: () => void,
): Share<Wish, Result> {
  const calls: Shared<Wish, Result>[] = []
  return {
    calls,
    ask(wish, fits) {
      const found = calls.find(fits)
      if (found) return found
      const before = calls.at(-1)?.promise.catch(() => null) ?? Promise.resolve(null)
      const call: Shared<Wish, Result> = {
        wish: wish(),
        closed: false,
        promise: before
          .then((prior) => run(call, prior))
          .finally(() => {
            calls.splice(calls.indexOf(call), 1)
            left()
          }),
      }
      calls.push(call)
      return call
    },
  }
}
