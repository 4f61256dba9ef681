import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launch } from '../browser/chromium.js'
import { notice } from '../next/complaints.js'
import { complaintsIn } from '../support/next-log.js'
import { freePort } from '../support/processes.js'
import { turnsOf } from '../support/turns.js'
import { createDesk, type Desk, type Kind, type NewApp } from './desk.js'
import {
  ADA,
  type AuthServer,
  startOidcServer,
  startProject,
  startWorkOS,
  TODO,
} from './servers.js'

let desk: Desk
let browser: Browser
let context: BrowserContext | undefined
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  ;[desk, browser] = await Promise.all([createDesk(), launch()])
})
afterEach(async () => {
  await context?.close()
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(async () => {
  await browser?.close()
  await desk?.clear()
})

/** A page of somebody new; what its scripts complain of fails the test at its end, and `isStrict` what it is refused. */
async function openPage(isStrict = false): Promise<{
  readonly page: Page
  readonly complaints: readonly string[]
}> {
  context = await browser.newContext()
  const complaints: string[] = []
  if (isStrict) notice(context, complaints)
  else context.on('weberror', (error) => complaints.push(String(error.error())))
  return { page: await context.newPage(), complaints }
}

/** Notes what ends with the test. */
function until<Thing extends { close(): Promise<void> }>(thing: Thing): Thing {
  ends.push(() => thing.close())
  return thing
}

const freeOrigin = async (): Promise<{ readonly origin: string; readonly port: string }> => {
  const port = await freePort()
  return { origin: `http://localhost:${port}`, port: `${port}` }
}

/** Builds an app of Vite and serves what was built. */
async function preview(app: NewApp, { origin, port }: Awaited<ReturnType<typeof freeOrigin>>) {
  await app.run('npm run build')
  const line = `npx vite preview --host localhost --strictPort --port ${port}`
  const running = await app.serve(line, origin)
  ends.push(() => running.stop())
}

async function signInByPassword(page: Page): Promise<void> {
  await page.getByLabel('Email').fill(ADA.email)
  await page.getByLabel('Password').fill(ADA.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: `Signed in as ${ADA.email}` }).waitFor()
}

/** Waits until the server has seen one more exchange: by the page itself, or because `look` asks for the page. */
async function seeRefresh(server: AuthServer, look: () => Promise<unknown> = async () => {}) {
  const before = server.refreshes()
  await expect
    .poll(() => look().then(() => server.refreshes()), { timeout: 60_000, interval: 500 })
    .toBeGreaterThan(before)
}

/** Opens the link of a mail where nobody has asked for it, which asks before it signs in. */
async function openMail(page: Page, origin: string, tokenHash: string): Promise<void> {
  await page.goto(`${origin}/auth/confirm?token_hash=${tokenHash}&type=email&next=/account`)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: `Signed in as ${ADA.email}` }).waitFor()
}

/** Comes with nothing but the session that `@supabase/ssr` has left in its cookie, named by the host of the project. */
async function comeFromSupabaseSsr(page: Page, origin: string, session: string): Promise<void> {
  const value = `base64-${Buffer.from(session).toString('base64url')}`
  await page.context().clearCookies()
  await page.context().addCookies([{ name: 'sb-127-auth-token', value, url: origin }])
  await page.goto(`${origin}/account`)
  await page.getByRole('heading', { name: `Signed in as ${ADA.email}` }).waitFor()
  expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['holdfast'])
}

