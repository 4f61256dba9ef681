import {
  type Clock,
  indexedDBStorage,
  memoryStorage,
  type Storage,
  systemClock,
  webStorage,
} from 'holdfast'

/** Where the session may lie. */
export type StorageName = 'local' | 'indexed-db' | 'memory'

const storages: Readonly<Record<StorageName, () => Storage>> = {
  local: () => webStorage(),
  'indexed-db': () => indexedDBStorage(),
  memory: () => memoryStorage(),
}

const STORAGE = 'demo.storage'
const SKEW = 'demo.clock'
const clock = systemClock()

/** By how many ms this device's clock is wrong. All tabs read the same: a device has one clock. */
export const skew = (): number => Number(localStorage.getItem(SKEW) ?? 0)

/** Sets how wrong this device's clock is, in ms, for every tab. */
export const setSkew = (ms: number): void => localStorage.setItem(SKEW, String(ms))

/** The time by this device's clock, in ms since the epoch. */
export const now = (): number => clock.now() + skew()

/** Which storage the visitor chose; every tab of the demo uses the same. */
export function chosenStorage(): StorageName {
  const name = localStorage.getItem(STORAGE)
  return name === 'indexed-db' || name === 'memory' ? name : 'local'
}

/** Chooses the storage for every tab. A client keeps the one that it was made with: reload after this. */
export const chooseStorage = (name: string): void => localStorage.setItem(STORAGE, name)

/** Calls back when another tab has set the clock, or chosen another storage. */
export function onOtherTab(act: {
  readonly clock: () => void
  readonly storage: () => void
}): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === SKEW) act.clock()
    if (key === STORAGE) act.storage()
  })
}

/** What of the client's surroundings the visitor can change. */
export const breakable = (): {
  readonly storage: Storage
  readonly storageKey: string
  readonly environment: { readonly clock: Clock }
} => ({
  storage: storages[chosenStorage()](),
  storageKey: 'demo',
  environment: { clock: { ...clock, now } },
})
