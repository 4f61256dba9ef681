// Ends every run by naming what was skipped, and leaves the counts where it is told to.
import { writeFileSync } from 'node:fs'

/** @returns {import('vitest/reporters').Reporter} */
export default function reporter() {
  return {
    onTestRunEnd(modules, errors) {
      const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
      const names = []
      for (const module of modules) {
        if (module.state() === 'failed' && module.children.size === 0) count.failed++
        for (const test of module.children.allTests()) {
          const { state, note } = test.result()
          count[state]++
          if (state === 'skipped') names.push(`${test.fullName}${note ? ` (${note})` : ''}`)
        }
      }
      for (const name of names) console.log(`skipped: ${name}`)
      if (process.env.CI && count.skipped > 0) {
        console.log('CI allows no skipped test.')
        process.exitCode = 1
      }
      const { passed, failed, pending, skipped } = count
      const counts = { passed, failed: failed + pending, skipped, names }
      const file = process.env.HOLDFAST_COUNTS
      if (file) writeFileSync(file, JSON.stringify(counts))
    },
  }
}
