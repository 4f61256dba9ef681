import { vi } from 'vitest'
import { turns } from '../contracts/contract.js'

// The ways in which browsers' databases refuse, which a real browser does not show on demand.

/** How an open ends. */
export type Outcome = { readonly error: Error } | { readonly database: object }

/** An `indexedDB` whose opens end as told, the last outcome again and again. */
export function plant(...outcomes: readonly Outcome[]) {
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

/** A connection that the browser has closed without a word. */
export const closedConnection = () => ({
  transaction: () => {
    throw new DOMException('The database connection is closing.', 'InvalidStateError')
  },
})

/** A connection whose one object store ends every transaction, or answers every read, as told. */
export function connection(end: { readonly error?: Error; readonly value?: unknown }) {
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
export function workingDatabase(options: { readonly full?: boolean } = {}) {
  let { full = false } = options
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
    const put = (value: unknown, key: unknown) => {
      // What cannot be cloned is refused by the call itself.
      const copy = structuredClone(value)
      return ask(() => {
        if (full || mode !== 'readwrite')
          self.error = new DOMException('full', 'QuotaExceededError')
        else entries.set(key, copy)
      })
    }
    const store = {
      transaction: self,
      put,
      get: (key: unknown) => ask(() => entries.get(key)),
      delete: (key: unknown) => ask(() => void entries.delete(key)),
      getAllKeys: () => ask(() => [...entries.keys()]),
    }
    last = last.then(async () => {
      for (await turns(1); requests.length; await turns(1)) requests.shift()?.()
      over = true
      tell(self, self.error ? 'onabort' : 'oncomplete')
    })
    return Object.assign(self, { objectStore: () => store })
  }
  const db = { transaction }
  const setFull = (on: boolean): void => {
    full = on
  }
  return { database: db, entries, setFull }
}

/** The error of a call that must reject. */
export const failure = (promise: unknown): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => Promise.reject(new Error('did not reject')),
    (error: unknown) => error,
  )
