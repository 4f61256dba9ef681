import { deepFreeze } from '../shared/deep-freeze.js'
import { createRecent } from '../shared/recent.js'
import { isWithin } from './fast-seal.js'
import { checkPassword, endOf, type Password, unsealText } from './seal.js'

/** Opens a seal and reads what is in it; `null` for what does not open. */
export type SealReader<Value> = (
  sealed: string,
  password: Password,
  now: () => number,
) => Promise<Value | null>

/** How a seal was read. */
interface KnownSeal<Value> {
  readonly value: Value
  /** The passwords that it was opened by, all that were given, in their order. */
  readonly passwords: readonly string[]
  /** When it ends, as it stands in the seal. */
  readonly end: string
}

/** What is read, and what of it. */
export interface KnownSealsOptions<Value> {
  /** Reads a text. It must look at nothing else: not at the time, nor at what anybody has said since. */
  readonly read: (text: string) => Value
  /** Whether a reading is one to remember. */
  readonly isGood: (value: Value) => boolean
}

/** The most seals that are remembered, and characters of them and of what was in them. */
const KEPT = { entries: 2_000, size: 8_000_000 }

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((password, index) => password === other[index])

/**
 * Makes a reader that remembers what it has read, frozen. What it spares is the work only, for
 * whatever may speak against a cookie is asked at each use:
 * - It is known by its whole text, so that one with a character changed is another one. A map finds a
 *   text by a hash with a secret of the process, so that nobody learns by the time how much of one is right.
 * - It is known together with all passwords by which it was opened: when one is taken off the list, or
 *   the list is another app's, the seal must be opened anew.
 * - Its end counts by the clock of each use.
 * - Whether somebody has signed out of the session, and whether its token is genuine and alive, is no
 *   matter of seals: those who ask for that ask it of every request.
 * - Only what a password has sealed is remembered. Strangers, who have none, put nothing in, and push
 *   nothing out.
 * @throws AuthError `invalid_argument` for an unfit password.
 */
export function createKnownSeals<Value>({
  read,
  isGood,
}: KnownSealsOptions<Value>): SealReader<Value> {
  const known = createRecent<KnownSeal<Value>>(KEPT)
  return async (sealed, password, now) => {
    const passwords = checkPassword(password)
    const seal = known.get(sealed)
    if (seal && isSame(seal.passwords, passwords) && isWithin(seal.end, Math.round(now()))) {
      return seal.value
    }
    const text = await unsealText(sealed, password, { now })
    if (text === null) return null
    const value = deepFreeze(read(text))
    if (isGood(value)) {
      const entry = { value, passwords: [...passwords], end: endOf(sealed) }
      known.set(sealed, entry, sealed.length + text.length)
    }
    return value
  }
}
