// What the demos of this folder need before they start: the package, its copy here, and their page's script.
import { execFileSync, execSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** When the newest file of these was written, in ms; 0 when there is none. */
function newest(...paths) {
  return Math.max(
    0,
    ...paths.filter(existsSync).flatMap((path) => {
      const stat = statSync(path)
      if (!stat.isDirectory()) return [stat.mtimeMs]
      return readdirSync(path).map((name) => newest(join(path, name)))
    }),
  )
}

/** Brings the package and its copy up to date. */
export function prepare() {
  const dist = join(root, 'dist')
  if (newest(join(dist, 'server/supertokens/index.js')) < newest(join(root, 'src'))) {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' })
  }
  const copy = join(here, 'node_modules/holdfast')
  const lock = join(here, 'node_modules/.package-lock.json')
  if (newest(lock) < newest(join(here, 'package-lock.json'))) {
    execSync('npm ci', { cwd: here, stdio: 'inherit' })
  }
  if (newest(join(copy, 'dist')) < newest(dist)) {
    rmSync(join(copy, 'dist'), { recursive: true, force: true })
    cpSync(dist, join(copy, 'dist'), { recursive: true })
    cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  }
}

/** A page's script, by the bundler of the repository; `entry` is its file, such as `page/main.ts`. */
export async function bundle(entry) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // What the page gets is the package's copy here, and not the sources that its types come from.
    tsconfigRaw: '{}',
  })
  return Buffer.from(outputFiles[0].contents)
}
