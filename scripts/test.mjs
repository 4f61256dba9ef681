// Runs the parts of parts.mjs one after the other, as browsers want the machine for themselves. What only
// computes runs beside them, and gives way to them.
//   npm test                           what a change needs
//   npm test -- --project 'unit*' …    vitest, with any of its options
//   npm run test:all                   everything else
//   npm run test:all -- redis bench    some parts, of both
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
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

/** How vitest is run, and where the reporter leaves the counts. */
function vitestIn(folder, options) {
  const counts = join(folder, 'counts.json')
  const reporters = ['--reporter=default', `--reporter=${at('scripts/reporter.mjs')}`]
  const args = [at('node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...options]
  return { args, counts, env: { ...process.env, HOLDFAST_COUNTS: counts } }
}

/** What the reporter of vitest has left. */
function countsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // vitest did not get as far as its report.
    const failures = ['vitest, before its report']
    return { good: false, passed: 0, failed: 1, skipped: 0, failures }
  }
}

const createFolder = () => mkdtempSync(join(tmpdir(), 'holdfast-test-'))
const remove = (folder) => rmSync(folder, { recursive: true, force: true })

/** Runs vitest. */
function vitest(options) {
  const folder = createFolder()
  try {
    const { args, counts, env } = vitestIn(folder, options)
    const good = succeeds(process.execPath, args, { env })
    return { good, ...countsIn(counts) }
  } finally {
    remove(folder)
  }
}

/**
 * Begins a part that only computes, with the time that other parts leave it. `end` waits for it and tells what it
 * said; the part took those minutes which were its alone.
 */
function beginBeside({ name, share, project }) {
  console.log(`\n— ${name} — begins, beside the others`)
  const folder = createFolder()
  const { args, counts, env } = vitestIn(folder, [`--project=${project}`])
  const said = join(folder, 'said.txt')
  const output = openSync(said, 'w')
  const stdio = ['ignore', output, output]
  const child = spawn(process.execPath, args, { cwd: at('.'), env, stdio })
  closeSync(output)
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('close', (status) => resolve(status === 0))
  })
  if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  return async () => {
    const began = performance.now()
    const good = await ended
    console.log(`\n— ${name} —\n${readFileSync(said, 'utf8')}`)
    const result = { name, share, ms: performance.now() - began, good, ...countsIn(counts) }
    remove(folder)
    return result
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

/** Runs parts, and resolves to what came of each; `done` hears of each at once. */
async function runAll(parts, done) {
  const others = parts.filter(({ beside }) => !beside)
  const isBeside = ({ beside }) => beside && others.length > 0
  const ends = parts.filter(isBeside).map(beginBeside)
  const results = parts.filter((part) => !isBeside(part)).map((part) => done(runPart(part)))
  for (const end of ends) results.push(done(await end()))
  return results
}

async function main([first, ...names]) {
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
  const results = await runAll(parts, (result) => {
    if (file) keep(file, result)
    return result
  })
  console.log(summary(results).join('\n'))
  return results.every(({ good }) => good) ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
