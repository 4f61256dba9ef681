import { describe, expect, it } from 'vitest'
import { createKept } from '../../../src/server/supertokens/kept.js'

/** What is kept for a second, with loads that end as they are told. */
function createDesk() {
  const clock = { time: 0 }
  const loads: { resolve(value: string): void; reject(error: Error): void }[] = []
  const kept = createKept<string>({
    life: 1_000,
    now: () => clock.time,
    load: () => new Promise((resolve, reject) => void loads.push({ resolve, reject })),
  })
  return { clock, loads, kept }
}

describe('what is fetched once for all who need it', () => {
  it('is fetched again after it could not be had, by whoever comes next', async () => {
    const { loads, kept } = createDesk()
    const both = [kept.get(), kept.get()]
    loads[0]?.reject(new Error('down'))
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ])
    expect(kept.isThere()).toBe(false)
    const next = kept.get()
    loads[1]?.resolve('there')
    expect(await next).toBe('there')
    expect(loads).toHaveLength(2)
  })

  it('is not lost by a failure of what was dropped before it', async () => {
    const { loads, kept } = createDesk()
    const first = kept.get().catch(() => 'failed')
    kept.drop()
    const second = kept.get()
    loads[1]?.resolve('there')
    loads[0]?.reject(new Error('down'))
    expect(await Promise.all([first, second, kept.get()])).toEqual(['failed', 'there', 'there'])
    expect(loads).toHaveLength(2)
  })
})
