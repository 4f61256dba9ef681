// Builds, then runs all tests. `npm test -- --project unit` runs a part of them.
import './build.mjs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const { status } = spawnSync(
  process.execPath,
  [
    at('node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    `--reporter=${at('scripts/reporter.mjs')}`,
    ...process.argv.slice(2),
  ],
  { cwd: at('.'), stdio: 'inherit' },
)
process.exitCode = status ?? 1
