// Starts the demo: builds what is older than its sources, then runs the scripted auth server and
// Next.js on the loopback. `npm start`, or `npm run demo:next` in the root; PORT chooses the app's port,
// AUTH the auth server: workos, gotrue or oidc.
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, freePort, run } from './next.mjs'
import { startServer } from './servers.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Half a minute, so that a visitor sees tokens rotate. */
const LIFETIME = 30_000

const SOURCES = [
  'app',
  'components',
  'lib',
  'instrumentation.ts',
  'proxy.ts',
  'next.config.ts',
  'package-lock.json',
]

/**
 * Starts the demo with `auth` (`workos`, `gotrue` or `oidc`), on a free port if none is given; access tokens live
 * `lifetime` ms; the builds and Next.js print to `stdio`.
 */
export async function startDemo({
  auth = 'workos',
  lifetime = LIFETIME,
  stdio = 'inherit',
  ...given
} = {}) {
  build(here, { sources: SOURCES, stdio })
  const port = given.port ?? (await freePort())
  const kit = await import('holdfast/testing')
  const url = `http://127.0.0.1:${port}`
  const { server, settings, ...http } = await startServer(auth, { kit, appUrl: url, lifetime })
  try {
    const app = await run(here, { port, settings, stdio })
    async function close() {
      await app.stop()
      await http.close()
    }
    return { url, server, close }
  } catch (error) {
    await http.close()
    throw error
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const auth = process.env.AUTH || 'workos'
  const demo = await startDemo({ auth, port: Number(process.env.PORT) || (await freePort(3000)) })
  console.log(`\nThe Holdfast demo for Next.js runs at ${demo.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => demo.close().then(() => process.exit(0)))
  }
}
