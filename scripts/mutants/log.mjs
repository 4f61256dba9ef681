// The verdicts of runs that go on where another one ended: a line of JSON each.
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** What verdicts depend on, other than the mutant. */
const PARTS = ['src', 'test']

/** One word for all sources and tests in `folder`: another one after any change. */
export function stateOf(folder) {
  const hash = createHash('sha256')
  for (const part of PARTS) {
    for (const name of readdirSync(join(folder, part), { recursive: true }).sort()) {
      const path = join(folder, part, name)
      if (statSync(path).isFile()) hash.update(`${part}/${name}\n`).update(readFileSync(path))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

const keyOf = (state, { how, by, test, ms, ...mutant }) => JSON.stringify([state, mutant])

/** The lines of a log. The last one of a run that was ended may be half: it is taken out. */
function read(path) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) writeFileSync(path, whole)
  return whole.split('\n').filter((line) => line !== '')
}

/** Opens a log, or none without a path. `find` returns what an earlier run made of a mutant. */
export function openLog(path, state) {
  const known = new Map()
  const tests = new Map()
  for (const line of path ? read(path) : []) {
    const { state: then, ...verdict } = JSON.parse(line)
    if (verdict.test) tests.set(verdict.name, verdict.test)
    if (verdict.how !== 'NOT JUDGED') known.set(keyOf(then, verdict), verdict)
  }
  return {
    find: (mutant) => known.get(keyOf(state, mutant)),
    /** The test file that caught it last, whatever the sources were. */
    lastTest: ({ name }) => tests.get(name),
    add(verdict) {
      if (path) appendFileSync(path, `${JSON.stringify({ state, ...verdict })}\n`)
    },
  }
}
