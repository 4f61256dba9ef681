import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { createScriptedGoTrue, createScriptedOidc, type ScriptedOidc } from 'holdfast/testing'
import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readGuide } from '../newcomer/guide.js'
import { listen } from '../support/node-server.js'
import { findChromium, launch } from './chromium.js'

const ISSUER = 'https://id.example.com'
const API = 'https://api.example.com'
const PROJECT = 'https://your-project.supabase.co'
/** On a busy machine, in ms. */
const SOON = { timeout: 60_000 }
const ADA = { email: 'ada@example.com', password: 'correct horse' }

const PAGE = `<!doctype html><html lang="en"><head><base href="/"><link rel="icon" href="data:,"></head>
<body><app-root></app-root><script type="module" src="/main.js"></script></body></html>`

/** What `ng new` writes, where a guide says nothing else. */
const MAIN = `import { bootstrapApplication } from '@angular/platform-browser'
import { appConfig } from './app/app.config'
import { App } from './app/app'

bootstrapApplication(App, appConfig).catch((err) => console.error(err))
`

/** The app of a guide as a script: its own files, whose templates are compiled where they run. */
async function buildGuide(name: string): Promise<string> {
  // Inside the package, it finds what was built by its own name.
  const folder = join(import.meta.dirname, '../../.tmp/angular-guide', name)
  rmSync(folder, { recursive: true, force: true })
  const { files } = readGuide(name)
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  // Its first module is no import: in a package without side effects, that would be left out.
  const contents = `import '@angular/compiler'\n${files.get('src/main.ts') ?? MAIN}`
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

describe.skipIf(!findChromium())('the app of a guide of Angular', () => {
  let browser: Browser
  let context: BrowserContext
  beforeAll(async () => {
    browser = await launch()
  })
  afterEach(() => context?.close())
  afterAll(() => browser?.close())

  /** Serves the app of a guide to somebody new. */
  async function serve(name: string) {
    const script = await buildGuide(name)
    const site = await listen(async (request, response) => {
      const [kind, text] = request.url === '/main.js' ? ['javascript', script] : ['html', PAGE]
      response.setHeader('content-type', `text/${kind}`).end(text)
    })
    context = await browser.newContext()
    const complaints: string[] = []
    context.on('weberror', (error) => complaints.push(String(error.error())))
    return { site, complaints }
  }

  async function signInByPassword(page: Page, password: string): Promise<void> {
    await page.getByLabel('Email').fill(ADA.email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  it('with GoTrue says why nobody is signed in, signs in, asks for its rows, and signs out in all tabs', async () => {
    const { site, complaints } = await serve('gotrue-angular')
    const server = createScriptedGoTrue({ users: [ADA], redirectUrls: ['**'] })
    await context.route(`${PROJECT}/**`, async (route) => {
      const request = await requestOf(route)
      if (!request.url.includes('/rest/')) return fulfill(route, await server.fetch(request))
      const headers = {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': '*, authorization, apikey',
      }
      const rows = [{ title: 'Water the plants' }]
      await fulfill(
        route,
        request.method === 'OPTIONS'
          ? new Response(null, { headers })
          : Response.json(rows, { headers }),
      )
    })
    const page = await context.newPage()
    try {
      await page.goto(`${site.origin}/`)
      await signInByPassword(page, 'wrong')
      await expect.poll(() => page.getByRole('alert').textContent(), SOON).not.toBe('')
      await signInByPassword(page, ADA.password)
      await page.getByRole('heading', { name: `Signed in as ${ADA.email}` }).waitFor()
      await page.getByRole('button', { name: 'Load todos' }).click()
      await page.getByRole('listitem').filter({ hasText: 'Water the plants' }).waitFor()
      const other = await context.newPage()
      await other.goto(`${site.origin}/`)
      await other.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      // The tabs do not wait for the server.
      await expect.poll(() => server.sessions(), SOON).toEqual([])
      expect(complaints).toEqual([])
    } finally {
      await site.close()
    }
  })

  it('with OpenID Connect signs in, stays signed in, asks its API, and signs out', async () => {
    const { site, complaints } = await serve('oidc-angular')
    const server = createServer(site.origin)
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
