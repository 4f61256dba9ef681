// Starts the demo: builds what is older than its sources, then runs the scripted WorkOS and Next.js
// on the loopback. `npm start`, or `npm run demo:next` in the root; PORT chooses the app's port.
import { execFileSync, execSync, spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startWorkOS } from './workos.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const next = join(here, 'node_modules/next/dist/bin/next')

/** Half a minute, so that a visitor sees tokens rotate. */
const LIFETIME = 30_000

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }

const node = (command, options) => execFileSync(process.execPath, command, { env, ...options })

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

/** Brings the package, its copy and the app's build up to date. */
function prepare(stdio) {
  const dist = join(root, 'dist')
  if (newest(join(dist, 'next/index.js')) < newest(join(root, 'src'))) {
    node([join(root, 'scripts/build.mjs')], { cwd: root, stdio })
  }
  const copy = join(here, 'node_modules/holdfast')
  const lock = join(here, 'node_modules/.package-lock.json')
  if (newest(lock) < newest(join(here, 'package-lock.json'))) {
    execSync('npm ci', { cwd: here, stdio, env })
  }
  if (newest(join(copy, 'dist')) < newest(dist)) {
    rmSync(join(copy, 'dist'), { recursive: true, force: true })
    cpSync(dist, join(copy, 'dist'), { recursive: true })
    cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  }
  const sources = ['app', 'components', 'lib', 'proxy.ts', 'next.config.ts', 'package-lock.json']
  const paths = [...sources.map((name) => join(here, name)), join(copy, 'dist')]
  if (newest(join(here, '.next/BUILD_ID')) < newest(...paths)) {
    node([next, 'build'], { cwd: here, stdio })
  }
}

/** A port of the loopback that nobody listens on: `wanted`, if that is one. */
async function freePort(wanted = 0) {
  const server = createServer()
  const taken = await new Promise((resolve) => {
    server.once('error', () => resolve(true))
    server.listen(wanted, '127.0.0.1', () => resolve(false))
  })
  if (taken) return freePort()
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(url, child) {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(`${url}/icon.svg`).catch(() => null)
    await response?.arrayBuffer()
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('Next.js has ended before it answered.')
}

function startNext(port, settings, stdio) {
  const command = [next, 'start', '-H', '127.0.0.1', '-p', String(port)]
  const child = spawn(process.execPath, command, { cwd: here, env: { ...env, ...settings }, stdio })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  return {
    child,
    async stop() {
      child.kill()
      await ended
    },
  }
}

/**
 * Starts the demo, on a free port if none is given; access tokens live `lifetime` ms; `quiet` keeps what
 * the builds and Next.js print to itself.
 */
export async function startDemo({ lifetime = LIFETIME, quiet = false, ...given } = {}) {
  const stdio = quiet ? 'ignore' : 'inherit'
  prepare(stdio)
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
  const app = startNext(port, settings, stdio)
  async function close() {
    await app.stop()
    await workos.close()
  }
  try {
    await answers(url, app.child)
  } catch (error) {
    await close()
    throw error
  }
  return { url, workos: workos.server, close }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const demo = await startDemo({ port: Number(process.env.PORT) || (await freePort(3000)) })
  console.log(`\nThe Holdfast demo for Next.js runs at ${demo.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => demo.close().then(() => process.exit(0)))
  }
}
