import type { Storage } from '../core/ports.js'
import { needMethods, ofStorage } from './app-ports.js'

/** The part of an instance of `react-native-mmkv` that is used: `remove` of its fourth version, or else `delete`. */
export interface MmkvSource {
  getString(key: string): string | undefined
  set(key: string, value: string): void
  remove?(key: string): unknown
  delete?(key: string): unknown
}

const FAILED = 'MMKV failed: the disk may be full, or the key of its encryption another by now.'

/**
 * Keeps sessions in an instance of MMKV, encrypted where it was made with an `encryptionKey`. Its methods
 * reject with AuthError `storage` when MMKV throws.
 * @example
 * ```ts
 * import { mmkvStorage } from 'holdfast/react-native'
 * import { createMMKV } from 'react-native-mmkv'
 *
 * const storage = mmkvStorage(createMMKV({ id: 'auth' }))
 * ```
 * @throws AuthError `invalid_argument` for what is no instance of MMKV.
 */
export function mmkvStorage(mmkv: MmkvSource): Storage {
  needMethods(
    mmkv,
    ['getString', 'set', typeof mmkv?.remove === 'function' ? 'remove' : 'delete'],
    'Pass an instance of MMKV to mmkvStorage(), such as createMMKV() of react-native-mmkv.',
  )
  return {
    get: (key) => ofStorage(() => mmkv.getString(key) ?? null, FAILED),
    set: (key, value) => ofStorage(() => mmkv.set(key, value), FAILED),
    async remove(key) {
      await ofStorage(() => (mmkv.remove ? mmkv.remove(key) : mmkv.delete?.(key)), FAILED)
    },
  }
}
