import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/core/errors.js'
import type { Lock } from '../../src/core/ports.js'
import { createSection } from '../../src/core/section.js'
import { createFakeBrowser } from '../../src/testing/index.js'

/** A section in a tab of its own, and the turns it takes. */
function start({ lag = 0, lock }: { readonly lag?: number; readonly lock?: Lock } = {}) {
  const browser = createFakeBrowser()
  const { environment, errors } = browser.tab()
  const options = { lockName: 'lock', timeout: 1_000, lag }
  const open = () =>
    createSection({ ...options, environment: { ...environment, ...(lock && { lock }) } })
  return { clock: browser.clock, browser, errors, open, section: open() }
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
        if (asked++ === 0) return Object.assign(() => {}, { holds: () => false })
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      },
    }
    const { clock, section } = start({ lock })
    const told: (boolean | undefined)[] = []
    const first = section.locked(async (granted, holds) => {
      await section.locked(async (had, still) => void told.push(had, still?.()))
      told.push(granted, holds?.())
    })
    await clock.advance(1_000)
    await first
    expect(told).toEqual([false, undefined, true, false])
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
