import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A redis-server of its own, on the loopback, that writes nothing to disk. */
export interface RedisServer {
  readonly url: string
  /** It answers no more, and keeps its connections. */
  pause(): void
  resume(): void
  /** Ends it at once, with all that it holds. */
  kill(): Promise<void>
  /** Starts it again, empty, at the same address. */
  start(): Promise<void>
  /** All that clients send from now on, and what scripts do, as text. */
  monitor(): Promise<{ text(): string; close(): void }>
  /** Ends it and removes its folder. */
  close(): Promise<void>
}

/** The longest that it may take to start, in ms. */
const START_LIMIT = 20_000

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Resolves when the server says that it is ready. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    const fail = (why: unknown): void =>
      reject(new Error(`redis-server does not start; is it installed? ${why} ${log}`))
    const timer = setTimeout(fail, START_LIMIT, 'It takes too long.')
    const hear = (chunk: Buffer): void => {
      log += chunk
      if (!log.includes('Ready to accept connections')) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('error', fail)
    child.on('exit', fail)
  })
}

/** The text that a connection gets after these lines, as it comes. */
async function listen(port: number, lines: string) {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => void chunks.push(chunk))
  socket.write(lines)
  await new Promise((resolve) => socket.once('data', resolve))
  return { text: () => Buffer.concat(chunks).toString(), close: () => void socket.destroy() }
}

/** Starts a server; without a redis-server on the path this fails. */
export async function startRedis(): Promise<RedisServer> {
  const command = process.env.REDIS_SERVER_PATH ?? 'redis-server'
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'))
  const port = await freePort()
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const memory = ['--save', '', '--appendonly', 'no']
  let child: ChildProcess | null = null
  let gone = Promise.resolve()

  async function start(): Promise<void> {
    const process = spawn(command, [...place, ...memory], { stdio: 'pipe' })
    child = process
    gone = new Promise((resolve) => process.once('exit', () => resolve()))
    await ready(process)
  }

  async function kill(): Promise<void> {
    child?.kill('SIGKILL')
    await gone
  }

  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    kill,
    start,
    monitor: () => listen(port, 'MONITOR\r\n'),
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
