import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launch } from '../browser/chromium.js'
import { WITH_CACHE_COMPONENTS } from './builds.js'
import { notice } from './complaints.js'
import { createHttpBrowser } from './http-browser.js'
import { startToday } from './today-app.js'

/** The life of an access token, in ms: no page takes as long. */
const LIFE = 3_600_000

/** What is answered to requests ahead of a click: the statuses, and the types of what comes. */
const ROUTED = '200 text/x-component'
const PAGE = '200 text/html; charset=utf-8'
const NOTHING = '200 nothing'
const LATER = '503 application/json'

type App = Awaited<ReturnType<typeof startToday>>

/** Signs in, loads the page twice, and presses the buttons of Server Actions, as a browser without scripts does. */
async function live({ origin, oidc, issuer, login }: App): Promise<void> {
  const { get, jar, press, signIn } = createHttpBrowser(origin)
  /** Who the page with the buttons says it is, and by which token. */
  async function shown(): Promise<string[]> {
    const { text } = await get('/actions')
    return /<p>([^<]*)<\/p>/.exec(text)?.[1]?.split(' ') ?? []
  }
  expect((await get('/admin')).status).toBe(303)
  await signIn('/auth/sign-in', login)
  const loads = [await get('/'), await get('/')]
  for (const { text } of loads) expect(text).toContain('<p>ada</p>')
  const [, before] = await shown()
  const exchanges = oidc.count('refresh_token')
  const renewed = await press('/actions', 'Renew')
  expect([renewed.status, renewed.setCookies[0]]).toEqual([
    200,
    expect.stringMatching(/^holdfast=/),
  ])
  expect(oidc.count('refresh_token')).toBeGreaterThan(exchanges)
  const [who, token] = await shown()
  expect([who, token === before]).toEqual(['ada', false])
  const left = await press('/actions', 'Leave')
  expect([left.status, left.headers.location]).toEqual([
    303,
    expect.stringContaining(`${issuer}/session/end?`),
  ])
  expect([jar.size, await shown()]).toEqual([0, ['nobody', '']])
}

describe.each(WITH_CACHE_COMPONENTS)('the app of docs/next.md, of $title, built', (by) => {
  let app: App
  let chromium: Browser | undefined

  beforeAll(async () => {
    app = await startToday({ by, life: LIFE })
  })
  afterAll(async () => {
    await chromium?.close()
    await app?.stop()
  })
  afterEach(() => app.checkLog())

  it('refreshes and signs out in Server Actions', () => live(app))

  /** Opens the page with links in a new browser, and tells what came of each request ahead of a click. */
  async function ahead(isSignedIn: boolean) {
    chromium ??= await launch()
    const context = await chromium.newContext()
    const problems: string[] = []
    notice(context, problems)
    const page = await context.newPage()
    if (isSignedIn) await page.goto(`${app.origin}/auth/sign-in?returnTo=/actions`)
    const before = await context.cookies()
    const answers = new Map<string, string>()
    context.on('response', (response) => {
      const { pathname, search } = new URL(response.url())
      const [way] = /_rsc|ahead/.exec(search) ?? []
      const type = response.headers()['content-type'] ?? 'nothing'
      if (way) answers.set(`${pathname} ${way}`, `${response.status()} ${type}`)
    })
    await page.goto(`${app.origin}/links`)
    await expect.poll(() => answers.size).toBe(6)
    const begun = (await context.cookies()).length - before.length
    return { page, answers: Object.fromEntries(answers), begun, problems }
  }

  describe.skipIf(!findChromium())('in Chromium, which follows links ahead of a click:', () => {
    it('Next’s router is refused nothing, its own rules are told to come later, and no sign-in begins', async () => {
      const { page, answers, begun, problems } = await ahead(false)
      expect(answers).toEqual({
        '/ _rsc': ROUTED,
        '/ ahead': PAGE,
        '/admin _rsc': NOTHING,
        '/admin ahead': LATER,
        '/auth/sign-in _rsc': NOTHING,
        '/auth/sign-in ahead': LATER,
      })
      expect(begun).toBe(0)
      // The server asks nobody who it is.
      await page.click('text=What is protected')
      await expect.poll(() => page.textContent('body')).toContain('for few eyes')
      expect(page.url()).toBe(`${app.origin}/admin`)
      expect([...new Set(problems)].sort()).toEqual(['503 GET /admin', '503 GET /auth/sign-in'])
      await page.context().close()
    })

    it('whoever is signed in gets the pages, and keeps the session', async () => {
      const { page, answers, begun, problems } = await ahead(true)
      expect(answers).toEqual({
        '/ _rsc': ROUTED,
        '/ ahead': PAGE,
        '/admin _rsc': ROUTED,
        '/admin ahead': PAGE,
        '/auth/sign-in _rsc': NOTHING,
        '/auth/sign-in ahead': LATER,
      })
      expect([begun, ...new Set(problems)]).toEqual([0, '503 GET /auth/sign-in'])
      await page.context().close()
    })
  })
})

describe.each(WITH_CACHE_COMPONENTS)(
  'the app of docs/next.md, of $title, while it is developed',
  (by) => {
    let app: App

    beforeAll(async () => {
      app = await startToday({ by, life: LIFE, isDev: true })
    })
    afterAll(() => app?.stop())

    it('refreshes and signs out too, and Next warns of nothing', { timeout: 400_000 }, async () => {
      await live(app)
      app.checkLog()
    })

    it('renders a page whose module makes a client, and Next warns of no unstable value', async () => {
      const { status, text } = await createHttpBrowser(app.origin).get('/tools')
      expect([status, text.includes('Leave')]).toEqual([200, true])
      app.checkLog()
    })
  },
)
