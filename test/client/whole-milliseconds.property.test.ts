import { expect, it } from 'vitest'
import { AuthError, sessionTimeouts } from '../../src/index.js'
import { fc } from '../support/fast-check.js'
import { createWorld, HOUR } from '../support/world.js'

/** Every number that an app can find in a value, with where it was found. */
function numbersIn(value: unknown, where = ''): readonly (readonly [string, number])[] {
  if (typeof value === 'number') return [[where, value]]
  if (typeof value !== 'object' || value === null) return []
  // Those of errors are not enumerable.
  const named = value instanceof AuthError ? { retryAfter: value.retryAfter } : {}
  return Object.entries({ ...value, ...named }).flatMap(([name, each]) =>
    numbersIn(each, `${where}.${name}`),
  )
}

// Smaller ones are lost where a time of today has 53 bits.
const fraction = fc.integer({ min: 0, max: 999 }).map((n) => n / 1_000)
const FRACTIONS = fc.record({
  wall: fraction,
  monotonic: fraction,
  lifetime: fraction,
  retryAfter: fraction,
  step: fraction,
})

it('times in public are whole milliseconds, whatever the clocks, the server and the app say', async () => {
  await fc.assert(
    fc.asyncProperty(FRACTIONS, async ({ wall, monotonic, lifetime, retryAfter, step }) => {
      const world = createWorld({ lifetime: HOUR + lifetime })
      const { clock, server } = world
      const seen: (readonly [string, number])[] = []
      const see = (where: string, value: unknown): void =>
        void seen.push(...numbersIn(value, where))
      const environment = {
        clock: {
          now: () => clock.now() + wall,
          monotonic: () => clock.monotonic() + monotonic,
          schedule: clock.schedule,
        },
      }
      const timeouts = sessionTimeouts({ idleTimeout: 3 * HOUR + lifetime })
      const { auth } = world.open({ environment, timeouts, debug: (entry) => see('debug', entry) })
      const other = world.open({ environment })
      for (const each of [auth, other.auth]) {
        each.onAuthStateChange((event, session, detail) => see(event, { session, detail }))
      }
      see('signIn', await auth.signIn({ name: 'ada' }))
      await clock.advance(HOUR / 2 + step)
      server.fail({
        error: new AuthError('server_error', 'Down.', { retryAfter: 60_000 + retryAfter }),
      })
      await auth.refreshSession().catch((error: unknown) => see('refreshSession', error))
      await clock.advance(step)
      see('getSnapshot', auth.getSnapshot())
      see('of the other tab', other.auth.getSnapshot())
      server.setRefusal(new AuthError('server_error', 'Down.', { retryAfter: HOUR + retryAfter }))
      await clock.advance(HOUR + step)
      await auth.getSession().catch((error: unknown) => see('getSession', error))
      await clock.advance(2 * HOUR)
      see('in the end', auth.getSnapshot())
      for (const what of ['.expiresAt', '.nextAttemptAt', '.endsAt', '.retryAfter', 'debug.at']) {
        expect(seen.filter(([where]) => where.endsWith(what))).not.toEqual([])
      }
      expect(seen.filter(([, number]) => !Number.isInteger(number))).toEqual([])
    }),
    { numRuns: 20 },
  )
})
