import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chosen, partOf } from '../../scripts/mutants/choice.mjs'
import { missed } from '../../scripts/mutants/coverage.mjs'
import { type Finding, judge } from '../../scripts/mutants/judge.mjs'
import { linesOf, testsOf } from '../../scripts/mutants/knowledge.mjs'
import type { Mutant } from '../../scripts/mutants/list.mjs'
import { openLog, stateOf, type Verdict } from '../../scripts/mutants/log.mjs'
import { batched, divided } from '../../scripts/mutants/refusals.mjs'

const file = 'src/core/timing.ts'
const mutant = (more: Partial<Mutant> = {}): Mutant => ({
  name: 'A bug.',
  file,
  find: 'two',
  replace: '2',
  ...more,
})
const [a1, a2, b1] = [
  mutant({ name: 'First.', file: 'src/a.ts' }),
  mutant({ name: 'Second.', file: 'src/a.ts' }),
  mutant({ name: 'Third.', file: 'src/b.ts' }),
]

describe('the mutants of a run', () => {
  it('are those that one of the texts names, in the order of the texts, once each', () => {
    expect(chosen([a1, a2, b1], ['SRC/B', 'src/a.ts second', 'src/'])).toEqual([b1, a2, a1])
    expect(() => chosen([a1], ['nowhere'])).toThrow("No mutant has 'nowhere'")
  })

  it('are all of them by parts, none twice', () => {
    const all = Array.from({ length: 10 }, (_, at) => mutant({ name: String(at) }))
    const parts = ['1/3', '2/3', '3/3'].map((part) => partOf(all, part))
    expect(parts.map(({ length }) => length)).toEqual([4, 3, 3])
    expect(new Set(parts.flat())).toEqual(new Set(all))
  })

  it.each(['0/3', '4/3', '1', '1/', 'a/b', ''])('are of no part that is called %j', (part) => {
    expect(() => partOf([a1], part)).toThrow('--part takes')
  })
})

describe('a check of the types', () => {
  it('is of mutants of different files at once', () => {
    expect(batched([a1, a2, b1])).toEqual([[a1, b1], [a2]])
  })

  it('tries those alone whose file is complained of, and the others without them', () => {
    expect(divided([a1, b1], ['src/b.ts(1,2): error TS1: No.'])).toEqual([[b1], [a1]])
    expect(divided([a1, b1], ['src/a.ts(1): No.', 'src/b.ts(1): No.'])).toEqual([[a1], [b1]])
  })

  it('tries halves where another file is complained of', () => {
    expect(divided([a1, a2, b1], ['src/c.ts(1,2): error TS1: No.'])).toEqual([[a1, a2], [b1]])
  })
})

describe('what a test file leaves out', () => {
  const at = (line: number, at: number) => ({ line, at })

  it('are the lines of which no word ran, by the innermost count', () => {
    const words = [at(1, 0), at(2, 10), at(3, 20), at(4, 30), at(5, 40), at(6, 50)]
    const counts = [
      [100, 160, 1],
      [110, 140, 0],
      [120, 125, 3],
    ] as const
    expect(missed(words, { start: 100, counts, length: 60 })).toEqual([2, 2, 4, 4])
  })

  it('are no lines that ran in part, and all from the first to the last of some in a row', () => {
    const words = [at(1, 0), at(1, 10), at(2, 12), at(5, 14), at(6, 30)]
    const counts = [
      [0, 40, 1],
      [8, 20, 0],
    ] as const
    expect(missed(words, { start: 0, counts, length: 40 })).toEqual([2, 5])
  })
})

describe('the tests that are asked about a mutant', () => {
  const text = 'one\ntwo\nthree\nfour\n'
  const know = (ms: number, ranges?: readonly number[]) => ({
    ms,
    missed: ranges === undefined ? {} : { [file]: ranges },
  })
  const names = (one: Mutant, known: Record<string, ReturnType<typeof know>>) => {
    const { own, others } = testsOf(one, { known: new Map(Object.entries(known)), text })
    return [own.map(({ test }) => test), others.map(({ test }) => test)]
  }

  it('are those that run its lines, those named after its file first, then those of its folder, then the short ones', () => {
    const known = {
      'test/long.test.ts': know(900, [3, 4]),
      'test/short.test.ts': know(10, []),
      'test/core/timing-table.test.ts': know(800, []),
      'test/core/timings.test.ts': know(500, []),
      'test/other-lines.test.ts': know(1, [1, 2]),
      'test/other-files.test.ts': know(1),
    }
    expect(names(mutant(), known)).toEqual([
      ['test/core/timing-table.test.ts'],
      ['test/core/timings.test.ts', 'test/short.test.ts', 'test/long.test.ts'],
    ])
  })

  it('begin with the one that caught it last, if that still runs its lines', () => {
    const known = new Map(Object.entries({ a: know(1, []), b: know(9, []), c: know(1, [1, 4]) }))
    const own = (last: string) => testsOf(mutant(), { known, text, last }).own
    expect(own('b')).toEqual([{ test: 'b', ms: 9 }])
    expect(own('c')).toEqual([])
  })

  it('are those that run any of its lines', () => {
    const known = { a: know(1, [1, 2]), b: know(1, [1, 3]), c: know(1, [2, 3]) }
    expect(names(mutant({ find: 'two\nthree\n' }), known)).toEqual([[], ['a']])
    expect(names(mutant({ edits: [['four', '4']] }), known)).toEqual([[], ['a', 'b', 'c']])
  })

  it('are all that load its file where it cannot be told which lines those are', () => {
    const edits = [['later', 'never']] as const
    expect(linesOf(text, { name: 'A bug.', file, edits })).toEqual([])
    expect(names({ name: 'A bug.', file, edits }, { a: know(1, [1, 4]), b: know(1) })).toEqual([
      [],
      ['a'],
    ])
  })

  it('do not depend on the space around the lines', () => {
    expect(linesOf(text, mutant({ find: '\ntwo\n' }))).toEqual([{ from: 2, to: 2 }])
  })
})

