import type { Storage } from 'holdfast'
import { asyncStorage, mmkvStorage, secureStorage } from 'holdfast/react-native'
import { equal } from '../../contracts/contract.js'
import { wellFormedContract } from '../../contracts/storage-contract.js'
import { ADA, createPhone, type Packages, type Surroundings } from './phone.js'

type Story = (surroundings: Surroundings) => Promise<void>

/** Somebody signs in, the app starts again, and they sign out, with one storage. */
async function keepsTheSession(surroundings: Surroundings, storage: Storage): Promise<void> {
  const { start, exchanges } = createPhone(surroundings)
  const { auth } = start(null, storage)
  await auth.signIn(ADA)
  const session = await auth.getSession()
  auth.dispose()
  const next = start(null, storage).auth
  equal((await next.getSession())?.accessToken, session?.accessToken, 'the token after a restart')
  equal(exchanges(), 0, 'refreshes')
  await next.signOut()
  next.dispose()
  equal(await start(null, storage).auth.getSession(), null, 'the session after a sign-out')
}

/** All that is promised of a storage holds over a package. */
function holdsOver(open: (packages: Packages) => () => Storage): Story {
  return async (surroundings) => {
    // SecureStore finds the keychain of this phone.
    createPhone(surroundings)
    const make = open(surroundings.packages)
    for (const { name, run } of wellFormedContract) {
      await run({ first: make(), second: make() }).catch((error) => {
        throw new Error(`${name}: ${error}`)
      })
    }
    await keepsTheSession(surroundings, make())
  }
}

/** Over the packages' own JavaScript, by what they show. */
export const STORAGES: Readonly<Record<string, Story>> = {
  'the storage of AsyncStorage that has the data of version 2 keeps what storages promise':
    holdsOver(
      ({ AsyncStorage }) =>
        () =>
          asyncStorage(AsyncStorage),
    ),

  'a storage of AsyncStorage 3 with a name keeps what storages promise': holdsOver(
    ({ createAsyncStorage }) =>
      () =>
        asyncStorage(createAsyncStorage('auth')),
  ),

  'MMKV 4, by the mock in its own package, keeps what storages promise': holdsOver(
    ({ createMMKV }) => {
      const mmkv = createMMKV()
      return () => mmkvStorage(mmkv)
    },
  ),

  'MMKV 3, by the mock in its own package, keeps what storages promise': holdsOver(
    ({ createMMKV3 }) => {
      const mmkv = createMMKV3()
      return () => mmkvStorage(mmkv)
    },
  ),

  'SecureStore of Expo keeps what storages promise': holdsOver(
    ({ SecureStore }) =>
      () =>
        secureStorage(SecureStore),
  ),

  async 'what AsyncStorage makes of a full disk is an error of storage, with its own words'({
    native,
    packages,
    after,
  }) {
    const storage = asyncStorage(packages.createAsyncStorage('full'))
    after(() => native.fillDisk(false))
    native.fillDisk(true)
    for (const call of [storage.get('a'), storage.set('a', 'x'), storage.remove('a')]) {
      const error = Object(await Promise.resolve(call).catch((reason: unknown) => reason))
      equal(error.code, 'storage', 'the code')
      equal(error.cause?.type, 'SqliteStorageError', 'what AsyncStorage calls it')
      equal(error.cause?.message, 'database or disk is full', 'what the disk said')
    }
  },
}
