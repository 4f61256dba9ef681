import { describe, expect, it } from 'vitest'
import { turnsOf } from '../support/turns.js'

const DAY = 24 * 3_600_000
const ALL = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']

describe('the turns of what takes long', () => {
  it('are two on each day, and the same two all day', () => {
    for (let day = 20_000; day < 20_030; day++) {
      expect(turnsOf(ALL, day * DAY)).toHaveLength(2)
      expect(turnsOf(ALL, day * DAY)).toEqual(turnsOf(ALL, day * DAY + DAY - 1))
    }
  })

  it('come to everybody within as many days as there are of them', () => {
    const days = ALL.map((_, day) => turnsOf(ALL, (20_000 + day) * DAY))
    expect(new Set(days.flat()).size).toBe(ALL.length)
  })

  it('are one on each day where no more is asked for, and come to everybody all the same', () => {
    const days = ALL.map((_, day) => turnsOf(ALL, (20_000 + day) * DAY, 1))
    expect(days.every((day) => day.length === 1)).toBe(true)
    expect(new Set(days.flat()).size).toBe(ALL.length)
  })

  it('are one, or none, where there are no more', () => {
    expect(turnsOf(['a'], 5 * DAY)).toEqual(['a'])
    expect(turnsOf([], 5 * DAY)).toEqual([])
  })
})
