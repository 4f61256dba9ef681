// Next.js as it is installed here: brings it up to date, builds an app with it, and runs the app.
import { execFileSync, execSync, spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const next = join(here, 'node_modules/next/dist/bin/next')
const copy = join(here, 'node_modules/holdfast')

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

/** Brings the package, its copy here and what else is installed up to date. */
function install(stdio) {
  const dist = join(root, 'dist')
  if (newest(join(dist, 'next/index.js')) < newest(join(root, 'src'))) {
    node([join(root, 'scripts/build.mjs')], { cwd: root, stdio })
  }
  const lock = join(here, 'node_modules/.package-lock.json')
  if (newest(lock) < newest(join(here, 'package-lock.json'))) {
    execSync('npm ci', { cwd: here, stdio, env })
  }
  if (newest(join(copy, 'dist')) < newest(dist)) {
    rmSync(join(copy, 'dist'), { recursive: true, force: true })
    cpSync(dist, join(copy, 'dist'), { recursive: true })
    cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  }
}

/** Builds the app in `folder`, at or beneath this one, if one of its `sources` is newer. */
export function build(folder, sources, stdio) {
  install(stdio)
  const paths = [...sources.map((name) => join(folder, name)), join(copy, 'dist')]
  if (newest(join(folder, '.next/BUILD_ID')) < newest(...paths)) {
    node([next, 'build'], { cwd: folder, stdio })
  }
}

/** A port of the loopback that nobody listens on: `wanted`, if that is one. */
export async function freePort(wanted = 0) {
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

/** Waits until the app answers at this address, whatever it says. */
async function answers(url, child) {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(url, { redirect: 'manual' }).catch(() => null)
    await response?.arrayBuffer()
    if (response) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('Next.js has ended before it answered.')
}

/** Runs the app that was built in `folder`, with these variables, until `stop`; `isDev`: as it is developed, unbuilt. */
export async function run(folder, { port, settings, stdio, isDev = false, host = '127.0.0.1' }) {
  const command = [next, isDev ? 'dev' : 'start', '-H', host, '-p', String(port)]
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: { ...env, ...settings },
    stdio,
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  async function stop() {
    child.kill()
    await ended
  }
  try {
    await answers(`http://${host}:${port}/icon.svg`, child)
    return { stop }
  } catch (error) {
    await stop()
    throw error
  }
}
