import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { build, freePort, run } from '../../demo/next/next.mjs'
import { createScriptedSuperTokensCore } from '../../src/testing/supertokens/index.js'
import { findChromium, launch } from '../browser/chromium.js'
import { type NextLog, openLog } from '../support/next-log.js'
import { listen, type NodeServer, relay, toRequest } from '../support/node-server.js'
import { logOf } from './builds.js'
import { notice } from './complaints.js'
import { createNextApp, filesOfBlock, writeFiles } from './written-app.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** Beneath the demo, whose packages it shares. */
const folder = at('../../demo/next/.tmp/supertokens')
/** The life of an access token, in ms: so short that a test sees it end. */
const LIFE = 8_000

/** The page where people sign in, which the guide leaves to the app. */
const LOGIN = `'use client'

async function signIn() {
  const { ok } = await fetch('/api/login', { method: 'POST' })
  if (ok) location.assign(new URLSearchParams(location.search).get('returnTo') ?? '/account')
}

export default function Login() {
  return <button onClick={signIn}>Sign in</button>
}
`

describe.skipIf(!findChromium())('the guide’s app with SuperTokens on a real Next', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let server: NodeServer
  let app: { stop(): Promise<void> }
  let origin: string
  let log: NextLog
  const problems: string[] = []
  const core = createScriptedSuperTokensCore({ accessTokenValidity: LIFE })
  const refreshes = (): number => core.count('/session/refresh')

  /** What the page for those who are signed in shows; on a busy machine a token may die on the way there. */
  async function account(): Promise<string | null> {
    await page.goto(`${origin}/account`)
    return page.textContent('body')
  }

  beforeAll(async () => {
    server = await listen(async (request, response) =>
      relay(await core.fetch(await toRequest(request, server.origin)), response),
    )
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    const guide = filesOfBlock('docs/supertokens.md', 'lib/auth.ts')
    // Where the core and the app are is all that differs.
    const own = guide.map(([name, text]): [string, string] => [
      name,
      text
        .replace("'https://app.example'", "process.env.APP_ORIGIN ?? ''")
        .replace("'https://core.example'", "process.env.CORE_URL ?? ''"),
    ])
    const files = [...own, ...createNextApp(), ['app/login/page.tsx', LOGIN] as const]
    writeFiles(folder, files)
    log = openLog(logOf('supertokens'))
    const { stdio } = log
    build(folder, { sources: files.map(([name]) => name), stdio })
    const settings = { APP_ORIGIN: origin, CORE_URL: server.origin }
    app = await run(folder, { port, settings, stdio })
    browser = await launch()
    context = await browser.newContext()
    notice(context, problems)
    page = await context.newPage()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
    await server?.close()
    log?.close()
  })
  afterEach(() => {
    expect([...problems.splice(0), ...log.complaints()]).toEqual([])
  })

  it('sends a stranger to the page where people sign in, and from there to the page that was asked for', async () => {
    await page.goto(`${origin}/account`)
    expect(page.url()).toBe(`${origin}/login?returnTo=%2Faccount`)
    await page.click('text=Sign in')
    await page.waitForURL(`${origin}/account`)
    await expect.poll(account).toContain('user-1')
  })

  it('keeps the refresh token to its path, and gives the page’s scripts no token', async () => {
    const cookies = await context.cookies(`${origin}/auth/session/refresh`)
    const refresh = cookies.find(({ name }) => name === 'sRefreshToken')
    expect(refresh).toMatchObject({ path: '/auth/session/refresh', httpOnly: true })
    expect(await page.evaluate(() => document.cookie)).not.toMatch(/sAccessToken|sRefreshToken/)
  })

  it('refreshes on the way to a page once the access token is over, and shows that page', async () => {
    const before = refreshes()
    await expect.poll(async () => (await account()) && refreshes()).toBeGreaterThan(before)
    await expect.poll(account).toContain('user-1')
    expect(page.url()).toBe(`${origin}/account`)
  })

  it('changes the payload of a live session in a route', async () => {
    const answered = await page.evaluate(async () => {
      const { status, headers } = await fetch('/api/seen', { method: 'POST' })
      const front = JSON.parse(atob(headers.get('front-token') ?? ''))
      return { status, seen: front.up.seen }
    })
    expect(answered).toEqual({ status: 200, seen: true })
  })

  it('signs nobody out while the core is away: the page comes back with it', async () => {
    core.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    await expect
      .poll(async () => (await page.goto(`${origin}/account`))?.status(), { interval: 500 })
      .toBe(503)
    core.heal()
    await expect.poll(account).toContain('user-1')
    expect(page.url()).toBe(`${origin}/account`)
    expect(problems.splice(0).filter((text) => !text.startsWith('503 '))).toEqual([])
  })

  it('ends the session by the route that front ends call', async () => {
    const status = await page.evaluate(async () => {
      const headers = { rid: 'session' }
      return (await fetch('/auth/signout', { method: 'POST', headers })).status
    })
    expect(status).toBe(200)
    await page.goto(`${origin}/account`)
    expect(page.url()).toBe(`${origin}/login?returnTo=%2Faccount`)
  })
})
