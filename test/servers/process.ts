import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** The version that is fetched, started and named in the tables. */
export const VERSION = '26.7.3'

const NAME = `keycloak-${VERSION}`
/** It builds itself at its first start, which takes minutes on a busy machine. In ms. */
const START = 600_000

/** A real Keycloak in a process of its own. */
export interface Keycloak {
  /** Such as `http://127.0.0.1:4000`: the same after a new start. */
  readonly origin: string
  readonly admin: { readonly username: string; readonly password: string }
  /** Resolves when it answers. @throws Error when it ends, or does not answer in time. */
  start(): Promise<void>
  /** Ends the process; what it knew is there after the next start. */
  stop(): Promise<void>
}

function run(program: string, args: readonly string[], purpose: string): void {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  } catch (cause) {
    throw new Error(`\`${program}\` could not ${purpose}: it is missing, or says why above.`, {
      cause,
    })
  }
}

/** The folder of the unpacked server. Maven knows where the archive is; it is fetched once and kept. */
function obtain(root: string): string {
  const folder = join(root, '.tmp/servers')
  const home = join(folder, NAME)
  if (existsSync(join(home, 'bin/kc.sh'))) return home
  mkdirSync(folder, { recursive: true })
  const archive = join(folder, `keycloak-quarkus-dist-${VERSION}.zip`)
  if (!existsSync(archive)) {
    const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`
    const goal = ['-B', '-q', 'dependency:copy', artifact, `-DoutputDirectory=${folder}`]
    run('mvn', goal, 'fetch Keycloak')
  }
  run('unzip', ['-q', '-o', archive, '-d', folder], 'unpack Keycloak')
  return home
}

/** A port that nobody uses. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('There is no free port.')
  return address.port
}

/** Signals the process and what it started: `kc.sh` has a child that is the server. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  process.kill(-child.pid, name)
}

async function untilReady(child: ChildProcess, origin: string, log: string): Promise<void> {
  const end = Date.now() + START
  const isThere = (): Promise<boolean> =>
    fetch(`${origin}/realms/master`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isThere())) {
    if (child.exitCode !== null) throw new Error(`Keycloak has ended; it says why in ${log}`)
    if (Date.now() > end) throw new Error(`Keycloak does not answer; see ${log}`)
    await delay(250)
  }
}

/** Fetches Keycloak where it is not there yet, and makes it forget what it knew from another run. */
export async function prepareKeycloak(root: string): Promise<Keycloak> {
  const home = obtain(root)
  rmSync(join(home, 'data'), { recursive: true, force: true })
  const [port, management] = [await freePort(), await freePort()]
  const origin = `http://127.0.0.1:${port}`
  const admin = { username: 'admin', password: randomUUID() }
  const log = join(root, '.tmp/servers/keycloak.log')
  const out = openSync(log, 'w')
  let child: ChildProcess | undefined
  // Whatever ends this program ends the server: it has a group of its own, which no terminal signals.
  process.once('exit', () => child && signal(child, 'SIGKILL'))
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1))

  return {
    origin,
    admin,
    async start() {
      const args = ['start-dev', '--http-host=127.0.0.1', `--http-port=${port}`]
      child = spawn(
        'bash',
        [join(home, 'bin/kc.sh'), ...args, `--http-management-port=${management}`],
        {
          detached: true,
          stdio: ['ignore', out, out],
          env: {
            ...process.env,
            KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
            KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
            // It serves a handful of people here: starting soon matters more than speed later.
            JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
          },
        },
      )
      await untilReady(child, origin, log)
    },
    async stop() {
      if (!child) return
      const ended = new Promise((resolve) => child?.once('exit', resolve))
      const running = child.exitCode === null && child.signalCode === null
      signal(child, 'SIGTERM')
      if (running) await ended
      child = undefined
    },
  }
}
