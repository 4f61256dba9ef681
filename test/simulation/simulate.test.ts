import { existsSync } from 'node:fs'
import type { Plugin } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { type SimulateOptions, simulate } from '../../scripts/simulate.mjs'
import { seededChoices } from './choices.js'
import { INVARIANTS } from './verdict.js'

/** Puts a world in the place of the random one: a function of the first choice, of a hundred. */
const planted = (world: string): Plugin => ({
  name: 'planted',
  setup({ onLoad }) {
    onLoad({ filter: /simulation[/\\]random\.ts$/ }, () => ({
      contents: `
        export async function randomRun(choices, trace) {
          const choice = choices.pick(100)
          const tally = { runs: 1 }
          let violation = null
          trace?.('tab-1', 'chooses ' + choice)
          ${world}
          return { tally, violation: () => violation }
        }`,
    }))
  },
})

const RUNS = 120
const first = (seed: number): number => seededChoices(seed).pick(100)
const seeds = Array.from({ length: RUNS }, (_, i) => i + 1)
/** A seed in the middle whose choice no other seed makes. */
const unique = seeds.filter((seed) => !seeds.some((o) => o !== seed && first(o) === first(seed)))
const rareSeed = unique[Math.floor(unique.length / 2)] ?? 0
const rare = first(rareSeed)

const run = (world: string, options: Partial<SimulateOptions> = {}) =>
  simulate({ runs: RUNS, seed: 1, workers: 1, plugins: [planted(world)], ...options })

describe('the runner', { timeout: 60_000 }, () => {
  it('runs every seed once, in as many processes as it is told to', async () => {
    const progress: number[] = []
    const { tally, violations } = await run("tally['choice ' + choice] = 1", {
      workers: 2,
      onProgress: ({ done }) => progress.push(done),
    })
    const expected: Record<string, number> = {}
    for (const seed of seeds) {
      expected[`choice ${first(seed)}`] = (expected[`choice ${first(seed)}`] ?? 0) + 1
    }
    expect(tally).toMatchObject({ ...expected, runs: RUNS, choices: RUNS })
    expect(violations).toEqual([])
    expect(progress.at(-1)).toBe(RUNS)
  })

  it('runs real worlds, and evaluates invariants in them', async () => {
    const { tally } = await simulate({ runs: 20, seed: 1, workers: 1 })
    expect(tally).toMatchObject({ runs: 20, 'different runs': 20 })
    for (const name of ['no-storm', 'bounded', 'identity'] as const) {
      expect(INVARIANTS[name]).toBeTypeOf('string')
      expect(tally[`evaluated ${name}`]).toBeGreaterThan(20)
    }
  })

  it('finds each run that breaks an invariant, shrinks the first of each, and draws it', async () => {
    const { violations, reports, tally } = await run(
      `const invariant = choice > 90 ? 'paced' : choice > 60 ? 'alive' : null
       if (invariant) violation = { invariant, what: 'chose ' + choice }`,
      { explain: true },
    )
    const expected = seeds
      .filter((seed) => first(seed) > 60)
      .map((seed) => ({
        seed,
        invariant: first(seed) > 90 ? 'paced' : 'alive',
        what: `chose ${first(seed)}`,
      }))
    expect(violations).toEqual(expected)
    for (const [invariant, least] of [
      ['paced', 91],
      ['alive', 61],
    ] as const) {
      const broken = expected.filter((violation) => violation.invariant === invariant)
      expect(broken.length).toBeGreaterThan(1)
      expect(tally[`violation ${invariant}`]).toBe(broken.length)
      const [report = '', ...more] = reports.filter((text) => text.includes(` ${invariant}: `))
      expect(more).toEqual([])
      expect(report).toContain(`seed ${broken[0]?.seed} breaks`)
      expect(report).toContain(INVARIANTS[invariant])
      expect(report).toContain(`--replay-list '${least}'`)
      expect(report).toContain(`1 │ chooses ${least}`)
    }
  })

  it('counts an error that nobody catches as a failure of its run', async () => {
    const { violations } = await run(`if (choice === ${rare}) throw new Error('planted')`)
    expect(violations).toMatchObject([{ seed: rareSeed, invariant: 'threw' }])
    expect(violations[0]?.what).toContain('Error: planted')
  })

  it('counts a rejection that nobody handles as well', async () => {
    const { violations } = await run(
      `if (choice === ${rare}) Promise.reject(new Error('stray'))
       await new Promise(setImmediate)`,
    )
    expect(violations).toMatchObject([{ seed: rareSeed, invariant: 'threw' }])
    expect(violations[0]?.what).toContain('Error: stray')
  })

  it('names the world that hangs, ends it, and runs all others', async () => {
    const { violations, tally } = await run(
      `if (choice === ${rare}) for (;;);
       if (choice > 90) violation = { invariant: 'paced', what: '' }`,
      { patience: 2_000 },
    )
    const expected = seeds.filter((seed) => seed === rareSeed || first(seed) > 90)
    expect(expected.indexOf(rareSeed)).toBeGreaterThan(0)
    expect(violations.map(({ seed }) => seed)).toEqual(expected)
    expect(violations).toContainEqual(
      expect.objectContaining({ seed: rareSeed, invariant: 'hung' }),
    )
    expect(tally).toMatchObject({ runs: RUNS, 'violation hung': 1, choices: RUNS - 1 })
  })

  it('rejects when not all runs were made', async () => {
    await expect(run('tally.runs = 0')).rejects.toThrow('120 runs were asked for, 0 were made')
  })

  it('gives up when world after world hangs', async () => {
    await expect(run('await new Promise(() => {})', { patience: 300 })).rejects.toThrow(
      'Worlds hang: seeds 1, 2, 3',
    )
  })

  it('rejects with the last words of a process that dies', async () => {
    const world = `if (choice === ${rare}) { console.error('out of luck'); process.exit(3) }`
    await expect(run(world)).rejects.toThrow(
      new RegExp(`died \\(exit code 3\\) at seed ${rareSeed}\\.[^]*out of luck`),
    )
  })

  it('leaves no file behind, also when it fails', async () => {
    const folders: string[] = []
    const noted = (world: string): Plugin[] => [
      planted(world),
      {
        name: 'noted',
        setup({ initialOptions: { outdir = '' }, onEnd }) {
          onEnd(() => {
            if (existsSync(outdir)) folders.push(outdir)
          })
        },
      },
    ]
    await run('', { plugins: noted('') })
    await expect(run('', { plugins: noted('process.exit(3)') })).rejects.toThrow('died')
    await expect(run('', { plugins: noted('this is no program') })).rejects.toThrow('Expected')
    expect(folders).toHaveLength(3)
    expect(folders.filter(existsSync)).toEqual([])
  })
})
