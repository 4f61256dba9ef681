import type { Storage } from '../core/ports.js'
import { needMethods, ofStorage } from './app-ports.js'

/** The part of `@react-native-async-storage/async-storage` that is used. */
export interface AsyncStorageSource {
  getItem(key: string): Promise<string | null>
  setItem(key: string, value: string): Promise<void>
  removeItem(key: string): Promise<void>
}

const FAILED =
  'AsyncStorage failed: the disk may be full, or the entry larger than Android reads (2 MB).'

/**
 * Keeps sessions in AsyncStorage, which is not encrypted. Its methods reject with AuthError `storage` when
 * AsyncStorage does.
 * @example
 * ```ts
 * import { asyncStorage } from 'holdfast/react-native'
 * import AsyncStorage from '@react-native-async-storage/async-storage'
 *
 * const storage = asyncStorage(AsyncStorage)
 * ```
 * @throws AuthError `invalid_argument` for what is no AsyncStorage.
 */
export function asyncStorage(AsyncStorage: AsyncStorageSource): Storage {
  needMethods(
    AsyncStorage,
    ['getItem', 'setItem', 'removeItem'],
    'Pass what @react-native-async-storage/async-storage exports by default to asyncStorage().',
  )
  return {
    get: (key) => ofStorage(() => AsyncStorage.getItem(key), FAILED),
    set: (key, value) => ofStorage(() => AsyncStorage.setItem(key, value), FAILED),
    remove: (key) => ofStorage(() => AsyncStorage.removeItem(key), FAILED),
  }
}
