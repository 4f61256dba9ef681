// Starts the demo: builds what is older than its sources, then runs the scripted WorkOS and Next.js
// on the loopback. `npm start`, or `npm run demo:next` in the root; PORT chooses the app's port.
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, freePort, run } from './next.mjs'
import { startWorkOS } from './workos.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Half a minute, so that a visitor sees tokens rotate. */
const LIFETIME = 30_000

const SOURCES = ['app', 'components', 'lib', 'proxy.ts', 'next.config.ts', 'package-lock.json']

/**
 * Starts the demo, on a free port if none is given; access tokens live `lifetime` ms; `quiet` keeps what
 * the builds and Next.js print to itself.
 */
export async function startDemo({ lifetime = LIFETIME, quiet = false, ...given } = {}) {
  const stdio = quiet ? 'ignore' : 'inherit'
  build(here, SOURCES, stdio)
  const port = given.port ?? (await freePort())
  const { createScriptedWorkOS } = await import('holdfast/testing')
  const url = `http://127.0.0.1:${port}`
  const workos = await startWorkOS({ createScriptedWorkOS, appUrl: url, lifetime })
  const settings = {
    WORKOS_CLIENT_ID: 'client_demo',
    WORKOS_API_KEY: 'sk_test_demo',
    WORKOS_COOKIE_PASSWORD: 'the password of a demo, which is no secret',
    WORKOS_API_HOSTNAME: '127.0.0.1',
    WORKOS_API_HTTPS: 'false',
    WORKOS_API_PORT: String(workos.port),
    NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${url}/auth/callback`,
    DEMO_CONTROL_URL: `http://127.0.0.1:${workos.port}/demo`,
  }
  try {
    const app = await run(here, { port, settings, stdio })
    async function close() {
      await app.stop()
      await workos.close()
    }
    return { url, workos: workos.server, close }
  } catch (error) {
    await workos.close()
    throw error
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const demo = await startDemo({ port: Number(process.env.PORT) || (await freePort(3000)) })
  console.log(`\nThe Holdfast demo for Next.js runs at ${demo.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => demo.close().then(() => process.exit(0)))
  }
}
