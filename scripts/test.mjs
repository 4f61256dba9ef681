// Builds, then runs all tests, a part after the other: browsers and simulations each want the
// machine for themselves. `npm test -- --project unit` runs one part, with any options of vitest.
import './build.mjs'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PARTS = [['unit', 'package'], ['worlds'], ['redis'], ['browser'], ['engines'], ['next']]

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'))

/** Runs vitest; the reporter leaves the counts in a file. */
function run(options, name) {
  const file = join(folder, `${name}.json`)
  const { status } = spawnSync(
    process.execPath,
    [
      at('node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      `--reporter=${at('scripts/reporter.mjs')}`,
      ...options,
    ],
    { cwd: at('.'), stdio: 'inherit', env: { ...process.env, HOLDFAST_TOTALS: file } },
  )
  if (status !== 0) process.exitCode = status ?? 1
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // vitest did not get as far as its report.
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

const options = process.argv.slice(2)
const parts =
  options.length > 0 ? [options] : PARTS.map((part) => part.map((p) => `--project=${p}`))
const totals = parts.map((part, index) => run(part, String(index)))
rmSync(folder, { recursive: true, force: true })
const sum = (name) => totals.reduce((total, counts) => total + counts[name], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
