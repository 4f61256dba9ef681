import { AuthError } from '../../core/errors.js'
import type { Storage } from '../../core/ports.js'
import type { Life } from './life.js'

/** The storage that all tabs share, and the ways in which it can fail. */
export interface FakeBrowserStorage {
  /** What is stored; plant or delete entries at will. Nobody is told of that. */
  readonly entries: Map<string, string>
  /** Deletes everything, as a user does; tabs with synchronous storage are told. */
  clear(): void
  /** The next `times` writes throw `error`. @default 1 */
  failNextSet(error: unknown, times?: number): void
  /** Whether writes find the disk full. */
  setQuotaExceeded(on: boolean): void
  /** Whether every call is refused, as by a user's setting. */
  block(on?: boolean): void
  /** Whether asynchronous reads hang. Switched off, those that hung go on. */
  hangReads(on: boolean): void
  /** Whether asynchronous writes and removals hang. Switched off, those that hung land late. */
  hangWrites(on: boolean): void
}

type Operation = 'get' | 'set' | 'remove' | 'update'
type Change = (text: string | null) => string | null

/** The controls, and the shared disk behind them. */
export interface Disk {
  readonly controls: FakeBrowserStorage
  /**
   * Carries out an operation now; without `change` the text stays. Returns the text after.
   * @throws AuthError `storage`, or the planted error.
   */
  perform(operation: Operation, key: string, change?: Change): string | null
  /** Runs `action` now, or when operations of this kind hang no more. */
  admit(operation: Operation, action: () => void): void
  /** Hears of the changes that synchronous storages of others made. */
  readonly listeners: Set<DiskListener>
}

/** Hears of a change, unless it made it itself. */
export interface DiskListener {
  readonly life: Life
  readonly listener: (key: string | null) => void
}

/** A gate that can hang: what comes while it is shut goes on when it opens. */
function createGate() {
  let shut = false
  const waiting: (() => void)[] = []
  return {
    pass(action: () => void): void {
      if (shut) waiting.push(action)
      else action()
    },
    hang(on: boolean): void {
      shut = on
      if (!on) for (const action of waiting.splice(0)) action()
    },
  }
}

const refused = (name: string, message: string): AuthError =>
  new AuthError('storage', message, { cause: new DOMException(message, name) })

/** Makes an empty disk that works. */
export function createDisk(): Disk {
  const entries = new Map<string, string>()
  const listeners = new Set<DiskListener>()
  const failures: unknown[] = []
  const reads = createGate()
  const writes = createGate()
  let full = false
  let blocked = false
  return {
    listeners,
    admit: (operation, action) => (operation === 'get' ? reads : writes).pass(action),
    perform(operation, key, change = (text) => text) {
      if (blocked) throw refused('SecurityError', 'Storage is blocked.')
      const before = entries.get(key) ?? null
      const after = change(before)
      if (after === null) entries.delete(key)
      else if (operation === 'set' || after !== before) {
        if (failures.length) throw failures.shift()
        if (full) throw refused('QuotaExceededError', 'Storage is full.')
        entries.set(key, after)
      }
      return after
    },
    controls: {
      entries,
      clear() {
        entries.clear()
        announce(listeners, null, null)
      },
      failNextSet(error, times = 1) {
        for (let count = 0; count < times; count++) failures.push(error)
      },
      setQuotaExceeded(on) {
        full = on
      },
      block(on = true) {
        blocked = on
      },
      hangReads: reads.hang,
      hangWrites: writes.hang,
    },
  }
}

function announce(
  listeners: ReadonlySet<DiskListener>,
  source: Life | null,
  key: string | null,
): void {
  for (const member of listeners) {
    if (member.life === source) continue
    member.life.arrive('storage.event', key ?? undefined, () => {
      if (listeners.has(member)) member.listener(key)
    })
  }
}

/** A storage like IndexedDB: a call travels to the disk, takes effect there, and is answered. */
export function asyncStorage(life: Life, disk: Disk): Storage & Pick<Required<Storage>, 'update'> {
  const call = (operation: Operation, key: string, change?: Change): Promise<string | null> =>
    new Promise((resolve, reject) => {
      const land = (): void => {
        // What hung while its tab crashed was never begun.
        if (!life.alive()) return
        let settle: () => void
        try {
          const result = disk.perform(operation, key, change)
          settle = () => resolve(result)
        } catch (error) {
          settle = () => reject(error)
        }
        life.arrive(`storage.${operation}:answer`, key, settle)
      }
      life.depart(`storage.${operation}`, key, () => disk.admit(operation, land))
    })
  return {
    get: (key) => call('get', key),
    set: async (key, value) => void (await call('set', key, () => value)),
    remove: async (key) => void (await call('remove', key, () => null)),
    update: (key, change) => call('update', key, change),
  }
}

/** A storage like localStorage: calls take effect at once, and other tabs hear of changes. */
export function syncStorage(life: Life, disk: Disk): Storage {
  const write = (operation: 'set' | 'remove', key: string, value: string | null): void => {
    if (!life.alive()) return
    const before = disk.controls.entries.get(key) ?? null
    disk.perform(operation, key, () => value)
    if (before !== value) announce(disk.listeners, life, key)
  }
  return {
    get: (key) => (life.alive() ? disk.perform('get', key) : null),
    set: (key, value) => write('set', key, value),
    remove: (key) => write('remove', key, null),
    subscribe(listener) {
      const member: DiskListener = { life, listener }
      const forget = life.onCrash(() => stop())
      const stop = (): void => {
        disk.listeners.delete(member)
        forget()
      }
      if (life.alive()) disk.listeners.add(member)
      return stop
    },
  }
}
