import { AuthError, isAuthError } from './errors.js'

/** @throws AuthError, always: what is none came of something passed, or of a provider's own fault. */
function fail(cause: unknown): never {
  throw isAuthError(cause)
    ? cause
    : new AuthError('invalid_argument', 'This call or its provider is wrong: see `cause`.', {
        cause,
      })
}

/**
 * The promise of `work`, which reads what was passed before it returns. No turn comes between the two:
 * who asked for a session before a sign-out is answered before that is told, and not after it.
 * @throws AuthError for what `work` throws.
 */
export function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return work()
  } catch (cause) {
    return new Promise(() => fail(cause))
  }
}

/** The same, where what was passed is read later as well. @throws AuthError and nothing else. */
export const guardedThroughout = <T>(work: () => Promise<T>): Promise<T> =>
  guarded(work).catch(fail)

/** Makes the methods of an object fail as `guarded` does, and returns it. */
export function guardAll<Api extends object>(api: Api): Api {
  for (const [name, method] of Object.entries(api)) {
    if (typeof method !== 'function') continue
    Reflect.set(api, name, (...given: readonly unknown[]): unknown => {
      try {
        const result: unknown = Reflect.apply(method, api, given)
        return result instanceof Promise ? result.catch(fail) : result
      } catch (cause) {
        return fail(cause)
      }
    })
  }
  return api
}
