import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { mutate, UnappliedError } from '../../scripts/mutants/apply.mjs'
import { MUTANTS, type Mutant } from '../../scripts/mutants/list.mjs'
import { packagedFiles } from '../../scripts/mutants/workshop.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const file = 'src/core/machine.ts'
const mutant = (more: Partial<Mutant>): Mutant => ({ name: 'A bug.', file, ...more })

/** Why a mutant does not fit the source, or nothing. */
function misfit(one: Mutant): string | null {
  try {
    mutate(readFileSync(join(root, one.file), 'utf8'), one)
    return null
  } catch (error) {
    return `${one.name} ${String(error)}`
  }
}

describe('the list of mutants', () => {
  it('is long, and names each bug once, in a sentence', () => {
    const names = MUTANTS.map(({ name }) => name)
    expect(names.length).toBeGreaterThanOrEqual(30)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !/^[A-Z].*\.$/.test(name))).toEqual([])
  })

  it('fits the source: each text that is to be replaced is there once', () => {
    expect(MUTANTS.map(misfit).filter((why) => why !== null)).toEqual([])
  })

  it('is of files that apps get, by whatever they import', async () => {
    const files = await packagedFiles(root)
    expect(MUTANTS.map((one) => one.file).filter((path) => !files.has(path))).toEqual([])
  })

  it('covers every part of the library', () => {
    const parts = new Set(MUTANTS.map((one) => one.file.split('/')[1]))
    expect([...parts].sort()).toEqual([
      'angular',
      'bindings',
      'core',
      'defaults.ts',
      'environment',
      'express',
      'fetch.ts',
      'next',
      'node',
      'providers',
      'react',
      'react-native',
      'server',
      'solid',
      'storage',
      'svelte',
      'take-over.ts',
      'timeouts',
      'user-change.ts',
      'vue',
    ])
  })
})

describe('a mutant', () => {
  it('replaces its text and nothing else, whatever it contains', () => {
    expect(mutate('a + b', mutant({ find: '+', replace: "$&$'" }))).toBe("a $&$' b")
    const edits = [
      ['a', 'b'],
      ['+ b', '- c'],
    ] as const
    expect(mutate('a + b', mutant({ edits }))).toBe('b - c')
  })

  it.each([
    ['whose text is missing', { find: '*', replace: '/' }, 'Found 0 times'],
    ['whose text is there twice', { find: 'a', replace: 'b' }, 'Found 2 times'],
    ['that changes nothing', { find: '+', replace: '+' }, 'Replaced by itself'],
    ['that replaces nothing', {}, 'It replaces nothing'],
  ])('%s fails loudly', (_, more, why) => {
    const apply = (): string => mutate('a + a', mutant(more))
    expect(apply).toThrow(UnappliedError)
    expect(apply).toThrow(why)
  })
})
