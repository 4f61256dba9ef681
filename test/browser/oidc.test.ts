import { decodeJwt } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, type ExpectStatic, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { events, play, SERVERS, shown, start, type Tabs, token } from './oidc-tabs.js'

/** What the answer in the address of a page came to: who is signed in, or why nobody is. */
const finish = (page: Page) =>
  page.evaluate(() =>
    window.login.auth.actions.handleRedirect().then(
      (back) => back && { user: back.user?.id, state: back.state, returnTo: back.returnTo },
      ({ code, serverCode, message }) => ({ code, serverCode, message }),
    ),
  )

/** What a script finds of private keys in all databases of the page. */
async function readKeys(): Promise<object[]> {
  const done = <Result>(request: IDBRequest<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const found: object[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      for (const kept of await done(database.transaction(store).objectStore(store).getAll())) {
        const { privateKey } = kept
        if (!(privateKey instanceof CryptoKey)) continue
        const { type, extractable } = privateKey
        const exported = await crypto.subtle.exportKey('jwk', privateKey).then(
          () => 'exported',
          (error: DOMException) => error.name,
        )
        found.push({ type, extractable, exported })
      }
    }
    database.close()
  }
  return found
}

describe.skipIf(!findChromium()).each(SERVERS)(
  'people of a real oidc-provider $name, in Chromium:',
  (mode) => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launch()
    })
    afterAll(() => browser?.close())

    // They are different people, each with a server.
    const story = (name: string, tell: (tabs: Tabs) => Promise<void>): void =>
      it.concurrent(name, ({ expect }: { expect: ExpectStatic }) =>
        play({ browser, mode, expect }, tell),
      )

    story(
      'go to the server and come back signed in, in all tabs, with what was kept for them',
      async ({ app, tab, leave, expect }) => {
        const [page, sibling] = [await tab(), await tab()]
        await leave(page, { state: 'mine', returnTo: '/orders' })
        expect(page.url()).toContain(`${app}/callback?code=`)
        expect(await finish(page)).toEqual({
          user: 'ada',
          state: 'mine',
          returnTo: `${app}/orders`,
        })
        // What is left in the address is of no use to anybody who reads it.
        expect(page.url()).toBe(`${app}/callback`)
        await expect.poll(() => shown(sibling)).toBe('ada')
        expect(await events(sibling)).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
        expect(await token(sibling)).toBe(await token(page))
      },
    )

    story(
      'stay signed in when they load the page again, and nobody is asked until they need more',
      async (tabs) => {
        const { app, way, tab, signIn, refresh, exchanges, expect } = tabs
        const page = await tab()
        await signIn(page)
        const before = await token(page)
        way.forget()
        await page.goto(app)
        await start(page, tabs)
        expect(await token(page)).toBe(before)
        expect(await finish(page)).toBeNull()
        expect(way.refreshes).toEqual([])
        // Where the token endpoint is, the session knows.
        expect(await refresh(page)).toBe('ada')
        expect(exchanges().length).toBe(1)
        expect(way.count('/.well-known/openid-configuration')).toBe(0)
      },
    )

    story(
      'get tokens that are bound to a key of theirs where the server does that',
      async (tabs) => {
        const { settings, tab, signIn, refresh, expect } = tabs
        const page = await tab()
        await signIn(page)
        for (const next of [null, 'refresh']) {
          if (next) expect(await refresh(page)).toBe('ada')
          const type = await page.evaluate(
            () => window.login.auth.getSnapshot().session?.extras.token_type,
          )
          expect(type).toBe(settings.bound ? 'DPoP' : 'Bearer')
          if (settings.api) {
            const { cnf } = decodeJwt(String(await token(page)))
            expect(cnf).toEqual(settings.bound ? { jkt: expect.any(String) } : undefined)
          }
        }
      },
    )

    if (mode.options.nonces) {
      story('have a key that no script can read out', async ({ tab, signIn, expect }) => {
        const page = await tab()
        await signIn(page)
        expect(await page.evaluate(readKeys)).toEqual([
          { type: 'private', extractable: false, exported: 'InvalidAccessError' },
        ])
      })
    }

    story('may have two sign-ins under way, in two tabs', async ({ tab, leave, expect }) => {
      const [one, two] = [await tab(), await tab()]
      await leave(one, { state: 'one' })
      await leave(two, { state: 'two' })
      expect(await finish(two)).toMatchObject({ user: 'ada', state: 'two' })
      expect(await finish(one)).toMatchObject({ user: 'ada', state: 'one' })
      await expect.poll(() => token(two)).toBe(await token(one))
    })

    story('may have the callback page in two tabs at once: its code is sent once', async (tabs) => {
      const { tab, leave, refresh, expect } = tabs
      const [one, two] = [await tab(), await tab()]
      await leave(one)
      await two.goto(one.url())
      await start(two, tabs)
      const outcomes = await Promise.all([finish(one), finish(two)])
      expect(outcomes).toContainEqual(expect.objectContaining({ user: 'ada' }))
      expect(outcomes).toContainEqual(expect.objectContaining({ code: 'invalid_credentials' }))
      // The server would have ended the session at a second code.
      expect(await refresh(one)).toBe('ada')
      expect(await refresh(two)).toBe('ada')
    })

    story('may say no, and are told so', async ({ tab, leave, expect }) => {
      const page = await tab()
      await leave(page, { loginHint: 'nobody' })
      expect(await finish(page)).toEqual({
        code: 'rejected',
        serverCode: 'access_denied',
        message: 'The address says: “Ada said no.”',
      })
      expect(await shown(page)).toBe('signed-out')
    })

    story(
      'who are nobody’s at the server hear that they must be asked',
      async ({ tab, leave, expect }) => {
        const page = await tab()
        await leave(page, { prompt: 'none' })
        expect(await finish(page)).toMatchObject({
          code: 'step_required',
          serverCode: 'login_required',
        })
      },
    )

    story('are not signed in by an answer that another browser asked for', async (tabs) => {
      const { context, tab, leave, expect } = tabs
      const page = await tab()
      await leave(page)
      const stranger = await context.browser()?.newContext()
      const theirs = await stranger?.newPage()
      if (!theirs) throw new Error('There is no second browser.')
      await theirs.goto(page.url())
      await start(theirs, tabs)
      expect(await finish(theirs)).toMatchObject({ code: 'invalid_credentials' })
      await stranger?.close()
      // It was nobody's loss.
      expect(await finish(page)).toMatchObject({ user: 'ada' })
    })

    story('sign out in all tabs and at the server, which then knows nobody', async (tabs) => {
      const { app, server, tab, signIn, leave, expect } = tabs
      const [page, sibling] = [await tab(), await tab()]
      await signIn(page)
      await expect.poll(() => shown(sibling)).toBe('ada')
      const address = await page.evaluate(
        (home) => window.login.auth.actions.signOutUrl({ postLogoutRedirectUri: `${home}/bye` }),
        app,
      )
      await page.evaluate(() => window.login.auth.signOut())
      await expect.poll(() => shown(sibling)).toBe('signed-out')
      expect(await sibling.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('eyJ')
      await page.goto(address)
      await page.click('button[value=yes]')
      await page.waitForURL(`${app}/bye`)
      await start(page, tabs)
      await leave(page, { prompt: 'none' })
      expect(await finish(page)).toMatchObject({ serverCode: 'login_required' })
      expect(server.requests).toEqual([])
    })
  },
)
