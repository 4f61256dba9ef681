// Next.js as it is installed here: brings it up to date, builds an app with it, and runs the app.
import { execFileSync, execSync, spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }

const node = (command, options) => execFileSync(process.execPath, command, { env, ...options })

/** The program of the Next.js that is installed in a folder. */
const nextIn = (home) => join(home, 'node_modules/next/dist/bin/next')

/** Our package, where an app of a folder finds it. */
const copyIn = (home) => join(home, 'node_modules/holdfast')

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

/** Brings the package, its copy in `home` and what else is installed there up to date. */
function install(home, stdio) {
  const dist = join(root, 'dist')
  if (newest(join(dist, 'next/index.js')) < newest(join(root, 'src'))) {
    node([join(root, 'scripts/build.mjs')], { cwd: root, stdio })
  }
  const lock = join(home, 'node_modules/.package-lock.json')
  if (newest(lock) < newest(join(home, 'package-lock.json'))) {
    execSync('npm ci', { cwd: home, stdio, env })
  }
  const copy = copyIn(home)
  if (newest(join(copy, 'dist')) < newest(dist)) {
    rmSync(join(copy, 'dist'), { recursive: true, force: true })
    cpSync(dist, join(copy, 'dist'), { recursive: true })
    cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  }
}

/**
 * Builds the app in `folder`, at or beneath this one, if one of its `sources` is newer, by the Next.js that the lock file
 * of `home` names, with these `flags`.
 */
export function build(folder, { sources, stdio, home = here, flags = [] }) {
  install(home, stdio)
  const paths = [...sources.map((name) => join(folder, name)), join(copyIn(home), 'dist')]
  if (newest(join(folder, '.next/BUILD_ID')) < newest(...paths)) {
    node([nextIn(home), 'build', ...flags], { cwd: folder, stdio })
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

/**
 * Runs the app that was built in `folder`, with these variables, until `stop`; `isDev`: as it is developed, unbuilt, with
 * these `flags`.
 */
export async function run(folder, { port, settings, stdio, host = '127.0.0.1', ...how }) {
  const { isDev = false, home = here, flags = [] } = how
  const what = isDev ? ['dev', ...flags] : ['start']
  const command = [nextIn(home), ...what, '-H', host, '-p', String(port)]
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
