import type { Environment, Storage } from '../../core/ports.js'
import type { ManualClock } from '../clock.js'
import { allowedFetch } from './allowed-fetch.js'
import type { Bus } from './bus.js'
import { type FetchLike, tabFetch } from './fetch.js'
import { createLife, type Scheduler } from './life.js'
import { type LockManager, tabLock } from './locks.js'
import { asyncStorage, type Disk, syncStorage } from './storage.js'
import { seededRandom, tabClock, tabPage, tabWake } from './surroundings.js'

/** Options of {@link FakeBrowser.tab}. */
export interface FakeTabOptions {
  /** Names the tab in steps and lock queues; unique. @default 'tab-1', 'tab-2', … */
  readonly name?: string | undefined
  /** `async` is like IndexedDB, `sync` like localStorage; both show the same entries. @default 'async' */
  readonly storage?: 'async' | 'sync' | undefined
  /** By how many ms the tab's wall clock is ahead of the browser's. @default 0 */
  readonly clockSkew?: number | undefined
  /** @default 'https://app.example/' */
  readonly href?: string | undefined
  /**
   * Whether servers of other origins must allow what the tab asks of them, as in a browser: by their
   * answer to a preflight, where one is due, and by each answer. @default false; a server that is
   * written for one test seldom speaks of that
   */
  readonly cors?: boolean | undefined
}

/** One tab: the ports of a client, and what can happen to a tab. */
export interface FakeTab {
  readonly name: string
  /** Pass as `environment` to an `AuthClient`. */
  readonly environment: Environment
  /** Pass as `storage` to an `AuthClient`. */
  readonly storage: Storage
  /** What was reported in this tab: errors of listeners and of storage. */
  readonly errors: readonly unknown[]
  /**
   * Sends requests from this tab: a crashed tab never sees the answer, a frozen one after thaw. Of an
   * answer from another origin than the tab's `href`, only the headers can be read that are
   * safelisted (Fetch §2.2.2) or that the server exposes: `Retry-After` and `Date` seldom are.
   */
  fetch(send: FetchLike): FetchLike
  /** Ends the tab at once: nothing it began continues, and its locks are released. */
  crash(): void
  /** Stops the tab: timers, messages and answers wait for the thaw. Its locks stay held. */
  freeze(): void
  /** Lets a frozen tab go on, and tells it. */
  thaw(): void
  /** Puts the tab in the background: after five minutes there its timers run once a minute, as Chromium's do. */
  hide(): void
  /** Shows the tab; a tab that was hidden is told. */
  show(): void
  /** Tells the tab that it got the focus. */
  focus(): void
  /** Cuts the network; requests in flight lose their answers. */
  goOffline(): void
  /** Restores the network, and tells the tab. */
  goOnline(): void
  /** Changes the address, without loading anything anew. Relative addresses are resolved. */
  navigate(href: string): void
  /** Sets by how many ms the tab's wall clock is ahead of the browser's. */
  setClockSkew(ms: number): void
}

/** The parts of a browser that its tabs share. */
export interface Shared {
  readonly clock: ManualClock
  readonly disk: Disk
  readonly locks: LockManager
  readonly bus: Bus
  readonly scheduler: Scheduler
}

/** Makes one more tab; `seed` makes its random numbers. */
export function createTab(
  { clock, disk, locks, bus, scheduler }: Shared,
  options: FakeTabOptions & { readonly name: string },
  seed: number,
): FakeTab {
  const { name, storage = 'async', clockSkew = 0, href = 'https://app.example/' } = options
  const { cors = false } = options
  const life = createLife(name, scheduler)
  const surroundings = tabWake(life, clock)
  const { navigate, ...page } = tabPage(href)
  const errors: unknown[] = []
  let skew = clockSkew
  const { wake, emit, setVisible, setOnline } = surroundings
  return {
    name,
    environment: {
      clock: tabClock(life, clock, { skew: () => skew, wake: surroundings }),
      lock: tabLock(life, locks),
      channel: bus.channel(life),
      wake,
      page,
      random: seededRandom(seed),
      createAbort: () => new AbortController(),
      report(error) {
        if (life.alive()) errors.push(error)
      },
    },
    storage: storage === 'sync' ? syncStorage(life, disk) : asyncStorage(life, disk),
    errors,
    fetch: (send) =>
      tabFetch(cors ? (...given) => allowedFetch(send, page.href(), given) : send, {
        life,
        clock,
        wake,
        href: page.href,
      }),
    crash: life.crash,
    freeze: life.freeze,
    thaw() {
      if (life.thaw()) emit('wake')
    },
    hide: () => setVisible(false),
    show: () => setVisible(true),
    focus: () => emit('wake'),
    goOffline: () => setOnline(false),
    goOnline: () => setOnline(true),
    navigate,
    setClockSkew(ms) {
      skew = ms
    },
  }
}
