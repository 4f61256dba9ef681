import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { listen, type NodeServer, relay, toRequest } from '../support/node-server.js'
import { findChromium, launch } from './chromium.js'

const script = readFileSync(new URL('../../dist/browser.js', import.meta.url))

/** The block of the documentation that shows it. */
const [, BLOCK = ''] =
  /```html\n(<script type="module">[\s\S]*?)```/.exec(
    readFileSync(new URL('../../docs/start.md', import.meta.url), 'utf8'),
  ) ?? []

const PAGE = `<!doctype html><title>One file</title><link rel=icon href=data:,>
<script type="module">
  import { AuthClient, gotrue, webStorage } from './holdfast.js'
  const auth = new AuthClient({
    provider: gotrue({ url: location.origin + '/auth/v1', apiKey: 'anon' }),
    storage: webStorage(),
  })
  const first = await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
  const { session, user } = await auth.refreshSession()
  // Two access tokens of one second are the same text.
  const isNew = session.refreshToken !== first.session.refreshToken
  document.title = user.email + (isNew ? ' has a new token' : ' is stale')
</script>`

/** A page that has the block, with this server in place of the reader's own. */
const startPage = (origin: string): string =>
  `<!doctype html><title>Start</title><link rel=icon href=data:,>${BLOCK.replace(
    'https://project.example',
    origin,
  )}`

describe.skipIf(!findChromium())('a page without a bundler', () => {
  const users = [{ email: 'ada@example.com', password: 'correct horse' }]
  const gotrue = createScriptedGoTrue({ users, redirectUrls: ['**'] })
  let browser: Browser
  let server: NodeServer

  beforeAll(async () => {
    server = await listen(async (request, response) => {
      const { url = '/' } = request
      if (url.startsWith('/auth/v1/')) {
        const answer = await gotrue.fetch(
          await toRequest(request, `http://${request.headers.host}`),
        )
        return relay(answer, response)
      }
      const isScript = url === '/holdfast.js' || url === '/browser.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(isScript ? script : url === '/start' ? startPage(server.origin) : PAGE)
    })
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it('signs in and refreshes with the one file, which asks for no other', async () => {
    const page = await browser.newPage()
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.resourceType() === 'script') asked.push(new URL(request.url()).pathname)
    })
    await page.goto(server.origin)
    await expect.poll(() => page.title()).toBe('ada@example.com has a new token')
    expect(asked).toEqual(['/holdfast.js'])
  })

  it('signs in by the block of Start, as it stands there', async () => {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${server.origin}/start`)
    await expect
      .poll(() => page.evaluate(() => Object.values(localStorage).join()))
      .toContain('ada@example.com')
    expect(complaints).toEqual([])
  })
})
