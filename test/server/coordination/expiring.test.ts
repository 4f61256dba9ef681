import { describe, expect, it } from 'vitest'
import { createExpiring } from '../../../src/server/coordination/expiring.js'

function open(limit: number) {
  const clock = { time: 1_000 }
  const map = createExpiring<string>({ limit, now: () => clock.time })
  const there = (...keys: readonly string[]) => keys.filter((key) => map.get(key) !== undefined)
  return { clock, map, there }
}

describe('a map that forgets', () => {
  it('hands out nothing from its end on, though nothing has come since', () => {
    const { clock, map } = open(10)
    map.set('key', 'value', 2_000)
    clock.time = 1_999
    expect(map.get('key')).toBe('value')
    clock.time = 2_000
    expect(map.get('key')).toBeUndefined()
  })

  it('lets go first of what came first, where what is set again comes anew', () => {
    const { map, there } = open(2)
    for (const key of ['a', 'b', 'a', 'c']) map.set(key, key, 9_000)
    expect(there('a', 'b', 'c')).toEqual(['a', 'c'])
  })

  it('holds no more than it may', () => {
    const { map, there } = open(3)
    for (const key of ['a', 'b', 'c', 'd', 'e']) map.set(key, key, 9_000)
    expect(there('a', 'b', 'c', 'd', 'e')).toEqual(['c', 'd', 'e'])
  })

  it('lets nothing go that is alive while there is something that is over, wherever that stands', () => {
    const { clock, map, there } = open(3)
    map.set('long', 'x', 90_000)
    for (let round = 0; round < 10; round += 1) {
      map.set(`short ${round}`, 'x', clock.time + 500)
      map.set(`next ${round}`, 'x', clock.time + 500)
      clock.time += 500
    }
    expect(there('long', 'next 9')).toEqual(['long'])
  })

  it('finds what is over whenever that came, and however often it has looked before', () => {
    const { clock, map, there } = open(3)
    map.set('first', 'x', 90_000)
    map.set('short', 'x', 2_000)
    map.set('longer', 'x', 2_500)
    clock.time = 2_000
    map.set('second', 'x', 90_000)
    clock.time = 2_500
    map.set('third', 'x', 90_000)
    expect(there('first', 'second', 'third')).toEqual(['first', 'second', 'third'])
    map.set('late', 'x', 2_600)
    clock.time = 2_600
    map.set('fourth', 'x', 90_000)
    // Three were alive when `late` came, and the oldest of them had to go.
    expect(there('first', 'second', 'third', 'fourth')).toEqual(['second', 'third', 'fourth'])
  })

  it('does not keep one for longer because the clock was set back', () => {
    const { clock, map } = open(10)
    map.set('rests', 'a core that failed', clock.time + 500)
    clock.time -= 800
    expect(map.get('rests')).toBeUndefined()
  })
})
