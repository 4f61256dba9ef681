import { vi } from 'vitest'
import type { Clock } from '../../src/index.js'
import type { PopupPage } from '../../src/providers/oidc/popup.js'
import { CALLBACK } from './oidc-wire.js'
import { PATIENT } from './patient.js'

/** A window that a page has opened, and where it was led. */
export interface FakeWindow {
  closed: boolean
  readonly urls: string[]
  readonly location: { replace(url: string): void }
  close(): void
}

/** What a callback page with these fields in its address says. */
export const said = (fields: Readonly<Record<string, string>>): unknown => ({
  'holdfast.callback': `${CALLBACK}?${new URLSearchParams(fields)}`,
})

/** A page whose windows are looked at by hand. */
export function createWindows(clock: Pick<Clock, 'schedule'>) {
  const opened: FakeWindow[] = []
  const listeners = new Set<Parameters<PopupPage['hear']>[0]>()
  const attention = { here: false, blocked: false }
  const timers = new Set<() => void>()
  const page: PopupPage = {
    open() {
      if (attention.blocked) return null
      const urls: string[] = []
      const window: FakeWindow = {
        closed: false,
        urls,
        location: { replace: (url) => void urls.push(url) },
        close() {
          window.closed = true
        },
      }
      opened.push(window)
      return window
    },
    hear(heard) {
      listeners.add(heard)
      return () => listeners.delete(heard)
    },
    hasFocus: () => attention.here,
    schedule(delay, task) {
      const stop = clock.schedule(delay, () => {
        timers.delete(stop)
        task()
      })
      timers.add(stop)
      return () => {
        timers.delete(stop)
        stop()
      }
    },
  }

  /** The parameters of the address that a window was led to. */
  async function ledTo(index: number): Promise<Readonly<Record<string, string>>> {
    await vi.waitUntil(() => opened[index]?.urls.length, PATIENT)
    return Object.fromEntries(new URL(opened[index]?.urls[0] ?? '').searchParams)
  }

  /** Has everybody hear what a window said; `from` is `null` where that cannot be known. */
  function say(what: unknown, from: unknown = null): void {
    for (const heard of [...listeners]) heard(what, from)
  }

  return { page, opened, listeners, timers, attention, ledTo, say }
}
