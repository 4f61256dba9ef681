import AsyncStorage, { createAsyncStorage } from '@react-native-async-storage/async-storage'
import * as Crypto from 'expo-crypto'
import * as SecureStore from 'expo-secure-store'
// Both have a mock of their own for tests: the real ones are written in C++.
import { createMockMMKV } from 'react-native-mmkv/lib/createMMKV/createMockMMKV'
import { createMockMMKV as createMockMMKV3 } from 'react-native-mmkv-3/lib/module/createMMKV.mock'
import { STORAGES } from './storages.ts'
import { STORIES } from './stories.ts'

/** As the guide has it. */
const crypto = {
  randomBytes: (length) => Crypto.getRandomValues(new Uint8Array(length)),
  sha256: (bytes) => Crypto.digest(Crypto.CryptoDigestAlgorithm.SHA256, bytes),
}

/** The packages of phones, as they are on npm. */
const packages = {
  SecureStore,
  AsyncStorage,
  createAsyncStorage,
  createMMKV: createMockMMKV,
  createMMKV3: createMockMMKV3,
}

/** Runs all stories, one after the other, and prints a line of JSON for each. */
export async function run(native) {
  for (const [name, story] of Object.entries({ ...STORIES, ...STORAGES })) {
    let failure = null
    const ends = []
    try {
      await story({ native, crypto, packages, after: (end) => ends.push(end) })
    } catch (error) {
      failure = `${error}\n${error?.stack}`
    }
    for (const end of ends) end()
    print(JSON.stringify({ name, failure }))
  }
}
