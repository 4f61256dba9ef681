import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createScriptedGoTrue, type ScriptedGoTrue } from '../../src/testing/index.js'
import { signInContext } from '../../src/testing/playwright.js'
import { listen } from '../support/node-server.js'
import { findChromium, launch } from './chromium.js'

const AUTH = 'https://project.example/auth/v1'
const ADA = { email: 'ada@example.com', password: 'secret-1' }
const dist = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))

/** An app: a client as it is made by itself, and who is signed in. */
const APP = `
  import { AuthClient } from '${dist('index.js')}'
  import { gotrue } from '${dist('providers/gotrue/index.js')}'
  const auth = new AuthClient({ provider: gotrue({ url: '${AUTH}' }) })
  window.auth = auth
  auth.getSession().then((session) => { document.body.textContent = session?.user.email ?? 'nobody' })`

/** What the page of the app has for its test. */
declare const auth: AuthClient

async function startSite() {
  const { outputFiles } = await build({
    stdin: { contents: APP, resolveDir: dist('') },
    bundle: true,
    format: 'iife',
    write: false,
    tsconfigRaw: {},
  })
  const page = `<!doctype html><link rel=icon href=data:,><body></body><script>${outputFiles[0]?.text}</script>`
  return listen(async (_, response) => {
    response.setHeader('Content-Type', 'text/html').end(page)
  })
}

describe.skipIf(!findChromium())('an app in a Playwright context that starts signed in', () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof startSite>>
  let server: ScriptedGoTrue
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    site = await startSite()
    browser = await launch()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  beforeEach(async () => {
    server = createScriptedGoTrue({ users: [ADA] })
    context = await browser.newContext()
    await signInContext(context, {
      server,
      url: AUTH,
      appOrigin: site.origin,
      async signIn({ fetch, storage }) {
        const auth = new AuthClient({ provider: gotrue({ url: AUTH, fetch }), storage })
        await auth.signIn(ADA)
        auth.dispose()
      },
    })
    page = await context.newPage()
    await page.goto(site.origin)
  })

  afterEach(() => context.close())

  const says = (): Promise<string | null> => page.textContent('body:not(:empty)')

  it('knows the person, and refreshes at the scripted server', async () => {
    expect(await says()).toBe(ADA.email)
    const token = await page.evaluate(async () => (await auth.refreshSession()).session.accessToken)
    expect(token).toMatch(/^ey/)
    expect(server.requests.filter(({ grant }) => grant === 'refresh_token')).toHaveLength(1)
  })

  it('stays signed out after a sign-out, in the next page too', async () => {
    await says()
    await page.evaluate(() => auth.signOut())
    await page.reload()
    expect(await says()).toBe('nobody')
  })
})
