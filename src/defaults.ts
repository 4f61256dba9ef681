import type { Environment, EnvironmentParts, Storage } from './core/ports.js'
import { platformChannel } from './environment/channel.js'
import { systemClock } from './environment/clock.js'
import { leaseLock } from './environment/lease.js'
import { platformLock } from './environment/lock.js'
import { documentHere, platformPage } from './environment/page.js'
import { watchMemory } from './environment/shared-memory.js'
import { platformWake } from './environment/wake.js'
import { memoryStorage } from './storage/memory.js'
import { webStorage, webStorageWorks } from './storage/web-storage.js'

/** The ports of the place this runs in, but for those that are given. */
export function defaultEnvironment(
  given: EnvironmentParts | undefined,
  storage: Storage,
): Environment {
  const {
    clock = systemClock(),
    channel = platformChannel(),
    wake = platformWake(),
    page = platformPage(),
    random = Math.random,
    createAbort = () => new AbortController(),
    crypto,
    // Node has no reportError; an error nobody can catch must still be seen.
    report = (error: unknown) => (globalThis.reportError ?? console.error)(error),
    lock = platformLock(leaseLock({ clock, random, createAbort, wake, storage })),
  } = { ...given }
  return { clock, channel, wake, page, random, createAbort, crypto, report, lock }
}

/** Where other libraries keep sessions in pages; elsewhere nobody knows. */
export const foreignStorage = (): Storage | undefined => (documentHere() ? webStorage() : undefined)

declare const process: { readonly env?: { readonly NODE_ENV?: string | undefined } } | undefined

/** localStorage in pages where it works, else memory: servers have one that all users share. */
export const defaultStorage = (): Storage => {
  if (documentHere() && webStorageWorks('local')) return webStorage()
  // Bundlers drop what is for development only, and know it by these words.
  return typeof process !== 'undefined' && process.env?.NODE_ENV !== 'production'
    ? watchMemory(memoryStorage(), (text) => console.warn(text))
    : memoryStorage()
}

/** Where goes what an app wants to read while it is being written. */
export const print = (...texts: readonly unknown[]): void => console.log(...texts)
