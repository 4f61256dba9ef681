import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../package/compile.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the packed package has types that are right for every ES module resolution', async () => {
  const tarball = join(folder, readdirSync(folder)[0] ?? '')
  const result = await checkPackage(
    createPackageFromTarballData(new Uint8Array(readFileSync(tarball))),
  )
  if (!result.types) throw new Error('There are no types.')
  // What being ESM only means: old resolution finds no subpaths, and require() gets a module.
  const meant = (problem: { kind: string; resolutionKind?: string }): boolean =>
    problem.kind === 'CJSResolvesToESM' || problem.resolutionKind === 'node10'
  expect(result.problems.filter((problem) => !meant(problem))).toEqual([])
})
