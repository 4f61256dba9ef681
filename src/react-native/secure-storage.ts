import { isAuthError } from '../core/errors.js'
import type { Storage } from '../core/ports.js'
import { needMethods, ofStorage } from './app-ports.js'
import {
  cut,
  type Head,
  headOf,
  headOfPieces,
  LIMIT,
  type Place,
  pieceKey,
  readHead,
  safeKey,
} from './pieces.js'

/** The part of `expo-secure-store` that is used. */
export interface SecureStoreSource<Options extends object = object> {
  getItemAsync(key: string, options?: Options): Promise<string | null>
  setItemAsync(key: string, value: string, options?: Options): Promise<void>
  deleteItemAsync(key: string, options?: Options): Promise<void>
}

const FAILED =
  'The keychain failed: the phone may be locked (keep sessions AFTER_FIRST_UNLOCK), or it lost its key.'

/** What must not read as nothing, nor as a session. */
const DAMAGE = 'damaged'

/** What Expo says on Android of an entry whose key is gone, and of no other trouble: iOS has words of its own. */
const LOST = /decrypt/i

/** An entry by which the keychain is tried. No key of a client becomes this one. */
const PROBE = '_.probe'

const PLACES: readonly Place[] = ['a', 'b']

/** SecureStore, called with the app's options. Every call rejects with AuthError `storage` when it fails. */
function createEntries<Options extends object>(
  source: SecureStoreSource<Options>,
  options: Options | undefined,
) {
  const call = <T>(work: () => Promise<T>): Promise<T> => ofStorage(work, FAILED)
  const read = (key: string) => call(() => source.getItemAsync(key, options))
  const set = (key: string, value: string) => call(() => source.setItemAsync(key, value, options))
  const remove = (key: string) => call(() => source.deleteItemAsync(key, options))

  /** Whether the keychain gives back just now what it takes. */
  async function works(): Promise<boolean> {
    try {
      await set(PROBE, DAMAGE)
      const kept = await read(PROBE)
      await remove(PROBE)
      return kept === DAMAGE
    } catch {
      return false
    }
  }

  /**
   * Reads an entry. One that Android cannot decrypt, while it can what is written anew, is lost with the key it was
   * written by, as after a backup was restored: it reads as damage, so that the next sign-in takes its place. On iOS
   * one that cannot be read may be locked alone, as each keeps the accessibility that it was first written with.
   */
  async function get(key: string): Promise<string | null> {
    try {
      return await read(key)
    } catch (error) {
      const lost = isAuthError(error) && LOST.test(String(error.cause))
      if (!lost || !(await works())) throw error
      // The keystore may have been in trouble for a moment only.
      return read(key).catch(() => DAMAGE)
    }
  }

  return {
    get,
    set,
    remove,
    /** Removes all pieces of a place, of which `known` are there, or more: who was interrupted left a longer text. */
    async removePieces(key: string, place: Place, known = 0): Promise<void> {
      let count = known
      while ((await get(pieceKey(key, place, count))) !== null) count++
      // The last one first: those that a crash leaves are found again.
      for (let index = count - 1; index >= 0; index--) await remove(pieceKey(key, place, index))
    },
  }
}

type Entries = ReturnType<typeof createEntries>

async function readAll(entries: Entries, key: string, head: Head): Promise<string | null> {
  if (head.kind === 'nothing') return null
  if (head.kind === 'text') return head.text
  if (head.kind === 'damage') return DAMAGE
  let text = ''
  for (let index = 0; index < head.count; index++) {
    text += (await entries.get(pieceKey(key, head.place, index))) ?? ''
  }
  return text.length === head.length ? text : DAMAGE
}

/**
 * The head is written when all pieces are there, and until then leads to the old ones:
 *
 *   pieces in the other place ──▶ head ──▶ the old pieces are removed
 *        a crash: the old text      │  a crash: the new text, and what is left is removed at the end
 */
async function write(entries: Entries, key: string, text: string): Promise<void> {
  const head = readHead(await entries.get(safeKey(key)))
  const whole = headOf(text)
  if (cut(whole, LIMIT).length === 1) {
    await entries.set(safeKey(key), whole)
  } else {
    const place = head.kind === 'pieces' && head.place === 'a' ? 'b' : 'a'
    const pieces = cut(text, LIMIT)
    for (const [index, piece] of pieces.entries()) {
      await entries.set(pieceKey(key, place, index), piece)
    }
    await entries.set(safeKey(key), headOfPieces(place, pieces.length, text.length))
  }
  // The text is kept: what cannot be removed now goes with its successor, or when all of it ends.
  if (head.kind === 'pieces') {
    await entries.removePieces(key, head.place, head.count).catch(() => {})
  }
}

/** The head goes last: as long as it is there, whoever was interrupted can remove the rest. */
async function removeAll(entries: Entries, key: string): Promise<void> {
  for (const place of PLACES) {
    await entries.removePieces(key, place)
  }
  await entries.remove(safeKey(key))
}

/** One after the other: a call that was given up goes on, and must not mix its pieces with the next one's. */
function createLine() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}

/**
 * Keeps sessions in the keychain (iOS) or the keystore (Android), by `expo-secure-store`. A text of more than
 * 2,048 bytes lies there in pieces; half of one never reads as a session. `options` go with every call. While
 * the phone is locked, or the keychain fails otherwise, its methods reject with AuthError `storage`: the client
 * goes on in memory, and saves later.
 * @example
 * ```ts
 * import { secureStorage } from 'holdfast/react-native'
 * import * as SecureStore from 'expo-secure-store'
 *
 * const storage = secureStorage(SecureStore, {
 *   keychainAccessible: SecureStore.AFTER_FIRST_UNLOCK,
 * })
 * ```
 * @throws AuthError `invalid_argument` for what is no SecureStore.
 */
export function secureStorage<Options extends object = object>(
  SecureStore: SecureStoreSource<Options>,
  options?: Options,
): Storage {
  needMethods(
    SecureStore,
    ['getItemAsync', 'setItemAsync', 'deleteItemAsync'],
    'Pass all that expo-secure-store exports to secureStorage(): `import * as SecureStore`.',
  )
  const entries = createEntries(SecureStore, options)
  const inLine = createLine()
  return {
    get: (key) =>
      inLine(async () => readAll(entries, key, readHead(await entries.get(safeKey(key))))),
    set: (key, value) => inLine(() => write(entries, key, value)),
    remove: (key) => inLine(() => removeAll(entries, key)),
  }
}
