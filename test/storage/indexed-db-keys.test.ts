import { afterEach, describe, expect, it, vi } from 'vitest'
import { indexedDBKeys } from '../../src/storage/indexed-db-keys.js'
import { memoryKeys } from '../../src/storage/memory.js'
import { keyStoreContract } from '../contracts/key-store-contract.js'
import { failure, plant, workingDatabase } from '../support/fake-database.js'

const makePair = (extractable: boolean): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, extractable, ['sign', 'verify'])

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('memoryKeys', () => {
  it.each(keyStoreContract)('$name', async ({ run }) => {
    const keys = memoryKeys<CryptoKey | CryptoKeyPair>()
    await run({ first: keys, second: keys })
  })
})

describe('indexedDBKeys', () => {
  it.each(keyStoreContract)('$name', async ({ run }) => {
    plant(workingDatabase())
    await run({ first: indexedDBKeys(), second: indexedDBKeys() })
  })

  it.each([
    ...['', null, 7, {}].map((database) => ({ database })),
    // A bare value would stand for the database that nobody has named.
    ...['my-database', null, 7, []],
  ])('refuses %j, and says what it takes', (options) => {
    expect(() => Reflect.apply(indexedDBKeys, undefined, [options])).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: 'indexedDBKeys() takes { database }, which is a name.',
      }),
    )
  })

  it('opens nothing until it is first used, and then a database of its own', async () => {
    const opened = plant(workingDatabase())
    const keys = indexedDBKeys()
    expect(opened).toEqual([])
    await keys.get('name')
    await indexedDBKeys({ database: 'elsewhere' }).get('name')
    expect(opened).toEqual(['holdfast-keys', 'elsewhere'])
  })

  it('reads as nothing what is no key, or a key that scripts could have read', async () => {
    const database = workingDatabase()
    plant(database)
    const open = await makePair(true)
    const { privateKey, publicKey } = await makePair(false)
    const hostile = [
      'text',
      7,
      null,
      {},
      [],
      open,
      open.privateKey,
      publicKey,
      { privateKey },
      { privateKey, publicKey: privateKey },
      { privateKey, publicKey: 'text' },
      { privateKey: open.privateKey, publicKey },
      { type: 'private', extractable: false },
      { privateKey: { type: 'private', extractable: false }, publicKey },
    ]
    for (const value of hostile) {
      database.entries.set('name', value)
      expect(await indexedDBKeys().get('name')).toBeNull()
    }
    database.entries.set('name', { privateKey, publicKey, more: 'text' })
    expect(Object.keys((await indexedDBKeys().get('name')) ?? {})).toEqual([
      'privateKey',
      'publicKey',
    ])
  })

  it('refuses to keep a key that scripts can read', async () => {
    const database = workingDatabase()
    plant(database)
    const open = await makePair(true)
    expect(await failure(indexedDBKeys().set('name', open))).toMatchObject({
      code: 'invalid_argument',
    })
    expect(database.entries.size).toBe(0)
  })

  it('reads as nothing where the platform knows no keys, as on insecure origins', async () => {
    const database = workingDatabase()
    database.entries.set('name', await makePair(false))
    plant(database)
    vi.stubGlobal('CryptoKey', undefined)
    expect(await indexedDBKeys().get('name')).toBeNull()
  })

  it('rejects with a storage error, after one attempt, where databases hold no keys', async () => {
    const error = new DOMException('could not be cloned', 'DataCloneError')
    const database = workingDatabase()
    const opened = plant(database)
    const keys = indexedDBKeys()
    vi.stubGlobal('structuredClone', () => {
      throw error
    })
    expect(await failure(keys.set('name', await makePair(false)))).toMatchObject({
      code: 'storage',
      cause: error,
    })
    expect(opened).toHaveLength(1)
  })
})
