import { describe, expect, it, vi } from 'vitest'
import { createManualClock } from '../../src/testing/clock.js'

/** Schedules tasks that note their name and the time at which they ran. */
function noted(clock = createManualClock({ now: 1_000, monotonic: 0 })) {
  const log: string[] = []
  const at = (delay: number, name: string) =>
    clock.schedule(delay, () => log.push(`${name} at ${clock.now()}/${clock.monotonic()}`))
  return { clock, log, at }
}

describe('createManualClock', () => {
  it('stands still until it is told to move', async () => {
    const { clock, log, at } = noted()
    at(0, 'now')
    at(1, 'later')
    await clock.settle()
    expect(log).toEqual(['now at 1000/0'])
    expect([clock.now(), clock.monotonic(), clock.pending()]).toEqual([1_000, 0, 1])
  })

  it('runs what falls due in order of time, then of scheduling, each at its own time', async () => {
    const { clock, log, at } = noted()
    at(20, 'late')
    at(10, 'first of two')
    at(10, 'second of two')
    at(31, 'too late')
    await clock.advance(30)
    expect(log).toEqual(['first of two at 1010/10', 'second of two at 1010/10', 'late at 1020/20'])
    expect([clock.now(), clock.monotonic(), clock.pending()]).toEqual([1_030, 30, 1])
  })

  it('lets the promises of a task go on before the next one, WebCrypto included', async () => {
    const { clock, log, at } = noted()
    clock.schedule(10, () => {
      const work = async () => {
        const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(8))
        at(5, `hashed ${hash.byteLength} bytes`)
      }
      clock.track(work())
    })
    at(20, 'after')
    await clock.advance(20)
    expect(log).toEqual(['hashed 32 bytes at 1015/15', 'after at 1020/20'])
  })

  it('waits for tracked work that takes many turns of the event loop', async () => {
    const clock = createManualClock()
    let done = false
    const work = async () => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
        'sign',
        'verify',
      ])
      for (let count = 0; count < 5; count++) {
        await crypto.subtle.sign(
          { name: 'ECDSA', hash: 'SHA-256' },
          pair.privateKey,
          new Uint8Array(64),
        )
      }
      done = true
    }
    clock.track(work())
    await clock.settle()
    expect(done).toBe(true)
  })

  it.each(['the runner has replaced setImmediate', 'the runtime has none'])(
    'settles where %s',
    async (where) => {
      const replaced = Object.assign(() => {}, { clock: {} })
      const timers = { setImmediate: replaced }
      const bare = where === 'the runtime has none'
      vi.resetModules()
      vi.stubGlobal('process', bare ? undefined : { getBuiltinModule: () => timers })
      const fresh = await import('../../src/testing/clock.js')
      vi.unstubAllGlobals()
      const { clock, log, at } = noted(fresh.createManualClock({ now: 1_000, monotonic: 0 }))
      at(10, 'task')
      await clock.advance(10)
      expect(log).toEqual(['task at 1010/10'])
    },
  )

  it('goes on without tracked work that waits for time itself', async () => {
    const clock = createManualClock()
    let done = false
    const work = new Promise<void>((resolve) => clock.schedule(10, resolve)).then(() => {
      done = true
    })
    clock.track(work)
    await clock.advance(10)
    expect(done).toBe(true)
  })

  it('does not run a task that was cancelled', async () => {
    const { clock, log, at } = noted()
    const cancel = at(10, 'cancelled')
    cancel()
    cancel()
    await clock.advance(10)
    expect(log).toEqual([])
    expect(clock.pending()).toBe(0)
  })

  it('no longer counts a task once it runs', async () => {
    const clock = createManualClock()
    const counts: number[] = []
    clock.schedule(10, () => counts.push(clock.pending()))
    await clock.advance(10)
    expect(counts).toEqual([0])
  })

  it('tells how many tasks would keep a process alive', async () => {
    const clock = createManualClock()
    clock.schedule(10, () => {}, { background: true })
    const cancel = clock.schedule(10, () => {})
    clock.schedule(20, () => {}, { background: false })
    expect([clock.pending(), clock.awaited()]).toEqual([3, 2])
    cancel()
    expect([clock.pending(), clock.awaited()]).toEqual([2, 1])
    await clock.advance(20)
    expect([clock.pending(), clock.awaited()]).toEqual([0, 0])
  })

  it('runs at once what is scheduled for the past or for no time', async () => {
    const { clock, log, at } = noted()
    at(-5, 'past')
    at(Number.NaN, 'no time')
    await clock.advance(0)
    expect(log).toEqual(['past at 1000/0', 'no time at 1000/0'])
  })

  it('jumps with the wall clock alone, and runs nothing by that', async () => {
    const { clock, log, at } = noted()
    at(10, 'task')
    clock.jump(86_400_000)
    await clock.settle()
    expect(log).toEqual([])
    clock.jump(-2 * 86_400_000)
    await clock.advance(10)
    expect(log).toEqual([`task at ${1_010 - 86_400_000}/10`])
  })

  it('sleeps with timers that count only the time awake', async () => {
    const { clock, log, at } = noted()
    at(10, 'task')
    await clock.sleep(1_000)
    expect(log).toEqual([])
    await clock.advance(10)
    expect(log).toEqual(['task at 2010/10'])
  })

  it('sleeps with a monotonic clock that goes on, and runs late what fell due', async () => {
    const { clock, log, at } = noted()
    at(10, 'one')
    at(500, 'two')
    await clock.sleep(1_000, { monotonic: 'continues' })
    expect(log).toEqual(['one at 2000/1000', 'two at 2000/1000'])
  })

  it('refuses to be moved by two at once, or backwards', async () => {
    const clock = createManualClock()
    const first = clock.advance(10)
    await expect(clock.advance(10)).rejects.toThrow('await advance()')
    await first
    await expect(clock.advance(-1)).rejects.toThrow(RangeError)
    await expect(clock.advance(Number.NaN)).rejects.toThrow(RangeError)
    await clock.advance(1)
    expect(clock.monotonic()).toBe(11)
  })

  it('settles in the way it is given', async () => {
    let settled = 0
    const clock = createManualClock({ settle: async () => void settled++ })
    clock.schedule(1, () => {})
    await clock.advance(2)
    expect(settled).toBe(3)
  })
})
