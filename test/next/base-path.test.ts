import { sealData, unsealData } from 'iron-session'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { memoryStorage } from '../../src/storage/memory.js'
import { type Answer, ask } from '../express/stage.js'
import { WITH_BASE_PATH } from './builds.js'
import { createHttpBrowser } from './http-browser.js'
import { ADA, buildProtected, type ProtectedApp, SECRET, startProtected } from './protected-app.js'

describe.each(WITH_BASE_PATH)(
  'an app with a `basePath`, of $title, seen by somebody who signs in:',
  (by) => {
    let app: ProtectedApp

    beforeAll(async () => {
      buildProtected(by)
      app = await startProtected(by)
    })
    afterAll(() => app?.stop())
    afterEach(() => expect(app.complaints()).toEqual([]))

    async function signedIn() {
      const browser = createHttpBrowser(app.origin)
      const begin = '/app/auth/sign-in?returnTo=/app/open'
      const ended = await browser.signIn(begin, app.workos.loginAs(ADA))
      return { ...browser, ended }
    }

    /** Who a page says it is, and by which token. */
    const shown = ({ text }: Answer): string[] =>
      /<p>([^<]*)<\/p>/.exec(text)?.[1]?.split(' ') ?? []

    it('the sign-in ends where it was to, and what is protected is open', async () => {
      const { ended, get } = await signedIn()
      expect([ended.status, ended.headers.location]).toEqual([303, `${app.origin}/app/open`])
      const pages = [await get('/app/open'), await get('/app/admin'), await get('/app/mine')]
      expect(pages.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(pages.map(({ text }) => [SECRET, ADA].some((words) => text.includes(words)))).toEqual([
        false,
        true,
        true,
      ])
    })

    // No `skipIf`: in CI that is a failure.
    if (by.hasEdgeRoute) {
      it('a route in the edge runtime knows who is there, by what the proxy has said', async () => {
        const { get } = await signedIn()
        expect((await get('/app/edge')).json()).toEqual({ runtime: 'edge', email: ADA })
        const stranger = createHttpBrowser(app.origin)
        expect((await stranger.get('/app/edge')).json()).toEqual({ runtime: 'edge', email: null })
      })
    }

    it('the page’s own client knows the session, refreshes and ends it', async () => {
      const { fetch, get, jar } = await signedIn()
      const provider = backend({ url: `${app.origin}/app/auth`, fetch })
      const client = new AuthClient({ provider, storage: memoryStorage() })
      try {
        expect((await client.getSession())?.user).toMatchObject({ email: ADA })
        const before = jar.get('holdfast')
        await client.refreshSession()
        expect(jar.get('holdfast')).not.toBe(before)
        const url = new URL(await client.actions.signOut({ returnTo: '/app' }))
        await client.signOut()
        expect(url.pathname).toBe('/user_management/sessions/logout')
        expect(url.searchParams.get('return_to')).toBe(`${app.origin}/app`)
      } finally {
        client.dispose()
      }
      expect([jar.size, (await get('/app/admin')).status]).toEqual([0, 303])
    })

    it('`getServerSideProps` sees the session that the proxy has just refreshed', async () => {
      const browser = await signedIn()
      const [, before] = shown(await browser.get('/app/whoami'))
      const [who, token] = shown(await browser.refresh('/app/whoami'))
      expect([who, token === before]).toEqual([ADA, false])
    })

    it('an API route refreshes the session, and ends it', async () => {
      const { get, jar, send } = await signedIn()
      const [, before] = shown(await get('/app/whoami'))
      const exchanges = app.workos.server.count('refresh_token')
      const renewed = await send('/app/api/renew', { method: 'POST' })
      expect(renewed.json()).toEqual({ email: ADA })
      expect(renewed.headers['cache-control']).toBe('private, no-store')
      expect(app.workos.server.count('refresh_token')).toBeGreaterThan(exchanges)
      const [who, token] = shown(await get('/app/whoami'))
      expect([who, token === before]).toEqual([ADA, false])
      const left = await send('/app/api/leave', { method: 'POST' })
      expect(left.json()).toEqual({
        url: expect.stringContaining('/user_management/sessions/logout?'),
      })
      expect([jar.size, (await get('/app/api/me')).json()]).toEqual([0, { user: null }])
    })

    const LOGOUT = expect.stringContaining('/user_management/sessions/logout?')

    it('so do Server Actions', async () => {
      const { get, jar, press } = await signedIn()
      const [, before] = shown(await get('/app/acts'))
      const exchanges = app.workos.server.count('refresh_token')
      const renewed = await press('/app/acts', 'Renew')
      expect([renewed.status, renewed.setCookies[0]]).toEqual([
        200,
        expect.stringMatching(/^holdfast=Fe26/),
      ])
      expect(app.workos.server.count('refresh_token')).toBeGreaterThan(exchanges)
      const [who, token] = shown(await get('/app/acts'))
      expect([who, token === before]).toEqual([ADA, false])
      const left = await press('/app/acts', 'Leave')
      expect([left.status, left.headers.location]).toEqual([303, LOGOUT])
      expect([jar.size, shown(await get('/app/acts'))]).toEqual([0, ['nobody', '']])
    })

    it('so do Route Handlers', async () => {
      const { get, jar, send } = await signedIn()
      const exchanges = app.workos.server.count('refresh_token')
      const renewed = await send('/app/renewal', { method: 'POST' })
      expect([renewed.json(), renewed.setCookies[0]]).toEqual([
        { email: ADA },
        expect.stringMatching(/^holdfast=Fe26/),
      ])
      expect(app.workos.server.count('refresh_token')).toBeGreaterThan(exchanges)
      const left = await send('/app/renewal', { method: 'DELETE' })
      expect([left.status, left.headers.location]).toEqual([307, LOGOUT])
      expect([jar.size, (await get('/app/api/me')).json()]).toEqual([0, { user: null }])
    })

    it('what a sibling host has planted beside the session changes nothing, for any reader', async () => {
      for (const isLast of [true, false]) {
        const held = `holdfast=${(await signedIn()).jar.get('holdfast')}`
        const cookie = isLast ? `${held}; holdfast=planted` : `holdfast=planted; ${held}`
        const pages = [
          await app.get('/app/acts', { cookie }),
          await app.get('/app/mine', { cookie }),
        ]
        expect(pages.map((page) => shown(page)[0])).toEqual([ADA, ADA])
        const wanted = { method: 'POST', headers: { cookie } }
        const renewed = await ask(app.origin, '/app/renewal', wanted)
        expect(renewed.json()).toEqual({ email: ADA })
      }
    })

    it('a page that another one intercepts is shown within that', async () => {
      const cookie = `holdfast=${(await signedIn()).jar.get('holdfast')}`
      const click = { cookie, RSC: '1', 'Next-Url': '/feed', 'Sec-Fetch-Mode': 'cors' }
      const { status, text } = await app.follow('/app/photos/1', click)
      expect([status, text.includes(`${SECRET}, in the feed`)]).toEqual([200, true])
    })

    it('goes on with the session that authkit-nextjs has left in its cookie', async () => {
      const password = app.workos.settings.WORKOS_COOKIE_PASSWORD
      const held = (await signedIn()).jar.get('holdfast') ?? ''
      const { accessToken, refreshToken, user } = await unsealData<Record<string, unknown>>(held, {
        password,
      })
      const left = await sealData({ accessToken, refreshToken, user }, { password, ttl: 0 })
      const { get, jar } = createHttpBrowser(app.origin)
      jar.set('wos-session', left)
      expect(shown(await get('/app/whoami'))[0]).toBe(ADA)
      expect([...jar.keys()]).toEqual(['holdfast'])
      expect(shown(await get('/app/acts'))[0]).toBe(ADA)
    })
  },
)
