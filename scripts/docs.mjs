// The documentation site: installs its packages if they are not there, makes the reference of the types, and
// serves the site, or builds it into docs/.vitepress/dist.
//   npm run docs                 serves while you write; other words go to VitePress, such as --port 4000
//   npm run docs -- --build      builds
//   npm run docs -- --preview    serves what was built
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
const at = (...path) => join(docs, ...path)

/** When a file was written, or the newest in a folder, in ms; 0 when there is none. */
function newest(path) {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

const run = (command, args) => execFileSync(command, args, { cwd: docs, stdio: 'inherit' })

function install() {
  if (newest(at('node_modules/.package-lock.json')) < newest(at('package-lock.json'))) {
    // That a release was deprecated since is no news of the site, whose build has to warn of nothing.
    run('npm', ['ci', '--ignore-scripts', '--loglevel=error'])
  }
}

/** Makes the reference, unless nothing that it is made of is newer than it. */
function makeReference() {
  const sources = [at('../src'), at('../package.json'), at('.vitepress/reference.mjs')]
  if (newest(at('reference/sidebar.json')) < Math.max(...sources.map(newest))) {
    run(process.execPath, [at('.vitepress/reference.mjs')])
  }
}

const [first, ...rest] = process.argv.slice(2)
const modes = { '--build': ['build'], '--preview': ['preview'] }
const words = modes[first] ? [...modes[first], ...rest] : ['dev', ...process.argv.slice(2)]
try {
  install()
  if (words[0] !== 'preview') makeReference()
} catch {
  // Whoever failed has said why.
  process.exit(1)
}
const vitepress = at('node_modules/vitepress/bin/vitepress.js')
const { status } = spawnSync(process.execPath, [vitepress, ...words], {
  cwd: docs,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
