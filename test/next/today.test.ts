import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { build, freePort, run } from '../../demo/next/next.mjs'
import { createScriptedOidc } from '../../src/testing/oidc/index.js'
import { type Answer, ask } from '../express/stage.js'
import { listen, type NodeServer, relay, toRequest } from '../support/node-server.js'
import { createNextApp, filesOfBlock, type WrittenFile, writeFiles } from './written-app.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** Beneath the demo, whose packages it shares. */
const folder = at('../../demo/next/.tmp/today')
const LOG = join(folder, 'log.txt')
const SECRET = 'the secret of the client'
/** What the page shows of whoever is signed in. */
const ADA = '<p>ada</p>'
/** The life of an access token, in ms: so short that a test sees it end. */
const LIFE = 3_000

const ROUTE = `import { auth } from '../../lib/auth'

export const { GET } = auth.handlers
`

describe('the app of docs/next.md, with what create-next-app writes today', () => {
  const files = new Map(filesOfBlock('docs/next.md', 'lib/auth.ts'))
  const jar = new Map<string, string>()
  let server: NodeServer
  let oidc: ReturnType<typeof createScriptedOidc>
  let app: { stop(): Promise<void> }
  let origin: string
  let log: number

  beforeAll(async () => {
    rmSync(LOG, { force: true })
    // One that a build tries to make ahead, without the app's environment.
    const route: WrittenFile = ['app/callback/route.ts', ROUTE]
    writeFiles(folder, [...files, ...createNextApp(), route])
    log = openSync(LOG, 'a')
    build(folder, [...files.keys()], ['ignore', log, log])
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    const callback = `${origin}/auth/callback`
    server = await listen(async (request, response) =>
      relay(await oidc.fetch(await toRequest(request, server.origin)), response),
    )
    oidc = createScriptedOidc({
      issuer: server.origin,
      accessTokenLifetime: LIFE,
      clients: [{ id: 'web', secret: SECRET, redirectUris: [callback] }],
      people: [{ sub: 'ada' }],
    })
    const settings = {
      OIDC_ISSUER: server.origin,
      OIDC_CLIENT_ID: 'web',
      OIDC_CLIENT_SECRET: SECRET,
      OIDC_COOKIE_PASSWORD: 'a password of more than 32 characters',
      OIDC_REDIRECT_URI: callback,
    }
    app = await run(folder, { port, settings, stdio: ['ignore', log, log] })
  })
  afterAll(async () => {
    await app?.stop()
    await server?.close()
    if (log !== undefined) closeSync(log)
  })
  afterEach(() => {
    expect(readFileSync(LOG, 'utf8')).not.toMatch(/unstable|error|⨯|warn/i)
  })

  /** Asks with the cookies of one browser, and keeps what comes back. */
  async function get(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const sent = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin', ...headers }
    const answer = await ask(origin, path, { headers: { ...sent, ...(cookie && { cookie }) } })
    for (const line of answer.setCookies) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      if (/; Max-Age=0(;|$)/.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }

  const shows = async (words: string): Promise<boolean> => (await get('/')).text.includes(words)

  async function signIn(): Promise<void> {
    const begun = await get('/auth/sign-in')
    const back = await oidc.fetch(begun.headers.location ?? '', { redirect: 'manual' })
    const { pathname, search } = new URL(back.headers.get('location') ?? '')
    await get(pathname + search)
  }

  it('has all files of the example', () => {
    expect([...files.keys()]).toEqual([
      'lib/auth.ts',
      'proxy.ts',
      'app/auth/[...auth]/route.ts',
      'app/page.tsx',
    ])
  })

  it('sends a stranger to the sign-in, from the proxy and from the page', async () => {
    const { status, headers } = await get('/admin')
    expect([status, headers.location]).toEqual([303, '/auth/sign-in?returnTo=%2Fadmin'])
    // Its head was sent before somebody asked who is there.
    expect(await shows(`${origin}/auth/sign-in?returnTo=%2F`)).toBe(true)
  })

  it('says who is signed in, and asks once for ten pages that wake after the expiry', async () => {
    await signIn()
    expect(await shows(ADA)).toBe(true)
    oidc.clearLog()
    await expect.poll(async () => (await get('/')) && oidc.count('refresh_token')).toBe(1)
    const stale = new Map(jar)
    await new Promise((resolve) => setTimeout(resolve, LIFE))
    oidc.clearLog()
    const pages = await Promise.all(Array.from({ length: 10 }, () => get('/')))
    expect(pages.map(({ text }) => text.includes(ADA))).toEqual(Array(10).fill(true))
    expect(oidc.count('refresh_token')).toBe(1)
    expect(jar).not.toEqual(stale)
  })

  it('answers Next’s own prefetches by pages, and those of the sign-in by nothing', async () => {
    const ahead = {
      RSC: '1',
      'Next-Router-Prefetch': '1',
      'Next-Url': '/',
      'sec-fetch-mode': 'cors',
    }
    const page = await get('/?_rsc=1', ahead)
    expect(page.status).toBeLessThan(400)
    const signIn = await get('/auth/sign-in', ahead)
    const followed = signIn.headers.location ? await get(signIn.headers.location, ahead) : signIn
    expect([followed.status, followed.setCookies]).toEqual([204, []])
  })

  it('says that nobody can tell, while an outage outlasts the token, and goes on afterwards', async () => {
    await signIn()
    oidc.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    await expect.poll(() => shows('You are not signed out'), { interval: 300 }).toBe(true)
    oidc.heal()
    await expect.poll(() => shows(ADA), { interval: 300 }).toBe(true)
  })
})
