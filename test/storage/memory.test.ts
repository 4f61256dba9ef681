import { describe, expect, it } from 'vitest'
import { memoryStorage } from '../../src/storage/memory.js'
import {
  inheritedNamesContract,
  storageContract,
  storageIsolationContract,
} from '../contracts/storage-contract.js'
import { updateContract } from '../contracts/update-contract.js'

describe('memoryStorage', () => {
  it.each([...storageContract, ...inheritedNamesContract])('$name', async ({ run }) => {
    const storage = memoryStorage()
    await run({ first: storage, second: storage })
  })

  it.each(updateContract)('update $name', async ({ run }) => {
    const storage = memoryStorage()
    await run({ first: storage, second: storage })
  })

  it.each(storageIsolationContract)('$name', async ({ run }) => {
    await run({ first: memoryStorage(), second: memoryStorage() })
  })

  it('answers at once, so that a client over it starts without waiting', () => {
    const storage = memoryStorage()
    storage.set('key', 'text')
    expect(storage.get('key')).toBe('text')
  })
})
