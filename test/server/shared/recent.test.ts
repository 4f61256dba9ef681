import { describe, expect, it } from 'vitest'
import { deepFreeze } from '../../../src/server/shared/deep-freeze.js'
import { createRecent } from '../../../src/server/shared/recent.js'
import { fc } from '../../support/fast-check.js'

describe('a map of what was used last', () => {
  it('keeps as many as it may, and those that were asked for last', () => {
    const map = createRecent<number>({ entries: 2, size: 100 })
    map.set('a', 1, 1)
    map.set('b', 2, 1)
    expect(map.get('a')).toBe(1)
    map.set('c', 3, 1)
    expect(['a', 'b', 'c'].map(map.get)).toEqual([1, undefined, 3])
  })

  it('keeps as much as it may, and nothing that is more than that by itself', () => {
    const map = createRecent<number>({ entries: 9, size: 10 })
    map.set('a', 1, 4)
    map.set('b', 2, 6)
    map.set('huge', 3, 11)
    expect(['a', 'b', 'huge'].map(map.get)).toEqual([1, 2, undefined])
    map.set('c', 4, 1)
    expect(['a', 'b', 'c'].map(map.get)).toEqual([undefined, 2, 4])
  })

  it('forgets what is replaced, what is deleted, and what became too large', () => {
    const map = createRecent<number>({ entries: 9, size: 10 })
    map.set('a', 1, 9)
    map.set('a', 2, 1)
    map.set('b', 3, 9)
    expect(['a', 'b'].map(map.get)).toEqual([2, 3])
    map.delete('b')
    map.delete('none')
    map.set('c', 4, 9)
    expect(['a', 'b', 'c'].map(map.get)).toEqual([2, undefined, 4])
    map.set('c', 5, 11)
    expect(map.get('c')).toBeUndefined()
  })

  it('is never larger than it may be, and always holds the newest', () => {
    const entry = fc.record({
      key: fc.constantFrom(...'abcdefgh'),
      size: fc.nat(7),
      read: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(entry), (steps) => {
        const map = createRecent<number>({ entries: 4, size: 12 })
        let order: { readonly key: string; readonly size: number }[] = []
        for (const { key, size, read } of steps) {
          const known = order.find((one) => one.key === key)
          if (read) expect(map.get(key)).toBe(known?.size)
          else map.set(key, size, size)
          const now = read ? known : { key, size }
          order = [...order.filter((one) => one.key !== key), ...(now ? [now] : [])]
          const sum = (): number => order.reduce((total, one) => total + one.size, 0)
          while (order.length > 4 || sum() > 12) order = order.slice(1)
        }
        for (const key of 'abcdefgh') {
          expect(map.get(key)).toBe(order.find((one) => one.key === key)?.size)
        }
      }),
    )
  })
})

describe('freezing', () => {
  it('reaches every part of what was parsed, however deep it is', () => {
    const value = deepFreeze(JSON.parse('{"a":[{"b":null},["c",{"d":1}]],"e":{"f":{}}}'))
    const isWhole = (part: unknown): boolean =>
      typeof part !== 'object' ||
      part === null ||
      (Object.isFrozen(part) && Object.values(part).every(isWhole))
    expect(isWhole(value)).toBe(true)
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    expect(() => deepFreeze(deep)).not.toThrow()
    expect(deepFreeze('text')).toBe('text')
  })
})
