import type { LinkFlow } from '../../providers/gotrue/types.js'
import type { AuthError } from './errors.js'
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

/** What stands for no data, and the failure. */
export interface Failure<Empty> {
  data: Empty
  error: AuthError
}

/** Data, or a failure. */
export type Outcome<Data, Empty> = { data: Data; error: null } | Failure<Empty>

/** A failure in auth-js's form. @throws AuthError where the app wants failures to be thrown. */
export function failed<Empty>(face: Face, cause: unknown, data: Empty): Failure<Empty> {
  const error = toAuthError(cause)
  if (face.throwOnError) throw error
  return { data, error }
}

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
    return failed(face, cause, empty)
  }
}
