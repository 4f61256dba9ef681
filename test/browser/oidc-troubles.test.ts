import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, type ExpectStatic, it } from 'vitest'
import { findChromium, launch } from './chromium.js'
import { events, held, play, SERVERS, shown, type Tabs, token } from './oidc-tabs.js'

const TABS = 10
const HOUR = 3_600
/** Tabs that do nothing by themselves. */
const QUIET = { autoRefresh: false }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const all = <Result>(pages: readonly Page[], ask: (page: Page) => Promise<Result>) =>
  Promise.all(pages.map(ask))

/** Signs somebody in whose token lives so many s, and who is known in all pages. */
async function signInFor(
  seconds: number,
  pages: readonly [Page, ...Page[]],
  tabs: Tabs,
): Promise<void> {
  const [first, ...others] = pages
  tabs.server.setLifetime(seconds)
  await tabs.signIn(first)
  const mine = await held(first)
  for (const page of others) await tabs.expect.poll(() => held(page)).toBe(mine)
  tabs.server.setLifetime(HOUR)
  tabs.way.forget()
}

/** What a lost exchange comes to in tabs that go on: nothing, or the end, said everywhere. */
async function allGoOnOrEnd(pages: readonly Page[], forgives: boolean, tabs: Tabs): Promise<void> {
  const { exchanges, refresh, expect } = tabs
  if (forgives) {
    expect(new Set(await all(pages, refresh))).toEqual(new Set(['ada']))
    return
  }
  const outcomes = await all(pages, refresh)
  expect(outcomes).toContain('refresh_rejected')
  expect(outcomes).not.toContain('ada')
  for (const page of pages) {
    await expect.poll(() => shown(page)).toBe('signed-out')
    const last = async () => (await events(page)).at(-1)
    await expect.poll(last).toMatch(/^SIGNED_OUT (refresh-rejected|other-context) invalid_grant$/)
  }
  // The spent token is sent once more, and by another tab only where that could not see yet that the
  // session is over: a write of one process reaches another one late when the machine is busy.
  const [lost, ...refused] = exchanges().map(({ error }) => error)
  expect(lost).toBeNull()
  expect(new Set(refused)).toEqual(new Set(['invalid_grant']))
  expect(refused.length).toBeLessThanOrEqual(pages.length)
}

