import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ANY_SERVER, BEA, startAnyServer } from './any-server-app.js'
import { WITH_CACHE_COMPONENTS } from './builds.js'
import { createHttpBrowser } from './http-browser.js'

/** The life of the first access token, in ms: so short that a test sees it end. */
const LIFE = 6_000
/** That of those after it: no test takes as long. */
const LONG = 3_600_000
/** The age of a client, in ms, from which a sign-in with it is no longer that of the request that made it. */
const OLD = 11_000
/** What a developer reads whose client all requests share. */
const WARNING = 'all of them are this person now'
/** What a page shows of whoever is signed in. */
const SHOWN = `<p>${BEA.email}</p>`
/** A new cookie with a session. */
const SESSION = expect.stringMatching(/^session=Fe26/)

type App = Awaited<ReturnType<typeof startAnyServer>>
type Browser = ReturnType<typeof createHttpBrowser>

/** Loads the page with the client that all requests share, so that it is made. */
async function makeClient({ origin }: App): Promise<void> {
  const { text } = await createHttpBrowser(origin).get('/everybody')
  expect(text).toContain('<p>nobody</p>')
}

/** Somebody signs in with that client, and a stranger looks at the page. */
async function signInForAll({ origin }: App): Promise<void> {
  await createHttpBrowser(origin).press('/everybody', 'Sign in', BEA)
  const { text } = await createHttpBrowser(origin).get('/everybody')
  expect(text).toContain(SHOWN)
}

describe.each(WITH_CACHE_COMPONENTS)(
  'the app for any auth server in docs/next.md, made by `createNextSessions`, of $title',
  (by) => {
    let app: App
    let clientIsOld: Promise<void>

    beforeAll(async () => {
      app = await startAnyServer({ by, life: LONG })
      await makeClient(app)
      clientIsOld = delay(OLD)
    })
    afterAll(() => app?.stop())
    afterEach(() => app.checkLog())

    const exchanges = () => app.gotrue.count('refresh_token')

    async function signedIn() {
      const browser = createHttpBrowser(app.origin)
      const { status, headers } = await browser.press('/login', 'Sign in', BEA)
      expect([status, headers.location]).toEqual([303, '/login'])
      return browser
    }

    it('has all files of the example', () => {
      const names = ['lib/sessions.ts', 'app/login/actions.ts', 'app/login/page.tsx']
      expect([...ANY_SERVER.keys()]).toEqual(names)
    })

    it.each([
      ['COOKIE_PASSWORD', 'at least 32 characters'],
      ['APP_ORIGIN', '`origin`'],
    ] as const)(
      'says at its start what is wrong without %s, and serves nobody',
      async (name, words) => {
        const { log, status } = await app.startWithout(name)
        expect(/Failed to prepare server.*/.exec(log)?.[0]).toContain(words)
        expect(status).toBe(500)
      },
    )

    it('sends a stranger from what the proxy protects, and from the page, to the page of the sign-in', async () => {
      const stranger = createHttpBrowser(app.origin)
      const { status, headers } = await stranger.get('/admin')
      expect([status, headers.location]).toEqual([303, `/login?returnTo=%2Fadmin`])
      // Its head was sent before somebody asked who is there.
      expect((await stranger.get('/')).text).toContain(`${app.origin}/login?returnTo=%2F`)
    })

    it('signs people in by an action, refreshes in a route, and signs them out', async () => {
      const { get, jar, press, send } = createHttpBrowser(app.origin)
      const refused = await press('/login', 'Sign in', { ...BEA, password: 'wrong' })
      expect([refused.status, refused.headers.location]).toEqual([303, '/login?failed'])
      await press('/login', 'Sign in', BEA)
      const before = jar.get('session')
      expect((await get('/login')).text).toContain(SHOWN)
      app.gotrue.clearLog()
      const renewed = await send('/renew', { method: 'POST' })
      expect([renewed.status, renewed.json()]).toEqual([200, { email: BEA.email }])
      expect(renewed.setCookies).toEqual([SESSION])
      expect([exchanges(), jar.get('session') === before]).toEqual([1, false])
      expect((await get('/login')).text).toContain(SHOWN)
      const left = await press('/login', 'Sign out')
      expect([left.status, left.headers.location]).toEqual([303, `${app.origin}/login`])
      expect([jar.size, app.gotrue.sessions()]).toEqual([0, []])
      expect((await get('/login')).text).not.toContain(BEA.email)
    })

    describe('whoever comes with an expired cookie', () => {
      let one: Browser
      let ten: Browser
      let patient: Browser
      const cookieOf = ({ jar }: Browser): string => `session=${jar.get('session')}`

      beforeAll(async () => {
        app.gotrue.setAccessTokenLifetime(LIFE)
        one = await signedIn()
        ten = await signedIn()
        patient = await signedIn()
        app.gotrue.setAccessTokenLifetime(LONG)
        await delay(LIFE)
      })
      beforeEach(() => app.gotrue.clearLog())

      it('is on the page, by a refresh in the proxy, and their browser gets a new cookie', async () => {
        const stale = cookieOf(one)
        const page = await one.get('/')
        expect(page.text).toContain(SHOWN)
        expect(page.setCookies).toEqual([SESSION])
        expect([exchanges(), cookieOf(one) === stale]).toEqual([1, false])
        const again = await one.get('/')
        expect([again.text.includes(SHOWN), again.setCookies, exchanges()]).toEqual([true, [], 1])
      })

      it('ten times at once is on all ten pages, by one exchange', async () => {
        const stale = cookieOf(ten)
        const pages = await Promise.all(Array.from({ length: 10 }, () => ten.get('/')))
        expect(pages.map(({ text }) => text.includes(SHOWN))).toEqual(Array(10).fill(true))
        for (const { setCookies } of pages) {
          expect(setCookies).toEqual([SESSION])
          expect(setCookies[0]?.split(';')[0]).not.toBe(stale)
        }
        expect(exchanges()).toBe(1)
        expect([(await ten.get('/')).text.includes(SHOWN), exchanges()]).toEqual([true, 1])
      })

      it('in an outage reads that nobody can tell, and is on the page afterwards', async () => {
        app.gotrue.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
        expect((await patient.get('/')).text).toContain('You are not signed out')
        app.gotrue.heal()
        const shown = async () => (await patient.get('/')).text
        await expect.poll(shown, { interval: 300 }).toContain(SHOWN)
      })
    })

    it('warns of no client that all requests share: that is for those who develop', async () => {
      await clientIsOld
      await signInForAll(app)
      expect(app.log()).not.toContain(WARNING)
    })
  },
)

describe.each(WITH_CACHE_COMPONENTS)('the same app, of $title, while it is developed', (by) => {
  let app: App

  beforeAll(async () => {
    app = await startAnyServer({ by, life: LONG, isDev: true })
  })
  afterAll(() => app?.stop())

  it('is told in its log, once, that all requests share a client', {
    timeout: 400_000,
  }, async () => {
    await makeClient(app)
    await delay(OLD)
    await signInForAll(app)
    await signInForAll(app)
    await expect.poll(() => app.log().split(WARNING)).toHaveLength(2)
    app.checkLog()
  })
})
