import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { createScriptedOidc, type ScriptedOidc } from 'holdfast/testing'
import type { Browser, BrowserContext, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readGuide } from '../newcomer/guide.js'
import { listen } from '../support/node-server.js'
import { findChromium, launch } from './chromium.js'

const ISSUER = 'https://id.example.com'
const API = 'https://api.example.com'

const PAGE = `<!doctype html><html lang="en"><head><base href="/"><link rel="icon" href="data:,"></head>
<body><app-root></app-root><script type="module" src="/main.js"></script></body></html>`

/** The app of the guide as a script: its own files, whose templates are compiled where they run. */
async function buildGuide(): Promise<string> {
  // Inside the package, it finds what was built by its own name.
  const folder = join(import.meta.dirname, '../../.tmp/angular-guide')
  rmSync(folder, { recursive: true, force: true })
  const { files } = readGuide('oidc-angular')
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  // Its first module is no import: in a package without side effects, that would be left out.
  const contents = `import '@angular/compiler'\n${files.get('src/main.ts')}`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(folder, 'src'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    target: 'es2022',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

/** An auth server with the client that the guide has registered for an app at `origin`. */
const createServer = (origin: string) =>
  createScriptedOidc({
    // At a sign-out it sends people back without a question.
    manners: 'keycloak',
    issuer: ISSUER,
    accessTokenLifetime: 6_000,
    rotation: { type: 'on' },
    clients: [{ id: 'my-app', redirectUris: [`${origin}/callback`] }],
    people: [{ sub: 'ada', name: 'Ada Lovelace' }],
  })

/** What a browser asks for, as a request. */
async function requestOf(route: Route): Promise<Request> {
  const asked = route.request()
  const body = asked.postData()
  const [method, headers] = [asked.method(), await asked.allHeaders()]
  return new Request(asked.url(), { method, headers, ...(body && { body }) })
}

async function fulfill(route: Route, answer: Response): Promise<void> {
  const headers = Object.fromEntries(answer.headers)
  await route.fulfill({ status: answer.status, headers, body: await answer.text() })
}

/** Answers as an API that pages of everywhere may ask. */
async function answerApi(server: ScriptedOidc, request: Request): Promise<Response> {
  const answer =
    request.method === 'OPTIONS'
      ? new Response(null, { status: 204 })
      : await server.guard(request, () => new Response('Hello from the API'))
  answer.headers.set('access-control-allow-origin', '*')
  answer.headers.set('access-control-allow-headers', 'authorization')
  return answer
}

describe.skipIf(!findChromium())('the app of the guide of Angular', () => {
  let browser: Browser
  let script = ''
  let context: BrowserContext
  beforeAll(async () => {
    ;[browser, script] = await Promise.all([launch(), buildGuide()])
  })
  afterEach(() => context?.close())
  afterAll(() => browser?.close())

  it('signs in, stays signed in, asks its API, and signs out', async () => {
    const site = await listen(async (request, response) => {
      const [kind, text] = request.url === '/main.js' ? ['javascript', script] : ['html', PAGE]
      response.setHeader('content-type', `text/${kind}`).end(text)
    })
    const server = createServer(site.origin)
    context = await browser.newContext()
    const complaints: string[] = []
    context.on('weberror', (error) => complaints.push(String(error.error())))
    await context.route(`${ISSUER}/**`, async (route) =>
      fulfill(route, await server.fetch(await requestOf(route))),
    )
    await context.route(`${API}/**`, async (route) =>
      fulfill(route, await answerApi(server, await requestOf(route))),
    )
    const page = await context.newPage()
    try {
      await page.goto(`${site.origin}/`)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Signed in as Ada Lovelace' }).waitFor()
      await expect.poll(() => server.count('refresh_token'), { timeout: 60_000 }).toBeGreaterThan(0)
      await page.getByRole('button', { name: 'Ask the API' }).click()
      await page.getByText('Hello from the API').waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Welcome' }).waitFor()
      expect([page.url(), server.liveSessions(), complaints]).toEqual([`${site.origin}/`, 0, []])
    } finally {
      await site.close()
    }
  })
})