describe.skipIf(!findChromium()).each(SERVERS)(
  'a real oidc-provider $name, in Chromium:',
  (mode) => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launch()
    })
    afterAll(() => browser?.close())

    // Most of it is waiting: they do not disturb each other.
    const story = (name: string, tell: (tabs: Tabs) => Promise<void>): void =>
      it.concurrent(name, ({ expect }: { expect: ExpectStatic }) =>
        play({ browser, mode, expect }, tell),
      )

    story('sees one request, however far away, of ten tabs at an expiry', async (tabs) => {
      const { way, expect } = tabs
      const pages = await tabs.tabs(TABS, QUIET)
      await signInFor(HOUR, pages, tabs)
      tabs.server.setLifetime(3)
      await tabs.refresh(pages[0])
      const short = await held(pages[0])
      for (const page of pages) await expect.poll(() => held(page)).toBe(short)
      tabs.server.setLifetime(HOUR)
      await sleep(3_200)
      way.forget()
      way.slowDown(600)
      const tokens = await all(pages, token)
      expect(new Set(tokens).size).toBe(1)
      expect(tokens[0]).not.toBe(short)
      expect(tabs.exchanges().map(({ status }) => status)).toEqual([200])
    })

    story('loses nothing with a request that never came', async (tabs) => {
      const { way, refresh, expect } = tabs
      const pages = await tabs.tabs(2, QUIET)
      await signInFor(HOUR, pages, tabs)
      way.trouble({ type: 'lost-request' }, { times: 1 })
      expect(await refresh(pages[0])).toBe('network')
      expect(await all(pages, refresh)).toEqual(['ada', 'ada'])
      expect(tabs.exchanges().map(({ error }) => error)).not.toContain('invalid_grant')
    })

    story(
      mode.forgives
        ? 'forgives an answer that was lost: all tabs go on'
        : 'ends the session for an answer that was lost, and all tabs say why',
      async (tabs) => {
        const { way, refresh, expect } = tabs
        const pages = await tabs.tabs(3, QUIET)
        await signInFor(HOUR, pages, tabs)
        way.trouble({ type: 'lost-answer' }, { times: 1 })
        expect(await refresh(pages[0])).toBe('network')
        expect(await all(pages, shown)).toEqual(['ada', 'ada', 'ada'])
        await allGoOnOrEnd(pages, mode.forgives, tabs)
      },
    )

    story(
      mode.forgives
        ? 'forgives a tab that died in the middle of an exchange: the others go on'
        : 'ends the session of a tab that died in the middle of an exchange, and the others say why',
      async (tabs) => {
        const { way, server, expect } = tabs
        const [first, ...others] = await tabs.tabs(3, QUIET)
        await signInFor(HOUR, [first, ...others], tabs)
        const letGo = way.hold()
        tabs.refresh(first).catch(() => {})
        await expect.poll(() => server.requests.length).toBe(1)
        await first.close({ runBeforeUnload: false })
        letGo()
        await allGoOnOrEnd(others, mode.forgives, tabs)
      },
    )

    story(
      'may be away while tokens die: nobody is signed out, and one request goes on',
      async (tabs) => {
        const { way, expect } = tabs
        const pages = await tabs.tabs(3, QUIET)
        await signInFor(3, pages, tabs)
        way.trouble({ type: 'status', status: 503 }, { path: 'all' })
        await sleep(3_200)
        const began = performance.now()
        for (let second = 0; second < 5; second++) {
          // A gateway's page has no CORS headers: to a page it is no answer at all.
          expect(await all(pages, token)).toEqual(pages.map(() => 'network'))
          await sleep(1_000)
        }
        // After the first one pauses of 1, 2, 4 … s, somewhat varied, and all tabs share them. On a busy machine the
        // five seconds take longer.
        const seconds = (performance.now() - began) / 1_000
        expect(tabs.exchanges().length).toBeLessThanOrEqual(1 + Math.ceil(Math.log2(seconds + 1)))
        const late = await tabs.tab(QUIET)
        expect(await shown(late)).toBe('ada')
        way.forget()
        pages.push(late)
        const well = async () => new Set(await all(pages, token))
        await expect.poll(async () => (await well()).has('network')).toBe(false)
        expect((await well()).size).toBe(1)
        expect(tabs.exchanges().map(({ status }) => status)).toEqual([200])
        for (const page of pages) expect((await events(page)).join()).not.toContain('SIGNED_OUT')
      },
    )

    story('may change its keys: the session goes on, and so does its sign-out', async (tabs) => {
      const { server, settings, app, expect } = tabs
      const [one, two] = [await tabs.tab(QUIET), await tabs.tab(QUIET)]
      await signInFor(HOUR, [one, two], tabs)
      const idToken = (page: Page) =>
        page.evaluate(() => String(window.login.auth.getSnapshot().session?.extras.id_token ?? ''))
      const keyOf = async (page: Page) => decodeProtectedHeader(await idToken(page)).kid
      const before = await keyOf(one)
      await server.rotateKeys({ forget: true })
      expect(await tabs.refresh(one)).toBe('ada')
      expect(await keyOf(one)).not.toBe(before)
      await expect.poll(() => idToken(two)).toBe(await idToken(one))
      const keys = createRemoteJWKSet(new URL('/jwks', settings.issuer))
      await jwtVerify(await idToken(two), keys)
      if (settings.api) {
        const { payload } = await jwtVerify(String(await token(two)), keys)
        expect(payload.aud).toBe(settings.api)
      }
      // The server takes no hint that it cannot check: the first id token would not do.
      const address = await two.evaluate(
        (home) => window.login.auth.actions.signOutUrl({ postLogoutRedirectUri: `${home}/bye` }),
        app,
      )
      await two.goto(address)
      expect(await two.isVisible('button[value=yes]')).toBe(true)
    })

    if (mode.options.nonces) {
      story(
        'ends the session of a browser that has lost its key, in all tabs, and says so',
        async (tabs) => {
          const { refresh, expect } = tabs
          const [one, two] = [await tabs.tab(QUIET), await tabs.tab(QUIET)]
          await signInFor(HOUR, [one, two], tabs)
          await one.evaluate(async () => {
            for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '')
          })
          expect(await refresh(two)).toBe('refresh_rejected')
          for (const page of [one, two]) {
            const last = async () => (await events(page)).at(-1)
            await expect.poll(last).toMatch(/^SIGNED_OUT (key-lost|other-context) key_lost$/)
          }
          // The server was asked for nothing that it would have refused.
          expect(tabs.exchanges()).toEqual([])
        },
      )
    }

    story(
      'sees one request per life of a token, of devices whose clock is a day off',
      async (tabs) => {
        const { way, server, expect, context } = tabs
        await context.addInitScript((offset) => {
          const real = Date.now.bind(Date)
          Date.now = () => real() + offset
        }, mode.skew)
        const pages = await tabs.tabs(2)
        await signInFor(HOUR, pages, tabs)
        server.setLifetime(4)
        await tabs.refresh(pages[0])
        way.forget()
        const began = performance.now()
        for (let look = 0; look < 50; look++) {
          await all(pages, token)
          await sleep(130)
        }
        // Each token of four seconds is refreshed after about three.
        const lives = Math.ceil((performance.now() - began) / 3_000)
        expect(tabs.exchanges().length).toBeGreaterThanOrEqual(1)
        expect(tabs.exchanges().length).toBeLessThanOrEqual(lives + 1)
        expect(await all(pages, shown)).toEqual(['ada', 'ada'])
      },
    )
  },
)
