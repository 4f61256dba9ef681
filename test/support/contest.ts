import type { Storage } from '../../src/core/ports.js'
import { leaseLock } from '../../src/environment/lease.js'
import {
  createFakeBrowser,
  type FakeBrowserOptions,
  type FakeTab,
} from '../../src/testing/browser.js'

const NAME = 'lease'

/** The time after which a lease is lost that is not renewed, in ms. */
export const TERM = 4_000

/** What it may take a waiter to notice that a lease is free or lost, and to get it, in ms. */
export const NOTICE = 500

/** Whether storage has `update` or not. */
export type Kind = 'atomic' | 'plain'

/** Both, for `describe.each`. */
export const KINDS: readonly Kind[] = ['atomic', 'plain']

/** The storage of a tab, without `update` if plain. */
export function storageOf({ storage }: FakeTab, kind: Kind, lag?: number): Storage {
  const { get, set, remove } = storage
  return kind === 'atomic' ? storage : { get, set, remove, lag }
}

/** One who wants the lease, and how far that got. */
export interface Contender {
  readonly tab: FakeTab
  state: 'waiting' | 'holding' | 'refused' | 'released'
  reason?: unknown
  release: () => void
  /** Whether the lease says that it is still held. */
  holds: () => Promise<boolean | undefined>
  readonly abort: (reason?: unknown) => void
}

/** Tabs that contend for one lease, and the most that ever held it at once. */
export function createContest(
  kind: Kind,
  { lag, ...options }: FakeBrowserOptions & { readonly lag?: number | undefined } = {},
) {
  const browser = createFakeBrowser(options)
  const contenders: Contender[] = []
  const peak = { holders: 0 }

  function ask(tab = browser.tab(), granted?: (contender: Contender) => void): Contender {
    const lock = leaseLock({ ...tab.environment, storage: storageOf(tab, kind, lag) })
    const controller = new AbortController()
    const abort = (reason?: unknown) => controller.abort(reason)
    const contender: Contender = {
      tab,
      state: 'waiting',
      release: () => {},
      holds: async () => false,
      abort,
    }
    contenders.push(contender)
    lock.acquire(NAME, controller.signal).then(
      (free) => {
        contender.state = 'holding'
        contender.holds = async () => free.holds?.()
        contender.release = () => {
          contender.state = 'released'
          free()
        }
        const holders = contenders.filter(({ state }) => state === 'holding').length
        peak.holders = Math.max(peak.holders, holders)
        granted?.(contender)
      },
      (reason) => Object.assign(contender, { state: 'refused', reason }),
    )
    return contender
  }

  /** A contender that has the lease by now. */
  async function hold(tab?: FakeTab): Promise<Contender> {
    const holder = ask(tab)
    await browser.clock.advance(2 * (lag ?? 0) + NOTICE)
    if (holder.state !== 'holding') throw new Error(`The lease is ${holder.state}.`)
    return holder
  }

  return {
    browser,
    clock: browser.clock,
    entry: () => browser.storage.entries.get(NAME),
    ask,
    hold,
    peak,
  }
}
