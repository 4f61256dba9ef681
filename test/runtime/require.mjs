// Every subpath of the built package by `require`, as an app in CommonJS gets it: Node allows that unless a
// module waits at its top level. Run by hand or by CI: `node test/runtime/require.mjs`.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const names = Object.keys(exports)
  .map((key) => key.replace(/^\./, 'holdfast'))
  .filter((name) => !name.endsWith('.json'))

/** Says why a subpath cannot be had, if it cannot. */
function tryRequire(require, name) {
  try {
    return Object.keys(require(name)).length > 0 ? [] : [`${name}: exports nothing`]
  } catch (error) {
    return [`${name}: ${error.message}`]
  }
}

// An app that has installed the package. Inside this project, it finds the frameworks that are installed here.
mkdirSync(join(root, '.tmp'), { recursive: true })
const app = mkdtempSync(join(root, '.tmp', 'require-'))
try {
  const installed = join(app, 'node_modules', 'holdfast')
  for (const name of ['package.json', 'dist']) {
    cpSync(join(root, name), join(installed, name), { recursive: true })
  }
  // In place of Next.js, which is not.
  const next = join(root, 'test', 'fixtures', 'next')
  cpSync(next, join(app, 'node_modules', 'next'), { recursive: true })
  writeFileSync(join(app, 'package.json'), '{ "name": "app" }')
  const require = createRequire(join(app, 'app.cjs'))
  assert(require.resolve('holdfast').startsWith(installed))
  assert.deepEqual(
    names.flatMap((name) => tryRequire(require, name)),
    [],
  )
} finally {
  rmSync(app, { recursive: true })
}
