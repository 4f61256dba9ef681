// Starts the demo: brings the package and its copy here up to date, bundles the page, and runs the
// app with its scripted SuperTokens core on the loopback. PORT chooses the port; 0 is a free one.
import { execFileSync, execSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
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
function prepare() {
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

/** The page's script, by the bundler of the repository. */
async function bundle() {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [join(here, 'page/main.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // What the page gets is the package's copy here, and not the sources that its types come from.
    tsconfigRaw: '{}',
  })
  return outputFiles[0].contents
}

function listen(app, port) {
  return new Promise((resolve, reject) => {
    const server = createServer(app)
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

prepare()
const script = await bundle()
const { createDemo } = await import('./demo.mjs')
const app = createDemo(script)
const { PORT } = process.env
const server = PORT
  ? await listen(app, Number(PORT))
  : await listen(app, 3001).catch(() => listen(app, 0))
console.log(`The Holdfast Express demo runs at http://localhost:${server.address().port}`)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => process.exit(0))
    server.closeAllConnections()
  })
}
