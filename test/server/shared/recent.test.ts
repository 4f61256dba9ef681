import { describe, expect, it } from 'vitest'
import { deepFreeze } from '../../../src/server/shared/deep-freeze.js'
import { createRecent } from '../../../src/server/shared/recent.js'
import { fc } from '../../support/fast-check.js'

describe('a map of what was used of late', () => {
  it('keeps as many as it may, and lets go first of what nobody asked for', () => {
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

  it('lets go of what was asked for, too, when that is all there is', () => {
    const map = createRecent<string>({ entries: 3, size: 100 })
    for (const key of 'abcdefgh') {
      map.set(key, key, 1)
      expect(map.get(key)).toBe(key)
    }
    expect([...'abcdefgh'].filter((key) => map.get(key))).toEqual(['f', 'g', 'h'])
  })

  it('is never larger than it may be, holds the newest, and gives nothing but what was set last', () => {
    const entry = fc.record({
      key: fc.constantFrom(...'abcdefgh'),
      size: fc.nat(7),
      turn: fc.constantFrom('set', 'set', 'get', 'delete'),
    })
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (steps) => {
        const map = createRecent<number>({ entries: 4, size: 12 })
        const last = new Map<string, number>()
        for (const [at, { key, size, turn }] of steps.entries()) {
          if (turn === 'set') {
            map.set(key, 10 * at + size, size)
            last.set(key, 10 * at + size)
            expect(map.get(key)).toBe(10 * at + size)
          } else if (turn === 'get') expect([undefined, last.get(key)]).toContain(map.get(key))
          else {
            map.delete(key)
            last.delete(key)
          }
        }
        const held = [...'abcdefgh'].flatMap((key) => map.get(key) ?? [])
        expect(held.length).toBeLessThanOrEqual(4)
        expect(held.reduce((sum, value) => sum + (value % 10), 0)).toBeLessThanOrEqual(12)
      }),
      { numRuns: 300 },
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
