import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/core/errors.js'
import type { Lock } from '../../src/core/ports.js'
import { createSection, type SectionOptions } from '../../src/core/section.js'
import { createFakeBrowser } from '../../src/testing/index.js'

/** A section in a tab of its own, and the turns it takes. */
function start({
  lag = 0,
  lock,
  watch,
}: Partial<Pick<SectionOptions, 'lag' | 'watch'>> & { readonly lock?: Lock } = {}) {
  const browser = createFakeBrowser()
  const { environment, errors } = browser.tab()
  const options = { lockName: 'lock', timeout: 1_000, lag, ...(watch && { watch }) }
  const open = () =>
    createSection({ ...options, environment: { ...environment, ...(lock && { lock }) } })
  return { clock: browser.clock, browser, environment, errors, open, section: open() }
}

describe('the critical section', () => {
  it('has one context in it at a time', async () => {
    const { section, open } = start()
    const order: string[] = []
    const work = (name: string) => async () => {
      order.push(`${name} in`)
      await Promise.resolve()
      order.push(`${name} out`)
    }
    await Promise.all([section.locked(work('a')), open().locked(work('b'))])
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out'])
  })

  it('goes on without the lock when it cannot be had in time, and reports that', async () => {
    const { browser, clock, section, errors } = start()
    browser.locks.neverGrant(true)
    const turn = section.locked(async () => 'done')
    await clock.advance(1_000)
    expect(await turn).toBe('done')
    expect(errors).toEqual([expect.objectContaining({ code: 'timeout' })])
  })

  it('tells each turn of its own lock, whatever another one goes on without', async () => {
    let asked = 0
    const lock: Lock = {
      acquire: async (_, signal) => {
        if (asked++ === 0) return Object.assign(() => {}, { holds: async () => false })
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
    }
    const { clock, section } = start({ lock })
    const told: unknown[] = []
    const first = section.locked(async ({ lock, holds }) => {
      await section.locked(async (inner) => void told.push(inner.lock, await inner.holds?.()))
      told.push(lock, await holds?.())
    })
    await clock.advance(1_000)
    await first
    expect(told).toEqual(['broken', undefined, 'held', false])
  })

  it('waits on in its place, as long as others have the lock one after the other', async () => {
    let turns = 0
    const watch = () => {
      const before = turns
      return async () => turns > before
    }
    const { browser, clock, section, open, errors } = start({ watch })
    const others = Array.from({ length: 5 }, open)
    const theirs = others.map((other) =>
      other.locked(async () => {
        await new Promise<void>((resolve) => void clock.schedule(900, resolve))
        turns++
      }),
    )
    const mine = section.locked(async ({ lock }) => lock)
    await clock.advance(2_000)
    expect(browser.locks.queue('lock')).toHaveLength(4)
    await clock.advance(4_000)
    expect([await mine, turns, errors]).toEqual(['held', 5, []])
    await Promise.all(theirs)
  })

  it('is told that others had the lock all the time, and when to give up waiting', async () => {
    let turns = 0
    const watch = () => async () => ++turns > 0
    const { browser, clock, section, errors } = start({ watch })
    browser.locks.neverGrant(true)
    const turn = section.locked(async ({ lock }) => lock)
    await clock.advance(10_000)
    expect([await turn, turns, errors]).toEqual(['busy', 10, []])
    expect(browser.locks.queue('lock')).toEqual([])
  })

  it.each(['finds that nothing was done', 'does not come back'])(
    'goes on without the lock when a look %s',
    async (what) => {
      const never = new Promise<boolean>(() => {})
      const watch = () => (what === 'does not come back' ? () => never : async () => false)
      const { browser, clock, section } = start({ watch })
      browser.locks.neverGrant(true)
      const turn = section.locked(async ({ lock }) => lock)
      await clock.advance(2_000)
      expect(await turn).toBe('broken')
    },
  )

  it('has the lock at once that is granted during a look', async () => {
    const never = new Promise<boolean>(() => {})
    const { browser, clock, section } = start({ watch: () => () => never })
    browser.locks.neverGrant(true)
    const turn = section.locked(async ({ lock }) => lock)
    await clock.advance(1_500)
    browser.locks.neverGrant(false)
    await clock.settle()
    expect(await turn).toBe('held')
  })

  it('ends a look, and a pause, when it is disposed of', async () => {
    const never = new Promise<boolean>(() => {})
    const { browser, clock, environment, section } = start({ watch: () => () => never })
    browser.locks.neverGrant(true)
    const waits = [section.locked(async () => {}), section.pause(5_000, environment.createAbort())]
    const ends = waits.map((wait) => wait.catch((error: AuthError) => error.code))
    await clock.advance(1_500)
    section.dispose(new AuthError('disposed', 'Over.'))
    expect(await Promise.all(ends)).toEqual(['disposed', 'disposed'])
    expect(clock.pending()).toBe(0)
  })

  it('gives back a lock that is granted in the moment in which the wait ends', async () => {
    let released = 0
    const lock: Lock = {
      acquire: (_, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(() => released++))),
    }
    const { clock, section } = start({ lock })
    const turn = section.locked(async () => {})
    await clock.advance(1_000)
    await turn
    expect(released).toBe(1)
  })

  it('keeps the lock after a save until others can read it, and lets nobody here wait', async () => {
    const { clock, section, open } = start({ lag: 100 })
    await section.locked(async () => section.saved())
    let entered = false
    const next = open().locked(async () => {
      entered = true
    })
    await clock.advance(99)
    expect(entered).toBe(false)
    await clock.advance(1)
    await next
    expect(entered).toBe(true)
  })

  it('keeps the lock after a save also when it is disposed of: a sibling would send the spent token', async () => {
    const { clock, section, open } = start({ lag: 100 })
    const error = new AuthError('disposed', 'Over.')
    await section.locked(async () => {
      section.saved()
      section.dispose(error)
    })
    let entered = false
    const next = open().locked(async () => {
      entered = true
    })
    await clock.advance(99)
    expect(entered).toBe(false)
    await clock.advance(1)
    await next
  })

  it('leaves nothing behind when it is disposed of', async () => {
    const { clock, section, open } = start({ lag: 100 })
    await section.locked(async () => section.saved())
    section.dispose(new AuthError('disposed', 'Over.'))
    expect(clock.awaited()).toBe(0)
    await clock.advance(100)
    expect(clock.pending()).toBe(0)
    expect(await open().locked(async () => 'free')).toBe('free')
    await expect(section.locked(async () => {})).rejects.toMatchObject({ code: 'disposed' })
  })

  it('gives the lock back at once where nothing was saved, also in the turn after one that saved', async () => {
    const { clock, section, open } = start({ lag: 100 })
    await section.locked(async () => {})
    expect(await open().locked(async () => 'free')).toBe('free')
    await section.locked(async () => section.saved())
    await clock.advance(100)
    await section.locked(async () => {})
    expect(await open().locked(async () => 'free')).toBe('free')
    expect(clock.pending()).toBe(0)
  })

  it('reports a lock that cannot be had once, until it was had', async () => {
    const { browser, clock, section, errors } = start()
    const turnWithout = async (): Promise<void> => {
      browser.locks.neverGrant(true)
      const turn = section.locked(async () => {})
      await clock.advance(1_000)
      await turn
      browser.locks.neverGrant(false)
    }
    await turnWithout()
    await turnWithout()
    expect(errors).toHaveLength(1)
    await section.locked(async () => {})
    await turnWithout()
    expect(errors).toHaveLength(2)
  })
})
