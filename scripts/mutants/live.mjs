// The unit tests of a copy of the project, run by one vitest that stays alive between two mutants.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { converse } from './run.mjs'

const PROCESS = fileURLToPath(new URL('vitest.mjs', import.meta.url))
/** After so many ms without a sign of life a test blocks its process: its own time was up long ago. */
const SILENCE = 120_000

/** Calls back when so many ms pass without a sign. */
function createPatience(onSilence) {
  let timer
  const stop = () => clearTimeout(timer)
  return {
    stop,
    sign() {
      stop()
      timer = setTimeout(onSilence, SILENCE)
    },
  }
}

/** The keys of all processes of a copy, which take longer to make than most tests. */
const shared = (folder) => ({ HOLDFAST_READY_KEYS: join(folder, 'keys') })

/**
 * `run` resolves to the first failure of test files, in their order, or `null`:
 * `{ file, name, message, slow }`, slow where the time was up. Of files that have changed since it has to hear.
 */
export function createTests(folder) {
  let process = null
  let settle = null

  const finish = (how, value) => {
    const { [how]: done } = settle
    settle = null
    done(value)
  }
  const end = () => {
    process?.end()
    process = null
  }
  const start = (hear) =>
    converse(
      PROCESS,
      { cwd: folder, env: shared(folder) },
      {
        hear,
        onEnd(why) {
          process = null
          if (settle) finish('reject', new Error(`The unit tests died. ${why}`))
        },
      },
    )

  return {
    end,
    run(files, { changed, limit }) {
      let file = null
      const patience = createPatience(() => {
        end()
        const message = `no sign of life for ${SILENCE / 1000} s`
        finish('resolve', { file, name: `${file}: ${message}`, message, slow: true })
      })
      const hear = (message) => {
        if (message.type === 'done') return finish('resolve', message.failure)
        file = message.file
        patience.sign()
      }
      patience.sign()
      return new Promise((resolve, reject) => {
        settle = { resolve, reject }
        process ??= start((message) => process.hear(message))
        process.hear = hear
        process.say({ files, changed, limit })
      }).finally(patience.stop)
    },
  }
}

/**
 * Runs test files, each in a process of its own, and says of each to `onFound` what it takes, and
 * leaves out of the sources. Rejects unless all of them pass.
 */
export function surveyed(folder, files, onFound) {
  const wrong = []
  const found = new Map()
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(why))
    // Of each comes a message of how it ended, and one of what it left out, in any order.
    const add = ({ test, state, ...more }) => {
      if (state === 'failed') wrong.push(test)
      const known = { ...found.get(test), ...more }
      found.set(test, known)
      if (known.missed && known.ms !== undefined && !wrong.includes(test)) onFound(test, known)
    }
    const hear = ({ type, ...message }) => {
      if (type !== 'surveyed') return add(message)
      child.end()
      wrong.push(...message.errors)
      if (wrong.length > 0) fail(`Without a mutant this fails: ${wrong.join(', ')}`)
      else resolve()
    }
    const child = converse(
      PROCESS,
      { cwd: folder, args: ['survey'], env: shared(folder) },
      { hear, onEnd: (why) => fail(`The unit tests died. ${why}`) },
    )
    child.say(files)
  })
}
