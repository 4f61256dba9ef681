import { type SessionTimeoutsOptions, sessionTimeouts } from '../../src/index.js'
import { createWorld } from './world.js'

export const MINUTE = 60_000

/** A browser whose tabs end their session in time, and somebody who uses them. */
export function createTimeoutsWorld(options: SessionTimeoutsOptions) {
  const world = createWorld()

  function open(
    more: Parameters<typeof world.open>[0] = {},
    tabOptions: Parameters<typeof world.open>[1] = {},
  ) {
    const listeners = new Set<() => void>()
    const timeouts = sessionTimeouts({
      ...options,
      activity(onActivity) {
        listeners.add(onActivity)
        return () => listeners.delete(onActivity)
      },
    })
    const opened = world.open({ timeouts, ...more }, tabOptions)
    const near: (number | null)[] = []
    opened.auth.onAuthStateChange((event, _, detail) => {
      if (event === 'SESSION_ENDING') near.push(detail.endsAt - world.clock.now())
      if (event === 'SESSION_EXTENDED') near.push(null)
    })
    return {
      ...opened,
      /** How far away each end was that this tab was told of, in ms; `null` where it moved away. */
      near,
      /** Somebody presses a key in this tab. */
      use: () => {
        for (const listener of listeners) listener()
      },
      watched: () => listeners.size,
    }
  }

  return {
    ...world,
    open,
    /** A tab in which Ada has just signed in. */
    async signedIn(more: Parameters<typeof world.open>[0] = {}) {
      const opened = open(more)
      await opened.auth.signIn({ name: 'ada' })
      await world.clock.settle()
      return opened
    },
    /** Somebody uses a tab once a minute, for so many minutes. */
    async usedFor(minutes: number, { use }: { use(): void }) {
      for (let minute = 0; minute < minutes; minute++) {
        await world.clock.advance(MINUTE)
        use()
        await world.clock.settle()
      }
    },
  }
}
