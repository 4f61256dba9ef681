import { isAuthError } from './core/errors.js'
import type { Environment, Storage } from './core/ports.js'
import { platformChannel } from './environment/channel.js'
import { systemClock } from './environment/clock.js'
import { leaseLock } from './environment/lease.js'
import { platformLock } from './environment/lock.js'
import { documentHere, platformPage } from './environment/page.js'
import { platformWake } from './environment/wake.js'
import { memoryStorage } from './storage/memory.js'
import { webStorage, webStorageWorks } from './storage/web-storage.js'

/**
 * Storage that stays blocked or full throws the same error at each attempt: that is told once. What
 * listeners throw is told as often as they throw it.
 */
function telling(report: Environment['report']): Environment['report'] {
  const told = new WeakSet<Error>()
  return (error) => {
    if (isAuthError(error, 'storage')) {
      if (told.has(error)) return
      told.add(error)
    }
    report(error)
  }
}

/** The ports of the place this runs in, but for those that are given. */
export function defaultEnvironment(
  given: Partial<Environment> | undefined,
  storage: Storage,
): Environment {
  const parts = {
    clock: systemClock(),
    channel: platformChannel(),
    wake: platformWake(),
    page: platformPage(),
    random: Math.random,
    createAbort: () => new AbortController(),
    // Node has no reportError; an error nobody can catch must still be seen.
    report: (error: unknown) => (globalThis.reportError ?? console.error)(error),
    ...given,
  }
  return {
    ...parts,
    report: telling(parts.report),

    lock: given?.lock ?? platformLock(leaseLock({ ...parts, storage })),
  }
}

/** Where other libraries keep sessions in pages; elsewhere nobody knows. */
export const foreignStorage = (): Storage | undefined => (documentHere() ? webStorage() : undefined)

/** localStorage in pages where it works, else memory: servers have one that all users share. */
export const defaultStorage = (): Storage =>
  documentHere() && webStorageWorks('local') ? webStorage() : memoryStorage()
