import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/environment/clock.js'

const DAY = 86_400_000

beforeEach(() => {
  vi.useFakeTimers()
})

// In this order: what was stubbed was a timer of the fake clock.
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('systemClock', () => {
  it('tells the wall time, and a time that a change of the wall clock does not move', () => {
    const clock = systemClock()
    const before = clock.monotonic()
    vi.setSystemTime(5_000)
    expect(clock.now()).toBe(5_000)
    expect(clock.monotonic()).toBe(before)
    vi.advanceTimersByTime(10)
    expect(clock.now()).toBe(5_010)
    expect(clock.monotonic()).toBe(before + 10)
  })

  it('runs a task once, after its delay', () => {
    const task = vi.fn()
    systemClock().schedule(1_000, task)
    vi.advanceTimersByTime(999)
    expect(task).not.toHaveBeenCalled()
    vi.advanceTimersByTime(DAY)
    expect(task).toHaveBeenCalledOnce()
  })

  it('waits out a delay that no timer can hold', () => {
    const task = vi.fn()
    systemClock().schedule(60 * DAY, task)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(60 * DAY - 1)
    expect(task).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(task).toHaveBeenCalledOnce()
  })

  it('never asks for more than a timer can hold', () => {
    const asked: unknown[] = []
    vi.stubGlobal('setTimeout', (_: unknown, delay: unknown) => asked.push(delay))
    systemClock().schedule(Number.POSITIVE_INFINITY, () => {})
    expect(asked).toEqual([2_147_483_647])
  })

  it('cancels, also in the middle of a long wait, and twice', () => {
    const task = vi.fn()
    const cancel = systemClock().schedule(60 * DAY, task)
    vi.advanceTimersByTime(30 * DAY)
    cancel()
    cancel()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(60 * DAY)
    expect(task).not.toHaveBeenCalled()
  })

  it('keeps a Node or Bun process alive for a task, unless it is in the background', () => {
    vi.useRealTimers()
    const timers: NodeJS.Timeout[] = []
    const real = globalThis.setTimeout
    vi.stubGlobal('setTimeout', (task: () => void, delay: number) => {
      const timer = real(task, delay)
      timers.push(timer)
      return timer
    })
    const cancels = [undefined, {}, { background: false }, { background: true }].map((options) =>
      systemClock().schedule(60 * DAY, () => {}, options),
    )
    expect(timers.map((timer) => timer.hasRef())).toEqual([true, true, true, false])
    for (const cancel of cancels) cancel()
  })

  it('keeps a Deno process alive for a task, unless it is in the background', async () => {
    const unrefTimer = vi.fn()
    vi.stubGlobal('Deno', { unrefTimer })
    vi.stubGlobal('setTimeout', () => 7)
    vi.resetModules()
    const fresh = await import('../../src/environment/clock.js')
    fresh.systemClock().schedule(10, () => {})
    expect(unrefTimer).not.toHaveBeenCalled()
    fresh.systemClock().schedule(10, () => {}, { background: true })
    expect(unrefTimer).toHaveBeenCalledWith(7)
  })
})
