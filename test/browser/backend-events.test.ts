import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { nodeHandler } from '../../src/node/index.js'
import { applyCookies, createBackend, createRequestSessions } from '../../src/server/index.js'
import { createOidcServerWorld, PASSWORD } from '../server/oidc/oidc-server-world.js'
import { listen } from '../support/node-server.js'
import { findChromium, launch } from './chromium.js'

const SOON = { timeout: 20_000 }
const HTML = { 'content-type': 'text/html' }
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at('events-page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    alias: {
      'holdfast/providers/backend/events': at('../../dist/providers/backend/events.js'),
      'holdfast/providers/backend': at('../../dist/providers/backend/index.js'),
      holdfast: at('../../dist/index.js'),
    },
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

/** An app with a backend; `/enter` signs Ada in. */
async function startSite() {
  const script = await bundle()
  const world = createOidcServerWorld()
  const { now, sealed, oidc } = world
  const cookie = { password: PASSWORD, name: 'session', secure: false }
  const sessions = createRequestSessions({ sessions: sealed, cookie, now })
  let streams = 0
  let origin = ''

  async function enter(request: Request): Promise<Response> {
    const response = new Response(null, { status: 303, headers: { Location: '/' } })
    const held = request.headers.get('Cookie')
    const { setCookies } = await sessions.setSession(await world.grant(), held)
    applyCookies(response.headers, setCookies)
    return response
  }

  async function handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/enter') return enter(request)
    if (pathname === '/page.js') {
      return new Response(script, { headers: { 'content-type': 'text/javascript' } })
    }
    const page = '<!doctype html><link rel=icon href=data:,><script src=/page.js></script>'
    const answer = await backend.handle(request)
    return answer ?? new Response(pathname === '/' ? page : 'Elsewhere.', { headers: HTML })
  }

  const server = await listen(async (request, response) => {
    if (request.url === '/auth/events') {
      streams += 1
      response.once('close', () => {
        streams -= 1
      })
    }
    await nodeHandler(handle, { origin })(request, response)
  })
  origin = server.origin
  const backend = createBackend({
    sessions,
    signIn: oidc,
    password: PASSWORD,
    origin,
    now,
    events: true,
  })
  return { origin, sessions, close: server.close, streams: () => streams }
}

describe.skipIf(!findChromium())('pages that hear of ends in a real browser', () => {
  let browser: Browser
  let site: Awaited<ReturnType<typeof startSite>>
  let context: BrowserContext

  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    site = await startSite()
    context = await browser.newContext()
  })
  afterEach(async () => {
    await context?.close()
    await site?.close()
  })

  /** A tab in which Ada is signed in. */
  async function open(path: '/' | '/enter'): Promise<Page> {
    const tab = await context.newPage()
    await tab.goto(site.origin + path)
    await expect.poll(() => tab.evaluate(() => window.told.at(-1)), SOON).toContain('ada')
    return tab
  }

  it('are signed out at once, all of them, by one connection, which another takes over from one that closes', async () => {
    const [first, ...others] = [await open('/enter'), await open('/'), await open('/')]
    await expect.poll(() => site.streams(), SOON).toBe(1)
    await first?.close()
    await expect.poll(() => site.streams(), SOON).toBe(1)
    await site.sessions.endSessions({ userId: 'ada' })
    for (const tab of others) {
      await expect
        .poll(() => tab.evaluate(() => window.told.at(-1)), SOON)
        .toBe('SIGNED_OUT nobody')
    }
    await expect.poll(() => site.streams(), SOON).toBe(0)
  })

  it('hold no connection while they are put away, and hear on their way back what they missed', async () => {
    const tab = await open('/enter')
    await expect.poll(() => site.streams(), SOON).toBe(1)
    await tab.goto(`${site.origin}/elsewhere`)
    await expect.poll(() => site.streams(), SOON).toBe(0)
    await site.sessions.endSessions({ userId: 'ada' })
    await tab.goBack()
    await expect.poll(() => tab.evaluate(() => window.told.at(-1)), SOON).toMatch(/nobody$/)
    expect(site.streams()).toBe(0)
  })
})
