import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../src/core/errors.js'
import { indexedDBStorage } from '../../src/storage/indexed-db.js'
import { turns } from '../contracts/contract.js'
import { updateContract } from '../contracts/update-contract.js'

// What needs a working database is promised by the storage contract in a real browser. These are
// the ways in which browsers refuse, which a real browser does not show on demand.

type Outcome = { readonly error: Error } | { readonly database: object }

/** An `indexedDB` whose opens end as told, the last outcome again and again. */
function plant(...outcomes: readonly Outcome[]) {
  const opened: string[] = []
  const open = (name: string) => {
    const outcome = outcomes[Math.min(opened.push(name), outcomes.length) - 1]
    const request: Record<string, unknown> = { ...outcome, readyState: 'done' }
    queueMicrotask(() => {
      if (!outcome) return
      request.result = 'database' in outcome ? outcome.database : undefined
      const handler = 'error' in outcome ? request.onerror : request.onsuccess
      if (typeof handler === 'function') handler()
    })
    return request
  }
  vi.stubGlobal('indexedDB', { open })
  return opened
}

const closedConnection = () => ({
  transaction: () => {
    throw new DOMException('The database connection is closing.', 'InvalidStateError')
  },
})

/** A connection whose one object store ends every transaction, or answers every read, as told. */
function connection(end: { readonly error?: Error; readonly value?: unknown }) {
  const db = {
    closed: false,
    transactions: 0,
    close: () => {
      db.closed = true
    },
    transaction: () => {
      db.transactions++
      return transaction()
    },
  }
  const finish = (request: Record<string, unknown>) => {
    queueMicrotask(() => {
      const handler = end.error ? request.onabort : request.onsuccess
      if (typeof handler === 'function') handler()
    })
    return request
  }
  const transaction = () => {
    const self: Record<string, unknown> = { db, error: end.error }
    const store = { transaction: self, put: () => finish(self), delete: () => finish(self) }
    self.objectStore = () => ({ ...store, get: () => finish({ result: end.value }) })
    return self
  }
  return db
}

/** A database that works: one transaction at a time, each over when it has no request left. */
function workingDatabase({ full = false } = {}) {
  const entries = new Map<unknown, unknown>()
  let last = Promise.resolve()
  const transaction = (_stores: string, mode: string) => {
    const requests: (() => void)[] = []
    let over = false
    const self: Record<string, unknown> = { db }
    const tell = (target: Record<string, unknown>, event: string) => {
      const handler = target[event]
      if (typeof handler === 'function') handler()
    }
    const ask = (work: () => unknown) => {
      if (over) throw new DOMException('over', 'TransactionInactiveError')
      const request: Record<string, unknown> = {}
      requests.push(() => {
        request.result = work()
        tell(request, 'onsuccess')
      })
      return request
    }
    const put = (value: unknown, key: unknown) =>
      ask(() => {
        if (full || mode !== 'readwrite')
          self.error = new DOMException('full', 'QuotaExceededError')
        else entries.set(key, value)
      })
    const store = {
      transaction: self,
      put,
      get: (key: unknown) => ask(() => entries.get(key)),
      delete: (key: unknown) => ask(() => void entries.delete(key)),
    }
    last = last.then(async () => {
      for (await turns(1); requests.length; await turns(1)) requests.shift()?.()
      over = true
      tell(self, self.error ? 'onabort' : 'oncomplete')
    })
    return Object.assign(self, { objectStore: () => store })
  }
  const db = { transaction }
  return { database: db, entries }
}

const failure = (promise: unknown): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => Promise.reject(new Error('did not reject')),
    (error: unknown) => error,
  )

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('indexedDBStorage', () => {
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
      expect(await indexedDBStorage().get('key')).toBe('')
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
    expect(await indexedDBStorage().update?.('key', (text) => `[${text}]`)).toBe('[]')
  })

  it('updates within the call when the browser has closed the connection', async () => {
    plant({ database: closedConnection() }, workingDatabase())
    expect(await indexedDBStorage().update?.('key', () => 'text')).toBe('text')
  })
})
