// Runs Node in a process group of its own, within a time, and ends all of it.
import { spawn } from 'node:child_process'

const running = new Set()

function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

/** Ends every process that is running. */
export function endAll() {
  for (const child of running) end(child)
}

/** Resolves to the exit code, `null` when the time was up, and what was said. */
export function run(args, { cwd, limit }) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CI: '', NO_COLOR: '1' }
    const stdio = ['ignore', 'pipe', 'pipe']
    const child = spawn(process.execPath, args, { cwd, env, stdio, detached: true })
    running.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text
      })
    }
    const timer = setTimeout(() => end(child), limit)
    const settle = (how, value) => {
      clearTimeout(timer)
      running.delete(child)
      how(value)
    }
    child.once('error', (error) => settle(reject, error))
    child.once('close', (code) => settle(resolve, { code, output }))
  })
}
