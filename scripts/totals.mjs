// What came of the parts: counts, minutes beside their shares, and the names of what failed and of
// what was skipped.
// `node scripts/totals.mjs FILE` sums up what several runs left in a file, one part a line;
// `node scripts/totals.mjs FILE SECONDS passed` adds the preparation of `.ci/run` to it, or `failed`.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { PREPARATION } from './parts.mjs'

const NOTHING = { passed: 0, failed: 0, skipped: 0, names: [], failures: [] }
const minutes = (ms) => (ms / 60_000).toFixed(1)

/** Leaves what came of a part in a file, where others add theirs. */
export function keep(file, result) {
  appendFileSync(file, `${JSON.stringify(result)}\n`)
}

/** What lies in such a file. */
export function kept(file) {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

/** One line: what a part counted, and how long it took. */
function lineOf({ name, ms, share, ...counts }) {
  const { passed, failed, skipped } = { ...NOTHING, ...counts }
  const line = [
    name.padEnd(12),
    `${passed} passed, ${failed} failed, ${skipped} skipped`.padEnd(40),
    `${minutes(ms)} of ${share} min`,
  ].join(' ')
  return ms > share * 60_000 ? `${line}: MORE THAN ITS SHARE` : line
}

/** All of it as lines; the last has the sums. */
export function summary(results) {
  const all = results.map((result) => ({ ...NOTHING, ...result }))
  const sum = (key) => all.reduce((total, result) => total + result[key], 0)
  const skipped = all.flatMap(({ name, names }) => names.map((one) => `skipped in ${name}: ${one}`))
  const failed = all.flatMap(({ name, failures }) =>
    failures.map((one) => `failed in ${name}: ${one}`),
  )
  return [
    '',
    ...results.map(lineOf),
    lineOf({
      name: 'together',
      ms: sum('ms'),
      share: sum('share'),
      ...Object.fromEntries(['passed', 'failed', 'skipped'].map((key) => [key, sum(key)])),
    }),
    ...skipped,
    ...failed,
    `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`,
  ]
}

const [, started, file, seconds, outcome] = process.argv
if (started && import.meta.url === pathToFileURL(started).href) {
  if (outcome) keep(file, { ...PREPARATION, ms: Number(seconds) * 1000, [outcome]: 1 })
  else console.log(summary(kept(file)).join('\n'))
}
