import { AuthError, isAuthError } from './errors.js'

/** @throws AuthError, always: what is none came of something passed, or of a provider's own fault. */
function fail(cause: unknown): never {
  throw isAuthError(cause)
    ? cause
    : new AuthError('invalid_argument', 'This call or its provider is wrong: see `cause`.', {
        cause,
      })
}

/** Runs what reads arguments. @throws AuthError and nothing else: JavaScript passes anything. */
export const guarded = <T>(work: () => Promise<T>): Promise<T> =>
  new Promise<T>((resolve) => resolve(work())).catch(fail)

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
