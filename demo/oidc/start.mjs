// Starts the demo: brings the built package up to date, bundles the page, and runs the app and its
// auth server on the loopback. PORT chooses the app's port; 0 is a free one.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** When the newest file of a path was written, in ms; 0 when there is none. */
function newest(path) {
  if (!existsSync(path)) return 0
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** Builds the package if its sources are newer. */
function prepare() {
  if (newest(join(root, 'dist/server/index.js')) >= newest(join(root, 'src'))) return
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' })
}

/** The page's script, by the bundler of the repository. */
async function bundle({ issuer, api }) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [join(here, 'page/main.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // What the page gets is what was built, and not the sources that its types come from.
    tsconfigRaw: '{}',
    alias: {
      holdfast: join(root, 'dist/index.js'),
      'holdfast/providers/oidc': join(root, 'dist/providers/oidc/index.js'),
      'holdfast/providers/oidc/dpop': join(root, 'dist/providers/oidc/dpop.js'),
    },
    define: { ISSUER: JSON.stringify(issuer), API: JSON.stringify(api) },
  })
  return Buffer.from(outputFiles[0].contents)
}

/** A server on a port of the loopback, which learns later what it serves. */
function listen(port) {
  return new Promise((resolve, reject) => {
    let serve = (_request, response) => response.writeHead(503).end()
    const server = createServer((request, response) => serve(request, response))
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const origin = `http://localhost:${server.address().port}`
      const setHandler = (handler) => {
        serve = handler
      }
      resolve({ server, origin, setHandler })
    })
  })
}

prepare()
const { PORT } = process.env
const pageServer = PORT ? await listen(Number(PORT)) : await listen(3002).catch(() => listen(0))
const authServer = await listen(PORT ? 0 : 3003).catch(() => listen(0))
const { createDemo } = await import('./demo.mjs')
const origins = { app: pageServer.origin, issuer: authServer.origin }
const { page, harbour } = await createDemo({ ...origins, bundle })
pageServer.setHandler(page)
authServer.setHandler(harbour)
console.log(`The Holdfast OpenID Connect demo runs at ${pageServer.origin}`)

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const { server } of [pageServer, authServer]) {
      server.close()
      server.closeAllConnections()
    }
  })
}
