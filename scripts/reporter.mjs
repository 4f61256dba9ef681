// Ends every run by naming what was skipped, and leaves the counts and the names of what failed and
// what was skipped where it is told to.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

/** @returns {import('vitest/reporters').Reporter} */
export default function reporter() {
  return {
    onTestRunEnd(modules, errors) {
      const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
      const names = []
      const failures = errors.map(({ message }) => `outside of all tests: ${message}`)
      for (const module of modules) {
        const file = relative(process.cwd(), module.moduleId)
        // What fails around the tests: the file itself, or a hook.
        for (const group of [module, ...module.children.allSuites()]) {
          for (const { message } of group.errors()) {
            count.failed++
            failures.push(`${file}: ${message.split('\n', 1)[0]}`)
          }
        }
        for (const test of module.children.allTests()) {
          const { state, note } = test.result()
          count[state]++
          if (state === 'failed' || state === 'pending') failures.push(`${file} > ${test.fullName}`)
          if (state === 'skipped') names.push(`${test.fullName}${note ? ` (${note})` : ''}`)
        }
      }
      for (const name of names) console.log(`skipped: ${name}`)
      if (process.env.CI && count.skipped > 0) {
        console.log('CI allows no skipped test.')
        process.exitCode = 1
      }
      const { passed, failed, pending, skipped } = count
      const counts = { passed, failed: failed + pending, skipped, names, failures }
      const counted = process.env.HOLDFAST_COUNTS
      if (counted) writeFileSync(counted, JSON.stringify(counts))
    },
  }
}