describe('a verdict', () => {
  const finding = (more: Partial<Finding>): Finding => ({
    by: 'a test',
    sure: false,
    slow: false,
    again: async () => ({}),
    ...more,
  })

  /** Judges with what each step finds; `planted` says whether the mutant is there. */
  async function judged(found: (planted: () => boolean) => readonly (Finding | null)[]) {
    let planted = false
    const plant = () => {
      planted = true
      return () => {
        planted = false
      }
    }
    const steps = found(() => planted).map((one) => async () => {
      if (!planted) throw new Error('A step without the mutant.')
      return one
    })
    const verdict = await judge(steps, plant).catch((error: unknown) => ({ by: String(error) }))
    expect(planted).toBe(false)
    return verdict?.by ?? null
  }

  it('is the first failure that nothing else explains', async () => {
    expect(await judged(() => [null, finding({ by: 'b', sure: true })])).toBe('b')
    expect(await judged(() => [null, null])).toBe(null)
  })

  it('is no failure that does not come again alone', async () => {
    const gone = finding({ again: async () => null })
    expect(await judged(() => [gone])).toBe(null)
    expect(await judged(() => [gone, finding({ by: 'b' })])).toBe('b')
  })

  it('is a time that was up, if it is again, and not without the mutant', async () => {
    const hangs = (planted: () => boolean) =>
      finding({ slow: true, again: async () => (planted() ? {} : null) })
    expect(await judged((planted) => [hangs(planted)])).toBe('a test')
  })

  it('is no time that was up once: a machine may have had much else to do', async () => {
    expect(await judged(() => [finding({ slow: true, again: async () => null })])).toBe(null)
  })

  it('cannot be told where the time is up without the mutant too', async () => {
    expect(await judged(() => [finding({ slow: true })])).toContain('Too slow without a mutant too')
  })
})

describe('the log of a run', () => {
  let folder: string
  const log = () => join(folder, 'verdicts.jsonl')
  const verdict = (more: Partial<Verdict> = {}): Verdict => ({
    ...mutant(),
    how: 'caught',
    by: 'a test',
    ms: 1,
    ...more,
  })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('tells the next run what was judged, also after one that was ended in the middle of a line', () => {
    openLog(log(), 'now').add(verdict())
    appendFileSync(log(), '{"state":"now","how":"cau')
    openLog(log(), 'now').add(verdict({ name: 'Another.' }))
    const next = openLog(log(), 'now')
    expect(next.find(mutant())).toEqual(verdict())
    expect(next.find(mutant({ name: 'Another.' }))).toBeDefined()
  })

  it('tells nothing of other sources, of another mutant, and of one that could not be judged', () => {
    openLog(log(), 'then').add(verdict())
    openLog(log(), 'now').add(verdict({ find: 'three' }))
    openLog(log(), 'now').add(verdict({ how: 'NOT JUDGED' }))
    expect(openLog(log(), 'now').find(mutant())).toBeUndefined()
  })

  it('tells of other sources which test caught a mutant', () => {
    openLog(log(), 'then').add(verdict({ test: 'test/a.test.ts' }))
    expect(openLog(log(), 'now').lastTest(mutant())).toBe('test/a.test.ts')
    expect(openLog(log(), 'then').find(mutant())).toBeDefined()
  })

  it('is none without a path', () => {
    openLog(undefined, 'now').add(verdict())
    expect(openLog(undefined, 'now').find(mutant())).toBeUndefined()
  })

  it('is of other sources after any change to a source or a test', () => {
    for (const part of ['src', 'test/inner']) mkdirSync(join(folder, part), { recursive: true })
    writeFileSync(join(folder, 'src/a.ts'), 'one')
    const before = stateOf(folder)
    expect(stateOf(folder)).toBe(before)
    writeFileSync(join(folder, 'test/inner/a.test.ts'), 'two')
    expect(stateOf(folder)).not.toBe(before)
  })
})
