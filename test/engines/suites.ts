import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SuiteName, suites } from './cases/index.js'
import type { Engine } from './engine.js'
import { chosen, runSuite, type SuiteRun } from './run-suite.js'
import { lineOf, notes, table } from './table.js'

const names: readonly SuiteName[] = ['usual', 'insecure', 'private']

/** Has the suites drive themselves in an engine, and prints its lines of the table. */
export function testSuitesIn(engine: Engine): void {
  const runs: SuiteRun[] = []
  afterAll(() => void process.stdout.write(`${table(runs.map(lineOf))}${notes(runs)}`))

  for (const suite of names) {
    describe.skipIf(!engine.path || chosen(suite).length === 0)(
      `in ${engine.name}, the ${suite} suite:`,
      () => {
        let done: SuiteRun | undefined

        beforeAll(async () => {
          done = await runSuite(engine, suite)
          runs.push(done)
        })

        const isPrivate = suite === 'private'
        // A few cases may leave nothing behind that has the site's name.
        const isWhole = chosen(suite).length === suites[suite].length
        it.skipIf(!isWhole)(
          `the engine keeps ${isPrivate ? 'nothing' : 'something'} of the session on disk`,
          () => {
            expect(done?.kept).toBe(!isPrivate)
          },
        )

        for (const { name } of chosen(suite)) {
          it(name, (test) => {
            const result = done?.results.find((each) => each.name === name)
            expect(result, `There is no result. The engine said:\n${done?.log}`).toBeDefined()
            expect(result?.error).toBeUndefined()
            // What an engine lacks is no pass.
            if (result?.absent !== undefined) test.skip(result.absent)
          })
        }
      },
    )
  }
}
