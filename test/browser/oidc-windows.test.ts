import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, type ExpectStatic, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { play, SERVERS, shown, start, type Tabs, token } from './oidc-tabs.js'

/** Who is signed in by a sign-in in a popup, which a click begins; or why nobody is. */
async function clickForPopup(page: Page): Promise<void> {
  await page.evaluate(() => {
    const button = document.createElement('button')
    button.textContent = 'Sign in'
    button.addEventListener('click', () => {
      window.outcome = window.login.window.signIn().then(
        ({ user }) => String(user?.id),
        ({ code, serverCode }) => `${code} ${serverCode}`,
      )
    })
    document.body.append(button)
  })
  await page.click('button')
}
/** While a popup is in front this page has no focus; but Playwright tells all pages that they have it. */
const setFocus = (page: Page, focus: boolean) =>
  page.evaluate((has) => {
    document.hasFocus = () => has
  }, focus)
/** What the callback page has said that was open last. */
const handedBack = (page: Page) => page.evaluate(() => localStorage.getItem('handed back'))
const outcome = (page: Page) => page.evaluate(() => window.outcome)

const silently = (page: Page) =>
  page.evaluate(() =>
    window.login.signInSilently().then(
      ({ user }) => ({ user: user?.id }),
      ({ code, serverCode, message }) => ({ code, serverCode, message }),
    ),
  )
const frames = (page: Page) => page.evaluate(() => document.querySelectorAll('iframe').length)

declare global {
  interface Window {
    outcome: Promise<string>
  }
}

/** How a server rotates is nothing to a window. */
const MODES = SERVERS.filter(({ options }) => options.api)

describe.skipIf(!findChromium()).each(MODES)(
  'a page of a real oidc-provider $name, in Chromium:',
  (mode) => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launch()
    })
    afterAll(() => browser?.close())

    const story = (name: string, tell: (tabs: Tabs) => Promise<void>): void =>
      it.concurrent(name, ({ expect }: { expect: ExpectStatic }) =>
        play({ browser, mode, expect }, tell),
      )

    story(
      'stays where it is when somebody signs in in a popup, which then closes',
      async (tabs) => {
        const { app, context, expect } = tabs
        const [page, sibling] = [await tabs.tab(), await tabs.tab()]
        await clickForPopup(page)
        expect(await outcome(page)).toBe('ada')
        expect(page.url()).toBe(`${app}/`)
        await expect.poll(() => shown(sibling)).toBe('ada')
        expect(await token(sibling)).toBe(await token(page))
        await expect.poll(() => context.pages().length).toBe(2)
      },
    )

    story('hears of a sign-in in a popup that its server has cut off', async (tabs) => {
      const { way, context, expect } = tabs
      way.addHeader('cross-origin-opener-policy', 'same-origin')
      const page = await tabs.tab()
      await setFocus(page, false)
      await clickForPopup(page)
      expect(await outcome(page)).toBe('ada')
      expect(await shown(page)).toBe('ada')
      // The window is gone before anybody can ask it.
      await expect.poll(() => context.pages().length).toBe(1)
      expect(await handedBack(page)).toBe('true')
    })

    story(
      'goes on in a tab that a link to the callback page of a popup has opened',
      async (tabs) => {
        const page = await tabs.context.newPage()
        await page.goto(`${tabs.app}/callback?code=x&state=y.popup`)
        await tabs.expect.poll(() => handedBack(page)).toBe('false')
      },
    )

    story('hears that somebody closed the popup, and nobody is signed in', async (tabs) => {
      const { context, way, expect } = tabs
      const page = await tabs.tab()
      // The server shows a page: somebody is to type there.
      way.trouble({ type: 'status', status: 200 }, { path: '/auth' })
      const opened = context.waitForEvent('page')
      await setFocus(page, false)
      await clickForPopup(page)
      const popup = await opened
      await popup.waitForLoadState()
      // The page looks twice in a second whether it has lost it.
      await page.waitForTimeout(1_000)
      await setFocus(page, true)
      await popup.close()
      expect(await outcome(page)).toBe('aborted popup_closed')
      expect(await shown(page)).toBe('signed-out')
    })

    story(
      'learns in a frame who is signed in at the server, and leaves none behind',
      async (tabs) => {
        const { expect } = tabs
        const page = await tabs.tab()
        await tabs.signIn(page)
        await page.evaluate(() => localStorage.clear())
        await page.goto(tabs.app)
        await start(page, tabs)
        expect(await silently(page)).toEqual({ user: 'ada' })
        expect(await shown(page)).toBe('ada')
        expect(await frames(page)).toBe(0)
      },
    )

    story('is told in a frame that somebody must be asked', async (tabs) => {
      const { expect } = tabs
      const page = await tabs.tab()
      expect(await silently(page)).toMatchObject({
        code: 'step_required',
        serverCode: 'login_required',
      })
      expect(await frames(page)).toBe(0)
    })

    story(
      'gets its next token in one frame for all tabs, where there is no refresh token',
      async (tabs) => {
        const { server, way, expect } = tabs
        const opening = { renewsInFrame: true, autoRefresh: false }
        const pages = await tabs.tabs(3, opening)
        const [first] = pages
        server.setLifetime(3)
        await tabs.signIn(first, opening)
        const before = await token(first)
        for (const page of pages) await expect.poll(() => token(page)).toBe(before)
        server.setLifetime(3_600)
        await new Promise((resolve) => setTimeout(resolve, 3_200))
        way.forget()
        const tokens = new Set(await Promise.all(pages.map(token)))
        expect(tokens.size).toBe(1)
        expect([...tokens]).not.toContain(before)
        expect(way.count('/auth')).toBe(1)
        expect(way.refreshes).toEqual([])
      },
    )

    story('does not wait for ever for a server that shows a page in the frame', async (tabs) => {
      const { way, expect } = tabs
      const page = await tabs.tab({ requestTimeout: 1_500 })
      way.trouble({ type: 'status', status: 200 }, { path: '/auth' })
      expect(await silently(page)).toMatchObject({ code: 'timeout' })
      expect(await frames(page)).toBe(0)
    })
  },
)
