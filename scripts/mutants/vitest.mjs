// A process that keeps one vitest alive, in the folder in which it is started, and runs test files
// when it is told to. With the argument `survey` it runs some once, and says what each leaves out.
import { join, relative } from 'node:path'
import { createVitest, startVitest } from 'vitest/node'

const root = process.cwd()
const UNIT = { watch: false, project: ['unit*', 'hostile', 'peers'], passWithNoTests: true }
/** What a test may take that judges no mutant, in ms: the machine may have much else to do. */
const UNHURRIED = 600_000
/** What a failure says when the time of a test or of a hook was up. */
const TIME_IS_UP = /^(?:Test|Hook) timed out in /

const nameOf = ({ moduleId }) => relative(root, moduleId)

class InOrder {
  async sort(files) {
    return files
  }
  async shard(files) {
    return files
  }
}

/** Hears what vitest says while it runs: the first failure, and signs of life. */
function createListener() {
  let failure = null
  const fail = (file, name, errors) => {
    const [message = ''] = errors.map((error) => error.message)
    failure ??= { file, name, message, slow: TIME_IS_UP.test(message) }
  }
  const sign = (module) => process.send({ type: 'sign', file: nameOf(module) })
  return {
    reset() {
      failure = null
    },
    failure: () => failure,
    reporter: {
      onTestModuleStart: sign,
      onTestCaseResult(test) {
        sign(test.module)
        const { state, errors } = test.result()
        if (state === 'failed') fail(nameOf(test.module), test.fullName, errors)
      },
      onTestModuleEnd(module) {
        sign(module)
        const errors = [module, ...module.children.allSuites()].flatMap((part) => part.errors())
        if (module.state() === 'failed') fail(nameOf(module), nameOf(module), errors)
      },
      onTestRunEnd(_modules, errors) {
        if (errors.length > 0) fail(null, 'an error that no test caught', errors)
      },
    },
  }
}

async function survey(files) {
  const end = (module) => {
    const { collectDuration, duration } = module.diagnostic()
    const ms = Math.round(collectDuration + duration)
    process.send({ type: 'ran', test: nameOf(module), state: module.state(), ms })
  }
  const provider = join(root, 'scripts/mutants/coverage.mjs')
  const coverage = { enabled: true, provider: 'custom', customProviderModule: provider }
  const vitest = await startVitest('test', files, {
    ...UNIT,
    isolate: true,
    testTimeout: UNHURRIED,
    reporters: [{ onTestModuleEnd: end }],
    coverage,
  })
  const errors = vitest.state.getUnhandledErrors().map(({ message }) => message)
  await vitest.close()
  process.send({ type: 'surveyed', errors })
}

/** Runs what it is told to, in the order given, until something fails. */
async function obey() {
  const listener = createListener()
  const vitest = await createVitest('test', {
    ...UNIT,
    isolate: false,
    fileParallelism: false,
    bail: 1,
    reporters: [listener.reporter],
    sequence: { sequencer: InOrder },
  })
  const projectOf = (file) => vitest.projects.find((project) => project.matchesTestGlob(file))
  process.on('message', async ({ files, changed, limit }) => {
    listener.reset()
    for (const file of changed) vitest.invalidateFile(join(root, file))
    for (const { config } of vitest.projects) {
      config.testTimeout = limit
      config.hookTimeout = limit
    }
    await vitest.runTestSpecifications(
      files
        .map((file) => join(root, file))
        .map((file) => projectOf(file).createSpecification(file)),
    )
    process.send({ type: 'done', failure: listener.failure() })
  })
}

if (process.argv[2] === 'survey') process.once('message', survey)
else await obey()
