import type { LinkFlow } from '../../providers/gotrue/types.js'
import { type AuthError, AuthRetryableFetchError } from './errors.js'
import type { Inner } from './options.js'
import { toAuthError } from './translate.js'

/** What all methods work on. */
export interface Face {
  /** The client of Holdfast that does the work. */
  readonly client: Inner
  /** How links come back. */
  readonly flow: LinkFlow
  readonly throwOnError: boolean
  /** Settles once nothing is under way that `initialize` began: all calls wait for it. */
  ready(): Promise<unknown>
}

/** Data, or what stands for none and the failure. */
export type Outcome<Data, Empty> = { data: Data; error: null } | { data: Empty; error: AuthError }

/**
 * Does work, and gives its result in auth-js's form: `data` and `error`. `empty` is the data of a
 * failure.
 */
export async function run<Data, Empty>(
  face: Face,
  work: (face: Face) => Promise<Data>,
  empty: Empty,
): Promise<Outcome<Data, Empty>> {
  try {
    await face.ready()
    return { data: await work(face), error: null }
  } catch (cause) {
    const error = toAuthError(cause)
    if (face.throwOnError) throw error
    return { data: empty, error }
  }
}

/** Loads a part of this package. @throws AuthRetryableFetchError where it cannot be had now. */
export async function loaded<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load()
  } catch {
    throw new AuthRetryableFetchError('A part of holdfast/compat/auth-js could not be loaded.', 0)
  }
}
