// Ends every run by naming what was skipped, and leaves the counts where it is told to.
import { writeFileSync } from 'node:fs'

/** @returns {import('vitest/reporters').Reporter} */
export default function reporter() {
  return {
    onTestRunEnd(modules, errors) {
      const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
      const skipped = []
      for (const module of modules) {
        if (module.state() === 'failed' && module.children.size === 0) count.failed++
        for (const test of module.children.allTests()) {
          const { state, note } = test.result()
          count[state]++
          if (state === 'skipped') skipped.push(`${test.fullName}${note ? ` (${note})` : ''}`)
        }
      }
      for (const name of skipped) console.log(`skipped: ${name}`)
      if (process.env.CI && count.skipped > 0) {
        console.log('CI allows no skipped test.')
        process.exitCode = 1
      }
      const { passed, failed, pending } = count
      const totals = { passed, failed: failed + pending, skipped: count.skipped }
      const file = process.env.HOLDFAST_TOTALS
      if (file) writeFileSync(file, JSON.stringify(totals))
    },
  }
}
