// Makes the package as JSR wants it, in .tmp/jsr: `deno publish` there sends it, as the owner of a scope.
//   npm run jsr                          makes the folder
//   npm run jsr -- --scope my-scope      for @my-scope/holdfast
//   npm run jsr -- --check               asks Deno, which npx fetches, whether JSR would take it
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jsrExports } from './jsr-exports.mjs'
import { mergeAugmentations } from './jsr-merge.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, '.tmp/jsr')

/** What Deno is told besides: our imports name `.js`, where JSR has the `.ts` that it is made of. */
const PUBLISH = ['publish', '--dry-run', '--allow-dirty', '--unstable-sloppy-imports']

function configOf(scope) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { version, license, dependencies, peerDependencies } = manifest
  const imports = Object.entries({ ...peerDependencies, ...dependencies }).flatMap(
    ([name, range]) => {
      // Deno's specifiers take no `>=`, and JSR no `*` (missing-constraint): tried with `--check`.
      const from = `${name}@${range.replace('>=', '^')}`
      return [
        [name, `npm:${from}`],
        [`${name}/`, `npm:/${from}/`],
      ]
    },
  )
  return {
    name: `@${scope}/holdfast`,
    version,
    license,
    exports: jsrExports(manifest),
    imports: Object.fromEntries(imports),
    publish: { include: ['src/**', 'README.md', 'CHANGELOG.md', 'LICENSE'] },
  }
}

function make(scope) {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const paths = names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts'))
  const files = new Map(paths.map((path) => [path, readFileSync(join(root, 'src', path), 'utf8')]))
  for (const [path, text] of mergeAugmentations(files)) {
    mkdirSync(join(out, 'src', path, '..'), { recursive: true })
    writeFileSync(join(out, 'src', path), text)
  }
  for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE'])
    cpSync(join(root, name), join(out, name))
  writeFileSync(join(out, 'jsr.json'), `${JSON.stringify(configOf(scope), null, 2)}\n`)
}

const { values } = parseArgs({
  options: {
    scope: { type: 'string', default: 'holdfast' },
    check: { type: 'boolean', default: false },
  },
})
make(values.scope)
console.log(`The package for JSR is in ${out}`)
if (values.check) {
  // The types are checked by the repository's own compiler, with the frameworks that are installed there.
  const words = ['-y', '-p', 'deno@2', '--', 'deno', ...PUBLISH, '--no-check']
  const { status } = spawnSync('npx', words, { cwd: out, stdio: 'inherit' })
  process.exitCode = status ?? 1
}
