// Runs Node in process groups of their own, and ends all of a group.
import { fork, spawn } from 'node:child_process'

/** How much of what a process said is told when it dies, in characters. */
const LAST_WORDS = 4_000

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

const environment = (more) => ({ ...process.env, CI: '', NO_COLOR: '1', ...more })

/** Counts a process among the running, and collects what it says. */
function watch(child) {
  running.add(child)
  child.once('close', () => running.delete(child))
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said.text += text
    })
  }
  return said
}

/** Resolves to the exit code, `null` when the time was up, and what was said. */
export function run(args, { cwd, limit }) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'pipe', 'pipe']
    const child = spawn(process.execPath, args, { cwd, env: environment(), stdio, detached: true })
    const said = watch(child)
    const timer = setTimeout(() => end(child), limit)
    const settle = (how, value) => {
      clearTimeout(timer)
      how(value)
    }
    child.once('error', (error) => settle(reject, error))
    child.once('close', (code) => settle(resolve, { code, output: said.text }))
  })
}

/**
 * Starts a process that is spoken with. Whatever it says goes to `hear`, and its last words to
 * `onEnd` when it is gone without having been told to.
 */
export function converse(path, { cwd, args = [], env = {} }, { hear, onEnd }) {
  const stdio = ['ignore', 'pipe', 'pipe', 'ipc']
  const options = { cwd, env: environment(env), stdio, detached: true, execArgv: [] }
  const child = fork(path, args, options)
  const said = watch(child)
  let ended = false
  child.on('message', (message) => {
    if (!ended) hear(message)
  })
  const gone = (how) => {
    if (!ended) onEnd(`${how}. It said last:\n${said.text.slice(-LAST_WORDS)}`)
    ended = true
  }
  child.once('error', (error) => gone(error.message))
  child.once('close', (code, signal) => gone(`It ended (${signal ?? code})`))
  return {
    // A process that is gone says so by itself.
    say: (message) => child.send(message, () => {}),
    end() {
      ended = true
      end(child)
    },
  }
}
