// For vitest, a provider of coverage: tells the parent process which lines of `src` each test file
// leaves out, as ranges. What V8 counts is of the code that ran; a source map leads to the source.
import { Session } from 'node:inspector'
import { SourceMap } from 'node:module'
import { relative } from 'node:path'

// This module is made anew for each test file, its process is not.
const SESSION = Symbol.for('holdfast.mutants.session')

const ask = (method, options) =>
  new Promise((resolve, reject) => {
    globalThis[SESSION].post(method, options, (error, answer) => {
      if (error) reject(error)
      else resolve(answer)
    })
  })

/** Where the words of a transformed file begin, and the lines that they come from. */
function wordsOf({ code, map }) {
  const source = new SourceMap(map)
  const words = []
  let [line, start] = [0, 0]
  for (const { 0: word, index } of code.matchAll(/\n|[\w$]+|[^\s\w$]/g)) {
    if (word === '\n') {
      line += 1
      start = index + 1
      continue
    }
    const { originalLine } = source.findEntry(line, index - start)
    if (originalLine !== undefined) words.push({ at: index, line: originalLine + 1 })
  }
  return words
}

/** Ranges of lines of which nothing ran: from, to, from, to … `counts` are V8's, outer ones first. */
export function missed(words, { start, counts, length }) {
  const ran = new Uint8Array(length)
  for (const [from, to, count] of counts) {
    ran.fill(count > 0 ? 1 : 0, Math.max(0, from - start), Math.max(0, to - start))
  }
  const lines = new Map()
  for (const { at, line } of words) lines.set(line, lines.get(line) || ran[at] === 1)
  const ranges = []
  let open = false
  for (const [line, did] of [...lines].sort(([a], [b]) => a - b)) {
    if (!did && open) ranges[ranges.length - 1] = line
    if (!did && !open) ranges.push(line, line)
    open = !did
  }
  return ranges
}

/** Of the process that runs vitest: hears of each test file what V8 counted. */
function createProvider() {
  const known = new Map()
  let vitest
  const transformed = (file, { projectName, environment }) => {
    const { vite } = vitest.getProjectByName(projectName)
    const { transformResult } = vite.environments[environment].moduleGraph.getModuleById(file)
    const key = `${environment} ${file}`
    if (!known.has(key)) known.set(key, wordsOf(transformResult))
    return { words: known.get(key), length: transformResult.code.length }
  }
  return {
    name: 'custom',
    initialize(context) {
      vitest = context
    },
    resolveOptions: () => vitest.config.coverage,
    clean() {},
    onAfterSuiteRun(run) {
      const files = run.coverage.map(({ file, start, counts }) => {
        const { words, length } = transformed(file, run)
        return [relative(vitest.config.root, file), missed(words, { start, counts, length })]
      })
      process.send({ type: 'missed', test: run.testFiles[0], missed: Object.fromEntries(files) })
    },
    generateCoverage: () => ({}),
    reportCoverage() {},
  }
}

export default {
  getProvider: createProvider,
  async startCoverage() {
    globalThis[SESSION] = new Session()
    globalThis[SESSION].connect()
    await ask('Profiler.enable')
    await ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  },
  async takeCoverage({ moduleExecutionInfo }) {
    const { result } = await ask('Profiler.takePreciseCoverage')
    return result.flatMap(({ url, functions }) => {
      const file = url.replace(/^file:\/\//, '')
      const start = moduleExecutionInfo.get(file)?.startOffset
      if (start === undefined || !/\/src\/.*\.tsx?$/.test(file)) return []
      const counts = functions
        .flatMap(({ ranges }) => ranges)
        .map((range) => [range.startOffset, range.endOffset, range.count])
        .sort(([from, to], [otherFrom, otherTo]) => from - otherFrom || otherTo - to)
      return [{ file, start, counts }]
    })
  },
  stopCoverage() {
    globalThis[SESSION].disconnect()
  },
}
