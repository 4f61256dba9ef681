import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A command line, where it runs, and with what. */
export interface Command {
  readonly line: string
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether what it prints is shown, too. @default false */
  readonly isShown?: boolean | undefined
}

/** A process that goes on until it is stopped. */
export interface Running {
  /** What it has printed. */
  log(): string
  stop(): Promise<void>
}

/** What takes longer hangs, in ms. */
const LIMIT = 600_000

const started = new Set<ChildProcess>()

/** Ends a command and whatever it started: it has a group of its own, which no terminal signals. */
function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody of them is left.
  }
}

process.once('exit', () => {
  for (const child of started) end(child, 'SIGKILL')
})
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1))

function start({ line, folder, env, isShown }: Command) {
  const child = spawn(line, {
    cwd: folder,
    env,
    shell: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.add(child)
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      log += text
      if (isShown) process.stderr.write(text)
    })
  }
  const outcome = (event: 'exit' | 'close') =>
    new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null))
      child.once(event, (code: number | null) => resolve(code))
    })
  const ended = outcome('exit').finally(() => started.delete(child))
  // What it printed is there once it is closed, not when it has ended.
  return { child, ended, closed: outcome('close'), log: () => log }
}

/** The end of a log, where it says why. */
const tail = (log: string): string => log.trim().split('\n').slice(-30).join('\n')

/** Runs a command to its end, and resolves to what it printed. @throws Error when it fails, with what it said. */
export async function run(command: Command): Promise<string> {
  const { child, closed, log } = start(command)
  const timer = setTimeout(() => end(child, 'SIGKILL'), LIMIT)
  const code = await closed.finally(() => clearTimeout(timer))
  if (code !== 0) throw new Error(`\`${command.line}\` failed:\n${tail(log())}`)
  return log()
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { redirect: 'manual' }).then(
    async (response) => {
      await response.arrayBuffer()
      return true
    },
    () => false,
  )

/** Starts a server, and waits until it answers at `url`, whatever it says. @throws Error when it does not. */
export async function serve(command: Command, url: string): Promise<Running> {
  const { child, ended, log } = start(command)
  async function stop(): Promise<void> {
    end(child, 'SIGTERM')
    const timer = setTimeout(() => end(child, 'SIGKILL'), 5_000)
    await ended.finally(() => clearTimeout(timer))
    // A shell or npm may be gone before what they started: a server lets its connections end first.
    end(child, 'SIGKILL')
  }
  const until = performance.now() + LIMIT
  while (!(await answers(url))) {
    const isOver = child.exitCode !== null || child.signalCode !== null
    if (isOver || performance.now() > until) {
      await stop()
      throw new Error(`\`${command.line}\` does not serve:\n${tail(log())}`)
    }
    await delay(50)
  }
  return { log, stop }
}

/** A port of the loopback that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('There is no free port.')
  return address.port
}
