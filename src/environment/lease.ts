import { bounded } from '../core/bounded.js'
import { AuthError } from '../core/errors.js'
import type { Awaitable, Environment, Lock, Signal, Storage } from '../core/ports.js'
import { textOf } from '../core/stored.js'

/** What a lease is kept with. */
export interface LeaseOptions
  extends Pick<Environment, 'clock' | 'random' | 'createAbort' | 'wake'> {
  readonly storage: Storage
}

/** How long a lease counts that its holder does not renew, in ms: a few late renewals. */
const TERM = 4_000
/** Background tabs have their timers aligned to a second, so more often would be no use; in ms. */
const RENEWAL = 1_000
/** What a holder in the background adds to its lease: there Chromium runs timers once a minute. */
const HIDDEN = ' hidden'
/** The term of such a lease, in ms. */
const HIDDEN_TERM = 60_000 + TERM
/** Between two looks at another's lease, and between a claim and its check, in ms; at most twice. */
const PAUSE = 50
/** Bound of one call to storage, in ms. */
const LIMIT = 2_000

const termOf = (text: string | null): number => (text?.endsWith(HIDDEN) ? HIDDEN_TERM : TERM)

const ownerOf = (text: string | null): string | undefined => text?.split(' ')[0]

/**
 * A lock for contexts that share a storage and have no better one. The holder renews its lease;
 * one that stays unchanged for its term, by the clock of whoever waits, is taken over.
 *
 * Where storage has `update` a claim is atomic. Elsewhere it is written, left for a moment and
 * looked at again: two contexts then hold the lock together only if one of them stalls in between.
 * `acquire` rejects with AuthError `storage` when storage fails.
 */
export function leaseLock({ storage, clock, random, createAbort, wake }: LeaseOptions): Lock {
  const call = <T>(work: () => Awaitable<T>, signal?: Signal): Promise<T> =>
    bounded({ clock, createAbort }, work, {
      limit: LIMIT,
      late: () => new AuthError('storage', 'Storage does not answer.'),
      signal,
    }).catch((cause) => {
      if (cause instanceof AuthError) throw cause
      throw new AuthError('storage', 'Storage failed.', { cause })
    })

  /** Replaces the text where `change` says so; resolves to the text after. */
  async function update(
    name: string,
    change: (text: string | null) => string | null,
    signal?: Signal,
  ): Promise<string | null> {
    if (storage.update) {
      return textOf(
        await call(async () => storage.update?.(name, (text) => change(textOf(text))), signal),
      )
    }
    const text = textOf(await call(() => storage.get(name), signal))
    const next = change(text)
    if (next !== text) {
      await call(() => (next === null ? storage.remove(name) : storage.set(name, next)), signal)
    }
    return next
  }

  const pause = (ms: number, signal: Signal): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = clock.schedule(ms, end)
      signal.addEventListener('abort', end)
    })
  const moment = (): number => PAUSE * (1 + random())

  /** Whether a claim that was written stands; two may have been, where writing is not atomic. */
  async function confirm(name: string, owner: string, signal: Signal): Promise<boolean> {
    if (storage.update) return true
    await pause(2 * (storage.lag ?? 0) + moment(), signal)
    return ownerOf(textOf(await call(() => storage.get(name), signal))) === owner
  }

  const marked = (text: string): string => (wake.visible() ? text : text + HIDDEN)

  /** How long a lease is safe that was written at a time, by the monotonic clock, in ms. */
  const safeUntil = (written: number, text: string | null): number =>
    written + 2 * (storage.lag ?? 0) + termOf(text) - RENEWAL

  /**
   * Waits until the text of the lease is one of this owner's; resolves to how long it is safe, which has
   * passed already where storage is slow, or the owner slept.
   */
  async function claim(name: string, owner: string, signal: Signal): Promise<number> {
    let seen: string | null | undefined
    let since = 0
    let dead: string | null | undefined
    while (!signal.aborted) {
      const asked = clock.monotonic()
      const text = await update(
        name,
        (text) => (!signal.aborted && (text === null || text === dead) ? marked(owner) : text),
        signal,
      )
      if (ownerOf(text) === owner) {
        if (await confirm(name, owner, signal)) return safeUntil(asked, text)
        continue
      }
      if (text !== seen) {
        seen = text
        since = clock.monotonic()
      } else if (clock.monotonic() - since >= termOf(text)) dead = text
      await pause(moment(), signal)
    }
    return 0
  }

  return {
    async acquire(name, signal) {
      const owner = random().toString(36).slice(2)
      let renewals = 0
      let until = 0
      let cancel = (): void => {}
      const change = (to: () => string | null): Promise<string | null> =>
        update(name, (text) => (ownerOf(text) === owner ? to() : text)).catch(() => null)
      /** The renewal under way: one at a time, however slow storage is. */
      let renewal: Promise<void> | null = null
      async function write(): Promise<void> {
        const asked = clock.monotonic()
        const text = await change(() => marked(`${owner} ${++renewals}`))
        if (ownerOf(text) === owner) until = safeUntil(asked, text)
        renewal = null
      }
      const renew = (): Promise<void> => {
        renewal ??= write()
        return renewal
      }
      /** Whether nobody can have taken it: whoever slept, or waited for a slow storage, has to look again. */
      async function holds(): Promise<boolean> {
        if (clock.monotonic() >= until) await renew()
        return clock.monotonic() < until
      }
      const renewLater = (): void => {
        // The work that the lock was taken for keeps its process alive by itself.
        cancel = clock.schedule(
          RENEWAL,
          () => {
            renewLater()
            renew()
          },
          { background: true },
        )
      }
      const release = async (): Promise<void> => {
        cancel()
        // One that landed afterwards would keep the lease from others for a term.
        await renewal
        // What fails here is over by itself after the term.
        await change(() => null)
      }
      const wait = createAbort()
      const end = (): void => wait.abort(signal.reason)
      if (signal.aborted) throw signal.reason
      signal.addEventListener('abort', end)
      try {
        do until = await claim(name, owner, wait.signal)
        while (!signal.aborted && !(await holds()))
        if (signal.aborted) throw signal.reason
      } catch (error) {
        // A claim that is still on its way must not land.
        wait.abort(error)
        release()
        throw signal.aborted ? signal.reason : error
      } finally {
        signal.removeEventListener('abort', end)
      }
      renewLater()
      return Object.assign(() => void release(), { holds })
    },
  }
}
