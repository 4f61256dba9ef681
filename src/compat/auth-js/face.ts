import type { LinkFlow } from '../../providers/gotrue/types.js'
import { type AuthError, AuthRefreshDiscardedError } from './errors.js'
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
  /** Whether `initialize` has begun something that has not ended. */
  starting(): boolean
  /** @throws AuthRefreshDiscardedError once somebody else is signed in than when the call was made. */
  check(): void
}

/** Who is signed in: `null` for nobody, `undefined` as long as that is unknown. */
function personNow({ client, starting }: Face): string | null | undefined {
  const now = client.getSnapshot()
  const isUnknown = now.status === 'signed-out' ? now.unknown : now.status === 'loading'
  return starting() || isUnknown ? undefined : (now.user?.id ?? null)
}

/**
 * What one call works on, which is sent as whoever makes it, or not at all:
 *
 *   Ada calls updateUser() ──▶ its work is loaded ······ ▶ would be sent as Grace
 *                                    Grace signs in ─┘
 */
export function asCaller(face: Face): Face {
  let begun = personNow(face)
  const note = (): void => {
    if (begun === undefined) begun = personNow(face)
  }
  // What only the start finds out is the caller's as well.
  face.ready().then(note)
  return {
    ...face,
    check() {
      note()
      if (begun !== personNow(face)) throw new AuthRefreshDiscardedError()
    },
  }
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
    face.check()
    return { data: await work(face), error: null }
  } catch (cause) {
    return failed(face, cause, empty)
  }
}
