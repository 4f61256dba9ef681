// Runs the parts of parts.mjs one after the other: browsers and simulations each want the machine
// for themselves, and each part its minutes.
//   npm test                           what a change needs
//   npm test -- --project unit …       vitest, with any of its options
//   npm run test:all                   everything else
//   npm run test:all -- redis bench    some parts, of both
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PARTS } from './parts.mjs'
import { keep, summary } from './totals.mjs'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Whether a program ended well. */
function succeeds(command, args, options = {}) {
  const { status } = spawnSync(command, args, { cwd: at('.'), stdio: 'inherit', ...options })
  return status === 0
}

/** Runs vitest; the reporter leaves the counts in a file. */
function vitest(options) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
  const file = join(folder, 'counts.json')
  const reporters = ['--reporter=default', `--reporter=${at('scripts/reporter.mjs')}`]
  const env = { ...process.env, HOLDFAST_COUNTS: file }
  const args = [at('node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...options]
  const good = succeeds(process.execPath, args, { env })
  try {
    return { good, ...JSON.parse(readFileSync(file, 'utf8')) }
  } catch {
    // vitest did not get as far as its report.
    return {
      good: false,
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: ['vitest, before its report'],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs checks; each counts as a test. */
function runChecks(checks) {
  const failed = checks.filter(({ name, commands }) => {
    const good = commands.every((command) => succeeds(command, [], { shell: true }))
    console.log(`${name}: ${good ? 'passed' : 'FAILED'}`)
    return !good
  })
  const counts = { passed: checks.length - failed.length, failed: failed.length, skipped: 0 }
  return { good: failed.length === 0, ...counts, failures: failed.map(({ name }) => name) }
}

function runPart({ name, share, project, checks }) {
  console.log(`\n— ${name} —`)
  const began = performance.now()
  const result = project ? vitest([`--project=${project}`]) : runChecks(checks)
  return { name, share, ms: performance.now() - began, ...result }
}

/** The parts of `npm run test:all`, or those that are named. */
function chosen(names) {
  if (names.length === 0) return PARTS.rest
  const all = [...PARTS.change, ...PARTS.rest]
  const unknown = names.filter((name) => !all.some((part) => part.name === name))
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(', ')
    throw new Error(`There is no part '${unknown.join(', ')}'. There are: ${known}.`)
  }
  return all.filter(({ name }) => names.includes(name))
}

function main([first, ...names]) {
  const isAll = first === '--all'
  // Options are vitest's.
  if (first !== undefined && !isAll) {
    if (!succeeds(process.execPath, [at('scripts/build.mjs')])) return 1
    return vitest([first, ...names]).good ? 0 : 1
  }
  const parts = isAll ? chosen(names) : PARTS.change
  const needsBuild = parts.some((part) => part.needsBuild)
  if (needsBuild && !succeeds(process.execPath, [at('scripts/build.mjs')])) return 1
  const file = process.env.HOLDFAST_TOTALS
  const results = parts.map((part) => {
    const result = runPart(part)
    if (file) keep(file, result)
    return result
  })
  console.log(summary(results).join('\n'))
  return results.every(({ good }) => good) ? 0 : 1
}

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
