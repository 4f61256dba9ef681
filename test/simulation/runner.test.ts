import { describe, expect, it } from 'vitest'
import { listedChoices, seededChoices } from './choices.js'
import { randomRun } from './random.js'
import { choicesOf, choicesText, shrink } from './shrink.js'
import type { Protocol } from './wire.js'

const PLENTY = { reruns: 5_000, ms: 60_000 }

/** A run as its list of choices and all that happened in it. */
async function recorded(choices = seededChoices(1), protocol: Protocol = 'gotrue') {
  const steps: string[] = []
  await randomRun(choices, (column, text) => steps.push(`${column}: ${text}`), protocol)
  return { made: choices.made, steps }
}

describe('a run', () => {
  it.each<Protocol>(['gotrue', 'oidc'])(
    'of %s is its seed: the same seed makes the same choices, and the same happens',
    async (protocol) => {
      const first = await recorded(seededChoices(7), protocol)
      expect(first.steps.length).toBeGreaterThan(20)
      expect(await recorded(seededChoices(7), protocol)).toEqual(first)
    },
  )

  it('is its list of choices', async () => {
    const seeded = await recorded(seededChoices(8))
    const text = choicesText(seeded.made)
    expect(await recorded(listedChoices(choicesOf(text)))).toEqual(seeded)
  })

  it('differs from the run of another seed', async () => {
    const [one, other] = [await recorded(seededChoices(7)), await recorded(seededChoices(8))]
    expect(one.steps).not.toEqual(other.steps)
  })
})

describe('the text of a list of choices', () => {
  it('names equal choices once, and reads back', () => {
    const list = [3, 0, 0, 0, 7, 7, 1]
    expect(choicesText(list)).toBe('3,0*3,7,7,1')
    expect(choicesOf('3,0*3,7,7,1')).toEqual(list)
    expect(choicesOf('')).toEqual([])
  })

  it('is refused when it is none', () => {
    expect(() => choicesOf('3,x')).toThrow("'x' is no choice")
    expect(() => choicesOf('3,-1')).toThrow("'-1' is no choice")
  })
})

describe('a shrink', () => {
  /** Fails when a 5 comes somewhere before something above 2. */
  const five = async (list: readonly number[]): Promise<boolean> => {
    const at = list.indexOf(5)
    return at >= 0 && list.slice(at + 1).some((choice) => choice > 2)
  }
  const long = Array.from({ length: 400 }, (_, i) => (i * 7) % 11)

  it('finds the shortest and tamest list that still fails', async () => {
    expect((await shrink(long, five, PLENTY)).list).toEqual([5, 3])
  })

  it('keeps the place of a choice that must stay where it is, with zeros before it', async () => {
    const { list } = await shrink(long, async (made) => (made[42] ?? 0) > 1, PLENTY)
    expect(list).toEqual([...Array(42).fill(0), 2])
  })

  it('does the same each time', async () => {
    const [one, two] = [await shrink(long, five, PLENTY), await shrink(long, five, PLENTY)]
    expect(one).toEqual(two)
  })

  it('never returns a list that does not fail, and none that is longer', async () => {
    let shrunken = 0
    for (let seed = 1; seed <= 40; seed++) {
      const choices = seededChoices(seed)
      const list = Array.from({ length: 60 }, () => choices.pick(9))
      const odd = async (made: readonly number[]): Promise<boolean> =>
        made.reduce((sum, choice, i) => sum + choice * (i + 1), 0) % 7 === seed % 7
      if (!(await odd(list))) continue
      const shrunk = await shrink(list, odd, PLENTY)
      if (shrunk.list.length < list.length) shrunken++
      expect(await odd(shrunk.list)).toBe(true)
      expect(shrunk.list.length).toBeLessThanOrEqual(list.length)
    }
    expect(shrunken).toBeGreaterThan(0)
  })

  it('tries no list twice', async () => {
    const tried: string[] = []
    const { reruns } = await shrink(
      long,
      async (made) => {
        tried.push(made.join())
        return (made[42] ?? 0) > 1
      },
      PLENTY,
    )
    expect(new Set(tried).size).toBe(tried.length)
    expect(tried.length).toBe(reruns + 1)
  })

  it('stops after so many runs, with what it has', async () => {
    let tried = 0
    const counted = async (made: readonly number[]): Promise<boolean> => {
      tried++
      return five(made)
    }
    const { list, reruns } = await shrink(long, counted, { ...PLENTY, reruns: 12 })
    expect(reruns).toBe(12)
    expect(tried).toBe(13)
    expect(await five(list)).toBe(true)
  })

  it('stops when its time is up', async () => {
    expect((await shrink(long, five, { ...PLENTY, ms: 0 })).reruns).toBe(0)
  })

  it('refuses choices that do not fail: such a run cannot be trusted', async () => {
    await expect(shrink([1, 2], five, PLENTY)).rejects.toThrow('do not fail')
  })
})
