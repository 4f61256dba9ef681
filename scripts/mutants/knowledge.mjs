// What is known of the unit tests: which can know of a mutant, and how long they take.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { editsOf } from './apply.mjs'
import { surveyed } from './live.mjs'
import { graphsOf } from './workshop.mjs'

/** Tests that need what no copy has, and those that judge other things than what the code does. */
const ELSEWHERE = /^test\/(?:architecture|docs|processes|scripts)\//

/** How many test files pass between two signs of it. */
const STEP = 20

const digest = (text) => createHash('sha256').update(text).digest('hex')

/** The lines of a text, from and to, that a mutant changes. */
export function linesOf(text, mutant) {
  return editsOf(mutant).flatMap(([find]) => {
    const at = text.indexOf(find)
    // An edit of what an edit before it wrote.
    if (at === -1) return []
    const lineAt = (index) => text.slice(0, index).split('\n').length
    const begin = at + find.length - find.trimStart().length
    return [{ from: lineAt(begin), to: lineAt(begin + find.trim().length) }]
  })
}

/** Whether some of the lines are outside of the ranges: from, to, from, to … */
export function runsSome({ from, to }, ranges) {
  for (let line = from; line <= to; line++) {
    if (!ranges.some((begin, at) => at % 2 === 0 && begin <= line && line <= ranges[at + 1]))
      return true
  }
  return false
}

const isNamesake = (test, file) => {
  const [its, name] = [basename(test, '.test.ts'), basename(file, '.ts')]
  return its === name || its.startsWith(`${name}-`)
}

/** The tests that run what a mutant changes: the last that caught it, those named after its file, those of its folder, then the short ones. */
export function testsOf(mutant, { known, text, last }) {
  const spans = linesOf(text, mutant)
  const runs = ({ missed }) => {
    const ranges = missed[mutant.file]
    if (ranges === undefined) return false
    return spans.length === 0 || spans.some((span) => runsSome(span, ranges))
  }
  const found = [...known].filter(([, of]) => runs(of)).map(([test, { ms }]) => ({ test, ms }))
  const near = dirname(mutant.file).replace(/^src/, 'test')
  const isFar = ({ test }) => (dirname(test) === near ? 0 : 1)
  found.sort((a, b) => isFar(a) - isFar(b) || a.ms - b.ms)
  const caught = found.filter(({ test }) => test === last)
  const named = found.filter(({ test }) => test !== last && isNamesake(test, mutant.file))
  const own = [...caught, ...named]
  return { own, others: found.filter((one) => !own.includes(one)) }
}

const testsIn = (folder) =>
  readdirSync(join(folder, 'test'), { recursive: true })
    .map((name) => join('test', name))
    .filter((path) => path.endsWith('.test.ts') && !ELSEWHERE.test(path))

/** What was found out of tests before, by their names, each with the digest of what it is made of. */
function openNotes(path) {
  mkdirSync(dirname(path), { recursive: true })
  const notes = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
  return {
    notes,
    save() {
      // Under another name first: a run that is ended leaves no half.
      writeFileSync(`${path}.half`, JSON.stringify(notes))
      renameSync(`${path}.half`, path)
    },
  }
}

/**
 * Runs every test that imports one of the files, and has one of `texts` in its name, without a mutant. What was
 * found before, of the same sources, is read in `path`, and saved there.
 */
export async function learn(folder, files, { path, texts, onProgress }) {
  const asked = testsIn(folder).filter((test) => texts.some((text) => test.includes(text)))
  const graphs = [...(await graphsOf(folder, asked))].filter(([, graph]) =>
    files.some((file) => graph.has(file)),
  )
  const keyOf = (graph) =>
    digest(
      [...graph]
        .sort()
        .map((file) => digest(readFileSync(join(folder, file))))
        .join(),
    )
  const keys = new Map(graphs.map(([test, graph]) => [test, keyOf(graph)]))
  const { notes, save } = openNotes(path)
  const unknown = [...keys].filter(([test, key]) => notes[test]?.key !== key).map(([test]) => test)
  let done = 0
  const note = (test, found) => {
    notes[test] = { key: keys.get(test), ...found }
    done += 1
    if (done % STEP !== 0) return
    save()
    onProgress(done, unknown.length)
  }
  if (unknown.length > 0) await surveyed(folder, unknown, note)
  save()
  // What is no unit test was not run.
  return new Map(
    [...keys]
      .filter(([test, key]) => notes[test]?.key === key)
      .map(([test]) => [test, notes[test]]),
  )
}
