import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A machine that is busy may take its time; a process that does not end by itself is ended. */
const PATIENCE = 60_000

let built: string
let folder: string
const running = new Set<ChildProcess>()

interface Child {
  /** Resolves once it has said `line` so many times. @throws when it ends before. */
  says(line: string, times?: number): Promise<void>
  tell(line: string): void
  /** What it said, and the code with which it ended by itself. */
  readonly end: Promise<{ readonly said: readonly string[]; readonly code: number | null }>
}

/** Runs one story of `child.ts`. */
function start(story: string): Child {
  const child = spawn(process.execPath, [join(built, 'child.mjs'), story, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.add(child)
  let text = ''
  const waiting = new Set<() => void>()
  const lines = (): string[] => text.split('\n').slice(0, -1)
  child.stdout.setEncoding('utf8').on('data', (more) => {
    text += more
    for (const look of waiting) look()
  })
  return {
    says: (line, times = 1) =>
      new Promise((resolve, reject) => {
        child.on('close', (code) => reject(new Error(`It ended with ${code} before "${line}".`)))
        const look = (): void => {
          if (lines().filter((said) => said === line).length >= times) resolve()
        }
        waiting.add(look)
        look()
      }),
    tell: (line) => void child.stdin.write(`${line}\n`),
    end: new Promise((resolve) => {
      child.on('close', (code) => {
        running.delete(child)
        resolve({ said: lines(), code })
      })
    }),
  }
}

/** What it said last, and the code with which it ended by itself. */
async function run(story: string): Promise<string> {
  const { said, code } = await start(story).end
  return `${said.at(-1)}, then ${code}`
}

beforeAll(async () => {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  built = mkdtempSync(join(root, '.tmp', 'processes-'))
  await build({
    entryPoints: [fileURLToPath(new URL('child.ts', import.meta.url))],
    outfile: join(built, 'child.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: { holdfast: join(root, 'src', 'index.ts') },
  })
}, PATIENCE)
afterAll(() => rmSync(built, { recursive: true, force: true }))

beforeEach(() => {
  folder = mkdtempSync(join(built, 'storage-'))
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

describe('a call that a process awaits keeps it alive', { timeout: PATIENCE }, () => {
  it('until it is signed in', async () => {
    expect(await run('sign-in')).toBe('signed in, then 0')
  })

  it('until it has a new token, with a storage of three methods', async () => {
    await run('sign-in')
    expect(await run('refresh')).toBe('refreshed access-2, then 0')
    expect(await run('refresh')).toBe('refreshed access-3, then 0')
  })

  it('until it has a new token for one that died before it started', async () => {
    await run('long-ago')
    expect(await run('get')).toBe('got access-2, then 0')
  })

  it('while another process holds the lock, and then it sends the token of that one', async () => {
    await run('sign-in')
    const holder = start('hold')
    await holder.says('holding')
    const waiter = start('wait')
    await waiter.says('looked', 3)
    holder.tell('go on')
    expect(await holder.end).toEqual({ said: ['holding', 'refreshed access-2'], code: 0 })
    const { said, code } = await waiter.end
    expect([said.at(-1), code]).toEqual(['refreshed access-3', 0])
  })

  it('until it is signed out', async () => {
    await run('sign-in')
    expect(await run('sign-out')).toBe('got null, then 0')
  })

  it('until it gives up a storage that never answers', async () => {
    expect(await run('silent-storage')).toBe('failed storage, then 0')
  })

  it('until it gives up a server that never answers', async () => {
    await run('sign-in')
    expect(await run('silent-server')).toBe('failed timeout, then 0')
  })
})

describe('a process that awaits nothing ends by itself', { timeout: PATIENCE }, () => {
  it.each([
    ['idle', 'idle'],
    ['made-only', 'made'],
    ['made-only-silent', 'made'],
    ['failed-save', 'signed in'],
  ])('with a client that is %s', async (story, line) => {
    expect(await run(story)).toBe(`${line}, then 0`)
  })
})
