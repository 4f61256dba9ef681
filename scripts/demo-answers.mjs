// What the README says of a checkout: `npm start` says where the demo runs, and it answers there.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How long the demo may take to say where it runs, in ms: npm, Vite, and a busy machine. */
const LIMIT = 120_000

// A group of its own: npm starts the demo as a process of its own, which must end too.
const demo = spawn('npm', ['start'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
})
const end = () => {
  try {
    process.kill(-demo.pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
process.once('exit', end)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

function address() {
  return new Promise((resolve, reject) => {
    let log = ''
    const timer = setTimeout(() => reject(new Error(`It says nothing: ${log}`)), LIMIT)
    demo.stdout.setEncoding('utf8').on('data', (text) => {
      log += text
      const [, url] = /^The Holdfast demo runs at (\S+)\s/m.exec(log) ?? []
      if (!url) return
      clearTimeout(timer)
      resolve(url)
    })
    demo.once('error', reject)
    demo.once('exit', (code) => reject(new Error(`It ended (exit code ${code}): ${log}`)))
  })
}

try {
  const url = await address()
  const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT) })
  if (!response.ok) throw new Error(`${url} answers ${response.status}.`)
  console.log(`The demo answers at ${url}`)
  process.exit(0)
} catch (error) {
  console.error(`The demo does not answer. ${error.message}`)
  process.exit(1)
}
