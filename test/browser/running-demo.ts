import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A demo in a process of its own. */
export interface RunningDemo {
  /** Where it says that it runs. */
  readonly url: string
  /** All that it has said by then. */
  readonly said: string
  close(): Promise<void>
}

/**
 * Starts the demo of a folder as a newcomer does, and waits for the line that tells its address.
 * `name` is what it calls itself there; `env` are further variables of its environment.
 */
export async function runDemo(
  folder: string,
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningDemo> {
  const child = spawn(process.execPath, [`demo/${folder}/start.mjs`], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const line = new RegExp(`The Holdfast ${name} demo runs at (\\S+)\n`)
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk
      const [, found] = line.exec(said) ?? []
      if (found) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', () => reject(new Error(`The demo has ended:\n${said}`)))
  })
  return {
    url,
    said,
    async close() {
      if (child.kill()) await once(child, 'exit')
    },
  }
}
