import { describe, expect, it } from 'vitest'
import { createWorld, HOUR } from '../support/world.js'

const MINUTE = 60_000

describe('hosts whose clocks differ and that share a storage', () => {
  it.each([
    [-30 * MINUTE, 'visible'],
    [30 * MINUTE, 'visible'],
    [-3 * HOUR, 'visible'],
    [3 * HOUR, 'visible'],
    [-30 * MINUTE, false],
    [30 * MINUTE, false],
    [3 * HOUR, false],
  ] as const)(
    'refresh once per life, and serve no dead token (%i ms apart, autoRefresh %s)',
    async (clockSkew, autoRefresh) => {
      const world = createWorld()
      const right = await world.signedIn('ada', { autoRefresh })
      const other = world.open({ autoRefresh }, { clockSkew })
      await other.auth.getSession()
      await world.clock.settle()
      /** When each token was issued, by a clock of the world's own. */
      const issued = new Map<string, number>([['access-1', 0]])
      const slack = MINUTE
      for (let minute = 0; minute < 10 * 60; minute++) {
        await world.clock.advance(MINUTE)
        for (const { auth } of [right, other]) {
          const { accessToken = '' } = (await auth.getSession()) ?? {}
          const now = world.clock.monotonic()
          if (!issued.has(accessToken)) issued.set(accessToken, now - slack)
          expect(now - (issued.get(accessToken) ?? 0)).toBeLessThanOrEqual(HOUR + slack)
        }
      }
      // Ten lives, each a sixth and a minute shorter at the most.
      expect(world.server.sent.length).toBeLessThanOrEqual(13)
      expect(new Set(world.server.sent).size).toBe(world.server.sent.length)
    },
  )
})
