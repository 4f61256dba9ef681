import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen, type NodeServer } from '../support/node-server.js'
import { findChromium, OPTIONS } from './chromium.js'

/** How long a page waits for the lock, in ms, which follows from these two. */
const TIMES = { requestTimeout: 500, storageTimeout: 100 }
/** How long pages lie rendered ahead, in ms: longer than they would have waited for the lock. */
const AHEAD = 6_000

/** A page of a client whose server is this one. It says what it does, and when it is rendered ahead. */
const page = (path: string): string => `<!doctype html><link rel=icon href=data:,>
<script type="module">
  import { AuthClient } from '/holdfast.js'
  const say = (text) => fetch('/said?' + [location.pathname, text, !!document.prerendering])
  const token = async () => (await fetch('/token?' + [location.pathname, !!document.prerendering])).json()
  const auth = new AuthClient({
    provider: { id: 'test', signIn: token, refresh: token },
    autoRefresh: false,
    ...${JSON.stringify(TIMES)},
    environment: { report: ({ message }) => say(message) },
  })
  if ('${path}' === '/seed') {
    await auth.signIn({})
    setTimeout(() => location.assign('/start'), 1_500)
  } else {
    say('asks')
    auth.getSession().then((session) => say(session?.accessToken), ({ code }) => say(code))
  }
</script>`

/** A page that has two others rendered ahead, and goes to the first of them later. */
const START = `<!doctype html><link rel=icon href=data:,>
<script type="speculationrules">
  { "prerender": [{ "source": "list", "urls": ["/one", "/two"], "eagerness": "immediate" }] }
</script>
<script>setTimeout(() => location.assign('/one'), ${AHEAD})</script>`

/** A browser that nobody drives: what drives one switches off that pages are rendered ahead. */
async function startBrowser(address: string) {
  const profile = await mkdtemp(join(tmpdir(), 'holdfast-prerendering-'))
  const { executablePath, args } = OPTIONS
  const switches = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`]
  // A group of its own, as it has processes of its own.
  const options = { detached: true, stdio: 'ignore' } as const
  const browser: ChildProcess = spawn(executablePath, [...args, ...switches, address], options)
  return async () => {
    const ended = new Promise((resolve) => browser.once('exit', resolve))
    if (browser.pid) process.kill(-browser.pid, 'SIGKILL')
    await ended
    await rm(profile, { recursive: true, force: true, maxRetries: 10 })
  }
}

describe.skipIf(!findChromium())('pages that Chromium renders ahead', () => {
  const heard: string[] = []
  let server: NodeServer
  let close = async (): Promise<void> => {}
  let minted = 0

  const grant = () => ({
    accessToken: `access-${++minted}`,
    refreshToken: `refresh-${minted}`,
    lifetime: minted === 1 ? 1_000 : 3_600_000,
    user: { id: 'ada' },
  })

  beforeAll(async () => {
    const script = await readFile(new URL('../../dist/browser.js', import.meta.url), 'utf8')
    server = await listen(async ({ url = '/' }: IncomingMessage, response) => {
      const [path = '/'] = url.split('?')
      if (path === '/said' || path === '/token') heard.push(decodeURIComponent(url))
      const isScript = path === '/holdfast.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      if (path === '/token') response.end(JSON.stringify(grant()))
      else if (path === '/said') response.end()
      else response.end(isScript ? script : path === '/start' ? START : page(path))
    })
    close = await startBrowser(`${server.origin}/seed`)
  })

  afterAll(async () => {
    await close()
    await server.close()
  })

  it('refresh only once somebody sees them, and give nothing up before', async () => {
    const patient = { timeout: 60_000, interval: 100 }
    await expect.poll(() => heard.at(-1), patient).toBe('/said?/one,access-2,false')
    expect([...heard].sort()).toEqual([
      '/said?/one,access-2,false',
      '/said?/one,asks,true',
      '/said?/two,asks,true',
      '/token?/one,false',
      '/token?/seed,false',
    ])
  })
})
