import { describe, expect, it } from 'vitest'
import { createExpiring } from '../../../src/server/coordination/expiring.js'

describe('a map that forgets', () => {
  it('has an entry up to its time, and what is new when there are too many', () => {
    const clock = { time: 1_000_000 }
    const map = createExpiring<string>({ limit: 2, now: () => clock.time })
    map.set('a', 'first', clock.time + 10)
    clock.time += 9
    expect(map.get('a')).toBe('first')
    clock.time += 1
    expect(map.get('a')).toBeUndefined()
    for (const key of ['b', 'c', 'd']) map.set(key, key, clock.time + 10)
    expect(['b', 'c', 'd'].map(map.get)).toEqual([undefined, 'c', 'd'])
  })

  it('does not keep one for longer because the clock was set back', () => {
    const clock = { time: 1_000_000 }
    const map = createExpiring<string>({ limit: 10, now: () => clock.time })
    map.set('rests', 'a core that failed', clock.time + 10_000)
    clock.time -= 500_000
    expect(map.get('rests')).toBeUndefined()
  })
})
