import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, type ExpectStatic, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { events, play, SERVERS, shown, type Tabs, token } from './oidc-tabs.js'

/** Signs in in a window; who is signed in then, or why nobody is. */
const signInByPopup = (page: Page): Promise<string> =>
  page.evaluate(() =>
    window.login.popup.signIn().then(
      ({ user }) => user?.id ?? 'nobody',
      ({ code, serverCode }) => `${code} ${serverCode}`,
    ),
  )

/** The same in a frame. */
const signInSilently = (page: Page): Promise<string> =>
  page.evaluate(() =>
    window.login.signInSilently().then(
      ({ user }) => user?.id ?? 'nobody',
      ({ code, serverCode }) => `${code} ${serverCode}`,
    ),
  )

/** Has the page lose or get the person's attention: Playwright has every page believe that it has it. */
const setFocus = (page: Page, focus: boolean): Promise<void> =>
  page.evaluate((has) => {
    document.hasFocus = () => has
  }, focus)

/** Has the server show a page to whoever comes to it with such an address. */
const showPageAt = (page: Page, address: string): Promise<unknown> =>
  page.context().route(address, (route) => route.fulfill({ contentType: 'text/html', body: 'Hi' }))

const [ROTATING, , PUSHED] = SERVERS
const MODES = [ROTATING, PUSHED].flatMap((mode) => (mode ? [mode] : []))

describe.skipIf(!findChromium()).each(MODES)(
  'people of a real oidc-provider $name, who stay on their page, in Chromium:',
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

    story('sign in in a window, which closes itself', async ({ app, context, tabs, expect }) => {
      const [page, sibling] = await tabs(2)
      expect(await signInByPopup(page)).toBe('ada')
      await expect.poll(() => context.pages().length).toBe(2)
      expect(page.url()).toBe(`${app}/`)
      await expect.poll(() => (sibling ? shown(sibling) : null)).toBe('ada')
    })

    story('do so where the server cuts the window off', async ({ context, way, tab, expect }) => {
      const page = await tab()
      way.isolate()
      expect(await signInByPopup(page)).toBe('ada')
      await expect.poll(() => context.pages().length).toBe(1)
    })

    story('may close the window', async ({ context, tab, expect }) => {
      const page = await tab()
      await showPageAt(page, '**/auth?**')
      const opened = context.waitForEvent('page')
      await setFocus(page, false)
      const outcome = signInByPopup(page)
      const window = await opened
      await window.waitForURL('**/auth?**')
      await page.waitForTimeout(1_000)
      await setFocus(page, true)
      await window.close()
      expect(await outcome).toBe('aborted popup_closed')
      expect(await shown(page)).toBe('signed-out')
    })

    story('are signed in without a question where the server knows them', async (tabs) => {
      const { tab, expect } = tabs
      const page = await tab()
      expect(await signInSilently(page)).toBe('step_required login_required')
      await signInByPopup(page)
      await page.evaluate(() => window.login.auth.signOut())
      expect(await signInSilently(page)).toBe('ada')
      expect(await page.locator('iframe').count()).toBe(0)
    })

    story('wait no longer than a request may take for a page in a frame', async (tabs) => {
      const { tab, expect } = tabs
      const page = await tab({ requestTimeout: 2_000 })
      await showPageAt(page, '**/auth?**')
      expect(await signInSilently(page)).toBe('timeout undefined')
      expect(await page.locator('iframe').count()).toBe(0)
    })

    story('go on in frames, in all tabs, where there is no refresh token', async (tabs) => {
      const { exchanges, refresh, tab, expect } = tabs
      const page = await tab({ renewsSilently: true, autoRefresh: false })
      const sibling = await tab({ renewsSilently: true, autoRefresh: false })
      await signInByPopup(page)
      const before = await token(page)
      expect(await refresh(page)).toBe('ada')
      expect(await token(page)).not.toBe(before)
      await expect.poll(() => token(sibling)).toBe(await token(page))
      expect(await events(page)).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'TOKEN_REFRESHED'])
      expect(exchanges()).toEqual([])
    })
  },
)