/** Serves an app of Next.js and the auth server of its own guide, and signs Ada in there. */
async function signInWithNext(
  name: string,
  set: (places: { readonly app: string; readonly server: string; readonly port: string }) => {
    readonly file: Readonly<Record<string, string>>
    readonly environment: Readonly<Record<string, string>>
  },
  choose: (page: Page) => Promise<unknown>,
): Promise<void> {
  const [place, auth] = [await freeOrigin(), await freeOrigin()]
  const { file, environment } = set({ app: place.origin, server: auth.origin, port: auth.port })
  const app = await desk.follow(name, 'next', { ...file, API_URL: auth.origin })
  await app.run('npm run build', environment)
  const line = 'node --env-file=.env.local auth-server.mjs'
  const server = await app.serve(line, auth.origin, { AUTH_PORT: auth.port })
  ends.push(() => server.stop())
  const running = await app.serve(`npx next start --port ${place.port}`, place.origin, environment)
  ends.push(() => running.stop())
  const test = 'node --env-file=.env.local --test'
  expect(await app.run(test, { APP_URL: place.origin })).toMatch(/pass 1/)
  const { page, complaints } = await openPage()
  await page.goto(place.origin)
  await page.getByRole('link', { name: 'Your account' }).click()
  await choose(page)
  await page.getByRole('heading', { name: 'Signed in as' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Your account' }).waitFor()
  expect([...complaints, ...complaintsIn(running.log())]).toEqual([])
}

/** Builds the page of a guide with GoTrue, in which Ada signs in, stays signed in, and signs out in all tabs. */
async function liveWithGoTrue(name: string, kind: Kind): Promise<{ readonly app: NewApp }> {
  const place = await freeOrigin()
  const server = until(await startProject())
  const settings = { VITE_SUPABASE_URL: server.origin, VITE_SUPABASE_KEY: 'public' }
  const app = await desk.follow(name, kind, settings)
  await preview(app, place)
  const { page, complaints } = await openPage()
  await page.goto(place.origin)
  await signInByPassword(page)
  await seeRefresh(server)
  await page.getByRole('button', { name: 'Load todos' }).click()
  await page.getByRole('listitem').filter({ hasText: TODO }).waitFor()
  const other = await page.context().newPage()
  await other.goto(place.origin)
  await other.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(complaints).toEqual([])
  return { app }
}

/** Builds the app of Next.js with SuperTokens beside the core of its own guide, in which Ada signs in and out. */
async function liveWithSuperTokens(): Promise<void> {
  const [place, core] = [await freeOrigin(), await freeOrigin()]
  const settings = { CORE_URL: core.origin, APP_ORIGIN: place.origin }
  const app = await desk.follow('supertokens-next', 'next', settings)
  await app.run('npm run build')
  const server = await app.serve('node auth-server.mjs', core.origin, { AUTH_PORT: core.port })
  ends.push(() => server.stop())
  const running = await app.serve(`npx next start --port ${place.port}`, place.origin)
  ends.push(() => running.stop())
  expect(await app.run('node --env-file=.env.local --test')).toMatch(/pass 1/)
  const { page, complaints } = await openPage()
  await page.goto(place.origin)
  await page.getByRole('link', { name: 'Your account' }).click()
  await signInByPassword(page)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect([...complaints, ...complaintsIn(running.log())]).toEqual([])
}

/** What a guide's password of cookies is here. */
const COOKIE_PASSWORD = 'the password of a test, which is no secret'

/** Builds an app and runs its own test. */
const buildAndTest =
  (name: string, kind: Kind, ...lines: readonly string[]) =>
  async (): Promise<void> => {
    const app = await desk.follow(name, kind, PRETENDED)
    for (const line of lines) await app.run(line)
  }

const VITE = ['npm run build', 'npx vitest run']

/** The other pairs whose apps can be made here: each is built, and its own test run, when it is its turn. */
const OTHERS: readonly { readonly name: string; readonly task: () => Promise<void> }[] = [
  { name: 'gotrue-vue', task: buildAndTest('gotrue-vue', 'vue', ...VITE) },
  {
    name: 'gotrue-svelte',
    task: buildAndTest('gotrue-svelte', 'svelte', 'npm run check', ...VITE),
  },
  {
    name: 'gotrue-solid',
    async task() {
      const { app } = await liveWithGoTrue('gotrue-solid', 'solid')
      await app.run('npx vitest run')
    },
  },
  ...['supertokens-vue', 'oidc-vue'].map((name) => ({
    name,
    task: buildAndTest(name, 'vue', ...VITE),
  })),
  ...['supertokens-svelte', 'oidc-svelte', 'workos-svelte'].map((name) => ({
    name,
    task: buildAndTest(name, 'svelte', 'npm run check', ...VITE),
  })),
  ...['supertokens-solid', 'oidc-solid', 'workos-solid'].map((name) => ({
    name,
    task: buildAndTest(name, 'solid', ...VITE),
  })),
  ...['gotrue-express', 'workos-express'].map((name) => ({
    name,
    task: buildAndTest(name, 'express', 'node --test'),
  })),
  { name: 'supertokens-next', task: liveWithSuperTokens },
  { name: 'workos-react', task: buildAndTest('workos-react', 'react', ...VITE) },
  { name: 'oidc-react', task: buildAndTest('oidc-react', 'react', ...VITE) },
  { name: 'supertokens-react', task: buildAndTest('supertokens-react', 'react', ...VITE) },
  {
    name: 'supertokens-express',
    task: buildAndTest('supertokens-express', 'express', 'node --test'),
  },
  {
    name: 'oidc-next',
    task: () =>
      signInWithNext(
        'oidc-next',
        ({ app, server }) => ({
          file: {
            OIDC_ISSUER: server,
            OIDC_CLIENT_ID: 'my-app',
            OIDC_CLIENT_SECRET: 'the-secret-of-the-client',
            OIDC_COOKIE_PASSWORD: COOKIE_PASSWORD,
            OIDC_REDIRECT_URI: `${app}/auth/callback`,
          },
          environment: {},
        }),
        // Its only person is signed in there.
        async () => {},
      ),
  },
  {
    name: 'workos-next',
    task: () =>
      signInWithNext(
        'workos-next',
        ({ app, port }) => ({
          file: {
            WORKOS_CLIENT_ID: 'client_123',
            WORKOS_API_KEY: 'sk_test_123',
            WORKOS_COOKIE_PASSWORD: COOKIE_PASSWORD,
            NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${app}/auth/callback`,
          },
          environment: {
            WORKOS_API_HOSTNAME: 'localhost',
            WORKOS_API_HTTPS: 'false',
            WORKOS_API_PORT: port,
          },
        }),
        (page) => page.getByRole('link', { name: ADA.email }).click(),
      ),
  },
]

/** Values for whatever a guide asks for; nobody is asked there. */
const PRETENDED = {
  VITE_SUPABASE_URL: 'http://localhost:9999',
  VITE_SUPABASE_KEY: 'public',
  VITE_WORKOS_CLIENT_ID: 'client_123',
  VITE_OIDC_ISSUER: 'http://localhost:9999',
  VITE_OIDC_CLIENT_ID: 'my-app',
  VITE_KEYCLOAK_URL: 'http://localhost:9999',
  VITE_KEYCLOAK_REALM: 'main',
  VITE_API_URL: 'http://localhost:9998',
  CORE_URL: 'http://localhost:3567',
  PAGE_ORIGIN: 'http://localhost:5173',
  SUPABASE_URL: 'http://localhost:9999',
  SUPABASE_KEY: 'public',
  WORKOS_CLIENT_ID: 'client_123',
  WORKOS_API_KEY: 'sk_test_123',
  COOKIE_PASSWORD,
  ORIGIN: 'http://localhost:3000',
  API_URL: 'http://localhost:9998',
}

describe('a newcomer who follows the guide', () => {
  it('of React with GoTrue builds it, signs in, stays signed in, and signs out in all tabs; and its component test passes', async () => {
    const { app } = await liveWithGoTrue('gotrue-react', 'react')
    expect(await app.run('npx vitest run')).toMatch(/2 passed/)
  })

  it('of Vue with WorkOS builds it, signs in, stays signed in, and signs out; and its component test passes', async () => {
    const place = await freeOrigin()
    const server = until(await startWorkOS(place.origin, 'client_123'))
    const settings = { VITE_WORKOS_CLIENT_ID: 'client_123', VITE_API_URL: server.origin }
    const app = await desk.follow('workos-vue', 'vue', settings)
    expect(await app.run('npx vitest run')).toMatch(/1 passed/)
    await preview(app, place)
    const { page, complaints } = await openPage()
    await server.attach(page.context())
    await page.goto(place.origin)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: ADA.email }).click() // on AuthKit's page
    await page.getByRole('heading', { name: `Signed in as ${ADA.email}` }).waitFor()
    await seeRefresh(server)
    await page.getByRole('button', { name: 'Ask the API' }).click()
    await page.getByText(TODO).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Welcome' }).waitFor()
    expect(page.url()).toBe(`${place.origin}/`)
    expect(complaints).toEqual([])
  })

  it('of Next.js with GoTrue builds it, signs in, stays signed in, and signs out; a link of a mail signs in there, and so does a cookie of @supabase/ssr', async () => {
    const { origin, port } = await freeOrigin()
    const server = until(await startProject())
    const app = await desk.follow('gotrue-next', 'next', {
      NEXT_PUBLIC_SUPABASE_URL: server.origin,
      NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: 'public',
      NEXT_PUBLIC_SITE_URL: origin,
      SUPABASE_COOKIE_PASSWORD: 'the password of a test, which is no secret',
    })
    await app.run('npm run build')
    const running = await app.serve(`npx next start --port ${port}`, origin)
    ends.push(() => running.stop())
    expect(await app.run('node --env-file=.env.local --test')).toMatch(/pass 2/)
    const { page, complaints } = await openPage(true)
    await page.goto(origin)
    await page.getByRole('link', { name: 'Your account' }).click()
    await signInByPassword(page)
    await seeRefresh(server, () => page.reload())
    await page.getByRole('heading', { name: `Signed in as ${ADA.email}` }).waitFor()
    await page.getByRole('listitem').filter({ hasText: TODO }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto(`${origin}/account`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await openMail(page, origin, await server.mail())
    await comeFromSupabaseSsr(page, origin, await server.signInElsewhere())
    expect([...complaints, ...complaintsIn(running.log())]).toEqual([])
  })

  it('of Express with OpenID Connect starts it, signs in, stays signed in, and signs out; and its test passes', async () => {
    const { origin, port } = await freeOrigin()
    const server = until(await startOidcServer(origin))
    const app = await desk.follow('oidc-express', 'express', {
      OIDC_ISSUER: server.origin,
      OIDC_CLIENT_ID: server.client.id,
      OIDC_CLIENT_SECRET: server.client.secret,
      COOKIE_PASSWORD: 'the password of a test, which is no secret',
      ORIGIN: origin,
      API_URL: server.origin,
    })
    expect(await app.run('node --test')).toMatch(/pass 1/)
    const running = await app.serve('node --env-file=.env server.js', origin, { PORT: port })
    ends.push(() => running.stop())
    const { page, complaints } = await openPage()
    await page.goto(origin)
    await page.getByRole('link', { name: 'Your account' }).click()
    const heading = page.getByRole('heading', { name: 'Signed in as Ada Lovelace' })
    await heading.waitFor()
    await seeRefresh(server, () => page.reload())
    await heading.waitFor()
    const orders = await page.goto(`${origin}/orders`)
    expect(await orders?.text()).toContain(TODO)
    expect(orders?.headers()['content-type']).toMatch(/^application\/json\b/)
    await page.goBack()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Your account' }).waitFor()
    expect(complaints).toEqual([])
  })
})

/** `HOLDFAST_GUIDES=all`: all of them. */
const TODAY = process.env.HOLDFAST_GUIDES === 'all' ? OTHERS : turnsOf(OTHERS, Date.now(), 1)

describe('today it is also the turn of the guide', () => {
  it.each(TODAY)('$name, whose app can be built and whose test passes', ({ task }) => task())
})
