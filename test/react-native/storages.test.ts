import { describe, expect, it } from 'vitest'
import { asyncStorage, mmkvStorage, secureStorage } from '../../src/react-native/index.js'
import { wellFormedContract } from '../contracts/storage-contract.js'
import { createAsyncStorage, createMmkv, createSecureStore } from '../support/native-modules.js'

const { AsyncStorage } = createAsyncStorage()
const { SecureStore } = createSecureStore()
const four = createMmkv(4)
const three = createMmkv(3)

describe.each([
  ['asyncStorage', () => asyncStorage(AsyncStorage)],
  ['mmkvStorage, of the third version,', () => mmkvStorage(three)],
  ['mmkvStorage, of the fourth version,', () => mmkvStorage(four)],
  ['secureStorage', () => secureStorage(SecureStore)],
] as const)('%s', (_, open) => {
  it.each(wellFormedContract)('$name', async ({ run }) => {
    await run({ first: open(), second: open() })
  })
})

describe('a storage of React Native', () => {
  it('says that AsyncStorage failed, and with what', async () => {
    const app = createAsyncStorage()
    app.fail('database or disk is full (code 13 SQLITE_FULL)')
    const storage = asyncStorage(app.AsyncStorage)
    for (const call of [storage.get('a'), storage.set('a', 'x'), storage.remove('a')]) {
      await expect(call).rejects.toMatchObject({
        code: 'storage',
        cause: { message: expect.stringContaining('SQLITE_FULL') },
      })
    }
  })

  it('says that MMKV failed, where it throws at once', async () => {
    const storage = mmkvStorage({
      ...createMmkv(4),
      getString: () => {
        throw new Error('MMKV: the key is wrong')
      },
    })
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'storage' })
  })

  it.each([
    ['asyncStorage', asyncStorage],
    ['mmkvStorage', mmkvStorage],
    ['secureStorage', secureStorage],
  ] as const)('says what to pass where %s got something else', (name, make) => {
    const others = [undefined, null, {}, 'text', () => {}, globalThis.localStorage, AsyncStorage]
    const wrong = others.filter((other) => name !== 'asyncStorage' || other !== AsyncStorage)
    for (const other of wrong) {
      expect(() => Reflect.apply(make, undefined, [other])).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          message: expect.stringContaining(`${name}()`),
        }),
      )
    }
  })
})
