import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EMPTY, PANEL, tracesIn } from '../devtools/traces.js'
import { WITH_CACHE_COMPONENTS } from './builds.js'
import { createHttpBrowser } from './http-browser.js'
import { EXAMPLE, startToday } from './today-app.js'

/** The life of an access token, in ms: so short that a test sees it end. */
const LIFE = 3_000
/** What the page shows of whoever is signed in. */
const ADA = '<p>ada</p>'

describe.each(WITH_CACHE_COMPONENTS)(
  'the app of docs/next.md, with what create-next-app writes today, of $title',
  (by) => {
    let app: Awaited<ReturnType<typeof startToday>>
    let browser: ReturnType<typeof createHttpBrowser>

    beforeAll(async () => {
      app = await startToday({ by, life: LIFE })
      browser = createHttpBrowser(app.origin)
    })
    afterAll(() => app?.stop())
    afterEach(() => app.checkLog())

    const signIn = () => browser.signIn('/auth/sign-in', app.login)
    const shows = async (words: string): Promise<boolean> =>
      (await browser.get('/')).text.includes(words)

    it('has all files of the example', () => {
      expect([...EXAMPLE.keys()]).toEqual([
        'lib/auth.ts',
        'proxy.ts',
        'app/auth/[...auth]/route.ts',
        'instrumentation.ts',
        'app/page.tsx',
      ])
    })

    it('has nothing of the devtools in what pages load, though a page shows them', () => {
      const pages = join(app.folder, '.next/static')
      const texts = readdirSync(pages, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.js'))
        .map((name) => readFileSync(join(pages, name), 'utf8'))
      expect(texts.filter((text) => text.includes(EMPTY))).toHaveLength(1)
      expect(texts.flatMap((text) => tracesIn(text, PANEL))).toEqual([])
    })

    it('names a variable that is missing when it starts, and serves nobody', async () => {
      const { log, status } = await app.startWithout('OIDC_COOKIE_PASSWORD')
      expect(/Failed to prepare server.*/.exec(log)?.[0]).toContain('or set OIDC_COOKIE_PASSWORD.')
      expect(status).toBe(500)
    })

    it('sends a stranger to the sign-in, from the proxy and from the page', async () => {
      const { status, headers } = await browser.get('/admin')
      expect([status, headers.location]).toEqual([303, '/auth/sign-in?returnTo=%2Fadmin'])
      // Its head was sent before somebody asked who is there.
      expect(await shows(`${app.origin}/auth/sign-in?returnTo=%2F`)).toBe(true)
    })

    it('says who is signed in, and asks once for ten pages that wake after the expiry', async () => {
      await signIn()
      expect(await shows(ADA)).toBe(true)
      app.oidc.clearLog()
      await expect
        .poll(async () => (await browser.get('/')) && app.oidc.count('refresh_token'))
        .toBe(1)
      const stale = new Map(browser.jar)
      await new Promise((resolve) => setTimeout(resolve, LIFE))
      app.oidc.clearLog()
      // The next token outlives the ten pages, however busy the machine is.
      app.oidc.setAccessTokenLifetime(3_600_000)
      const pages = await Promise.all(Array.from({ length: 10 }, () => browser.get('/')))
      expect(pages.map(({ text }) => text.includes(ADA))).toEqual(Array(10).fill(true))
      expect(app.oidc.count('refresh_token')).toBe(1)
      expect(browser.jar).not.toEqual(stale)
      app.oidc.setAccessTokenLifetime(LIFE)
    })

    it('answers Next’s own prefetches by pages, and those of the sign-in by nothing', async () => {
      const ahead = {
        RSC: '1',
        'Next-Router-Prefetch': '1',
        'Next-Url': '/',
        'sec-fetch-mode': 'cors',
      }
      const page = await browser.get('/?_rsc=1', ahead)
      expect(page.status).toBeLessThan(400)
      const signIn = await browser.get('/auth/sign-in', ahead)
      const followed = signIn.headers.location
        ? await browser.get(signIn.headers.location, ahead)
        : signIn
      expect([followed.status, followed.text, followed.setCookies]).toEqual([200, '', []])
    })

    it('says that nobody can tell, while an outage outlasts the token, and goes on afterwards', async () => {
      await signIn()
      app.oidc.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
      await expect.poll(() => shows('You are not signed out'), { interval: 300 }).toBe(true)
      app.oidc.heal()
      await expect.poll(() => shows(ADA), { interval: 300 }).toBe(true)
    })
  },
)
