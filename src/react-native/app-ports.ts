import { AuthError } from '../core/errors.js'

/** @throws AuthError `invalid_argument` for what lacks a method of what an app was to pass. */
export function needMethods(given: unknown, methods: readonly string[], message: string): void {
  const found: Readonly<Record<string, unknown>> = Object(given)
  if (methods.every((name) => typeof found[name] === 'function')) return
  throw new AuthError('invalid_argument', message)
}

/** What a call to a module of the app fails with is a failure of storage, whatever the module says. */
export async function ofStorage<T>(work: () => T | PromiseLike<T>, message: string): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new AuthError('storage', message, { cause })
  }
}
