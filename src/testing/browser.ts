import { createBus, type FakeBrowserBus } from './browser/bus.js'
import type { Scheduler } from './browser/life.js'
import { createLockManager, type FakeBrowserLocks } from './browser/locks.js'
import { createDisk, type FakeBrowserStorage } from './browser/storage.js'
import { createTab, type FakeTab, type FakeTabOptions } from './browser/tab.js'
import { createManualClock, type ManualClock } from './clock.js'

export type { FakeBrowserBus } from './browser/bus.js'
export type { FetchLike } from './browser/fetch.js'
export type { Scheduler, Step, StepKind } from './browser/life.js'
export type { FakeBrowserLocks } from './browser/locks.js'
export type { FakeBrowserStorage } from './browser/storage.js'
export type { FakeTab, FakeTabOptions } from './browser/tab.js'

/** Options of {@link createFakeBrowser}. */
export interface FakeBrowserOptions {
  /** The clock of the browser. @default a new manual clock */
  readonly clock?: ManualClock | undefined
  /** The wall time of the new clock, in ms since the epoch; without effect if `clock` is given. */
  readonly start?: number | undefined
  /** Decides when each asynchronous step of each tab happens. @default at once, in order */
  readonly scheduler?: Scheduler | undefined
  /** Makes other random numbers in the tabs. @default 1 */
  readonly seed?: number | undefined
}

/** A browser without a browser: what tabs share, with every way in which it can fail. */
export interface FakeBrowser {
  readonly clock: ManualClock
  readonly storage: FakeBrowserStorage
  readonly locks: FakeBrowserLocks
  readonly bus: FakeBrowserBus
  /** Opens one more tab. */
  tab(options?: FakeTabOptions): FakeTab
}

/**
 * Makes a browser for tests: one clock, one storage, one lock manager and one bus for all tabs.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 * import { createFakeBrowser, createScriptedGoTrue } from 'holdfast/testing'
 *
 * const browser = createFakeBrowser()
 * const server = createScriptedGoTrue({ clock: browser.clock })
 * const open = (tab = browser.tab()) =>
 *   new AuthClient({
 *     provider: gotrue({ url: 'https://auth.example/auth/v1', fetch: tab.fetch(server.fetch) }),
 *     storage: tab.storage,
 *     environment: tab.environment,
 *   })
 * const [first, second] = [open(), open()]
 * await browser.clock.advance(3_600_000)
 * const refreshes = server.count('refresh_token') // 1
 * ```
 */
export function createFakeBrowser(options: FakeBrowserOptions = {}): FakeBrowser {
  const { start, scheduler = () => Promise.resolve(), seed = 1 } = options
  const clock = options.clock ?? createManualClock({ now: start })
  const [disk, locks, bus] = [createDisk(), createLockManager(), createBus()]
  const names = new Set<string>()
  return {
    clock,
    storage: disk.controls,
    locks: locks.controls,
    bus: bus.controls,
    tab(tabOptions = {}) {
      const number = names.size + 1
      const { name = `tab-${number}` } = tabOptions
      if (names.has(name)) throw new Error(`There has been a tab called "${name}" already.`)
      names.add(name)
      return createTab(
        { clock, disk, locks, bus, scheduler },
        { ...tabOptions, name },
        seed * 7919 + number,
      )
    },
  }
}
