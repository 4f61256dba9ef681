import { afterEach, describe, expect, it, vi } from 'vitest'
import { stopTime } from './stopped-time.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('when time is stopped', () => {
  it('a timer that runs already can be cleared', () => {
    const clear = vi.spyOn(globalThis, 'clearTimeout')
    const timer = setTimeout(() => {}, 60_000)
    stopTime()
    clearTimeout(timer)
    expect(clear).toHaveBeenCalledWith(timer)
  })

  it('a timer that was cleared never fires, and another does in no time', async () => {
    const { timed } = stopTime()
    const cleared = vi.fn()
    clearTimeout(setTimeout(cleared, 1_000))
    const { took } = await timed(new Promise<void>((resolve) => setTimeout(resolve, 30_000)))
    expect(took).toBe(30_000)
    expect(cleared).not.toHaveBeenCalled()
  })

  it('one that is still there afterwards can be cleared as well', () => {
    stopTime()
    const timer = setTimeout(() => {}, 1_000)
    vi.unstubAllGlobals()
    expect(() => clearTimeout(timer)).not.toThrow()
  })
})
