import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../src/core/errors.js'
import { indexedDBStorage } from '../../src/storage/indexed-db.js'
import { updateContract } from '../contracts/update-contract.js'
import {
  closedConnection,
  connection,
  failure,
  plant,
  workingDatabase,
} from '../support/fake-database.js'

// What needs a working database is promised by the storage contract in a real browser. These are
// the ways in which browsers refuse, which a real browser does not show on demand.

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('indexedDBStorage', () => {
  it.each([
    ...['', null, 7, {}].map((database) => ({ database })),
    // A bare value would stand for the database that nobody has named.
    ...['my-database', null, 7, []],
  ])('refuses %j, and says what it takes', (options) => {
    expect(() => Reflect.apply(indexedDBStorage, undefined, [options])).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: 'indexedDBStorage() takes { database }, which is a name.',
      }),
    )
  })

  it('opens nothing until it is first used, and then a database of its own', async () => {
    const opened = plant({ database: connection({ value: 'text' }) })
    const storage = indexedDBStorage()
    expect(opened).toEqual([])
    expect(await storage.get('key')).toBe('text')
    expect(opened).toEqual(['holdfast'])
    await indexedDBStorage({ database: 'elsewhere' }).get('key')
    expect(opened).toEqual(['holdfast', 'elsewhere'])
  })

  it('rejects with a storage error where there is no IndexedDB', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const storage = indexedDBStorage()
    for (const call of [storage.get('key'), storage.set('key', 'text'), storage.remove('key')]) {
      expect(isAuthError(await failure(call), 'storage')).toBe(true)
    }
  })

  it('rejects with a storage error and the cause when the database cannot be opened', async () => {
    plant({ error: new DOMException('no', 'UnknownError') })
    const error = await failure(indexedDBStorage().get('key'))
    expect(error).toMatchObject({
      code: 'storage',
      retryable: true,
      cause: { name: 'UnknownError' },
    })
  })

  it('opens anew at the next call when the database could not be opened', async () => {
    const refused = { error: new DOMException('no', 'UnknownError') }
    plant(refused, refused, { database: connection({ value: 'text' }) })
    const storage = indexedDBStorage()
    await failure(storage.get('key'))
    expect(await storage.get('key')).toBe('text')
  })

  it('opens anew within the call when the browser has closed the connection', async () => {
    const opened = plant(
      { database: closedConnection() },
      { database: connection({ value: 'text' }) },
    )
    expect(await indexedDBStorage().get('key')).toBe('text')
    expect(opened).toHaveLength(2)
  })

  it('opens anew once for all the calls that a closed connection failed', async () => {
    const opened = plant(
      { database: closedConnection() },
      { database: connection({ value: 'text' }) },
    )
    const storage = indexedDBStorage()
    expect(await Promise.all([storage.get('a'), storage.get('b'), storage.get('c')])).toEqual([
      'text',
      'text',
      'text',
    ])
    expect(opened).toHaveLength(2)
  })

  it('gives up after the second connection, so that a call always ends', async () => {
    const opened = plant({ database: closedConnection() })
    const error = await failure(indexedDBStorage().set('key', 'text'))
    expect(error).toMatchObject({ code: 'storage', cause: { name: 'InvalidStateError' } })
    expect(opened).toHaveLength(2)
  })

  it('keeps its connection when the disk is full, and says so once', async () => {
    const error = new DOMException('full', 'QuotaExceededError')
    const database = connection({ error })
    const opened = plant({ database })
    const storage = indexedDBStorage()
    expect(await failure(storage.set('key', 'text'))).toMatchObject({
      code: 'storage',
      cause: error,
    })
    await failure(storage.set('key', 'text'))
    expect([opened.length, database.transactions]).toEqual([1, 2])
  })

  it('reads what is not text as text that nobody can read, rather than as nothing', async () => {
    for (const value of [{ foreign: true }, 7, null, new Uint8Array(3)]) {
      plant({ database: connection({ value }) })
      expect(await indexedDBStorage().get('key')).toBe('not a text')
    }
  })

  it('gives way when somebody deletes the database', async () => {
    const database = connection({ value: 'text' })
    plant({ database })
    await indexedDBStorage().get('key')
    expect(database).toHaveProperty('onversionchange')
    if ('onversionchange' in database && typeof database.onversionchange === 'function') {
      database.onversionchange()
    }
    expect(database.closed).toBe(true)
  })

  it.each(updateContract)('update $name', async ({ run }) => {
    plant(workingDatabase())
    await run({ first: indexedDBStorage(), second: indexedDBStorage() })
  })

  it('rejects an update that finds the disk full, after one attempt', async () => {
    const database = workingDatabase({ full: true })
    plant(database)
    const changes: (string | null)[] = []
    const change = (text: string | null) => {
      changes.push(text)
      return 'text'
    }
    expect(await failure(indexedDBStorage().update?.('key', change))).toMatchObject({
      code: 'storage',
      cause: { name: 'QuotaExceededError' },
    })
    expect([changes, database.entries.size]).toEqual([[null], 0])
  })

  it('shows to an update what is not text as text that nobody can read', async () => {
    const database = workingDatabase()
    database.entries.set('key', { foreign: true })
    plant(database)
    expect(await indexedDBStorage().update?.('key', (text) => `[${text}]`)).toBe('[not a text]')
  })

  it('updates within the call when the browser has closed the connection', async () => {
    plant({ database: closedConnection() }, workingDatabase())
    expect(await indexedDBStorage().update?.('key', () => 'text')).toBe('text')
  })
})
