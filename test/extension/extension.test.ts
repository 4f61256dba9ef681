import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { findChromium, OPTIONS } from '../browser/chromium.js'
import { type Site, startSite } from '../browser/site.js'
import { buildExtension } from './build.js'
import type { Question } from './questions.js'

/** Tokens live as long, in ms: an expiry is waited for. */
const LIFE = 3_000

declare const chrome: {
  readonly action: { openPopup(): Promise<void> }
  readonly runtime: {
    getContexts(filter: object): Promise<{ readonly contextType: string; readonly tabId: number }[]>
  }
}

describe.skipIf(!findChromium())('an extension of the third manifest, in a real Chromium:', () => {
  let context: BrowserContext
  let site: Site
  let profile: string
  let page: Page
  let popup: Page

  beforeAll(async () => {
    // Chromium first calls a popup `other`, which Playwright leaves alone unless it is told not to.
    vi.stubEnv('PW_CHROMIUM_ATTACH_TO_OTHER', '1')
    site = await startSite({ accessTokenLifetime: LIFE })
    const folder = await buildExtension(new URL(site.elsewhere).origin)
    profile = await mkdtemp(join(tmpdir(), 'holdfast-extension-'))
    context = await chromium.launchPersistentContext(profile, {
      ...OPTIONS,
      args: [
        ...OPTIONS.args,
        `--disable-extensions-except=${folder}`,
        `--load-extension=${folder}`,
        // Since 137 the branded builds load none that the command line names.
        '--disable-features=DisableLoadExtensionCommandLineSwitch',
      ],
      // Playwright's own says that there are to be none.
      ignoreDefaultArgs: ['--disable-extensions'],
    })
    // What a person looks at, beside the extension.
    page = context.pages()[0] ?? (await context.newPage())
    await page.goto(site.url)
  })
  afterAll(async () => {
    await context?.close()
    await site?.close()
    await rm(profile, { recursive: true, force: true })
    vi.unstubAllEnvs()
  })

  /** Opens the popup at the button of the extension, as a press of that would. */
  async function openPopup(): Promise<Page> {
    const [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers()
    const opened = context.waitForEvent('page', { timeout: 100_000 })
    // There is an active window only when the click that closed the last popup has reached it.
    const open = () => chrome.action.openPopup().then(() => 'open', String)
    await expect.poll(() => worker.evaluate(open)).toBe('open')
    const shown = await opened
    await shown.waitForFunction(() => window.extension)
    return shown
  }

  /** Closes the popup as a person does: by a click on the page behind it. */
  async function clickElsewhere(): Promise<void> {
    const closed = popup.waitForEvent('close')
    await page.bringToFront()
    await page.mouse.click(300, 300)
    await closed
  }
  beforeEach(async () => {
    popup = await openPopup()
  })
  afterEach(async () => {
    await ask('sign-out')
    await clickElsewhere()
  })

  const ask = (question: Question) =>
    popup.evaluate((asked) => window.extension.ask(asked), question)
  const askWorker = (question: Question) =>
    popup.evaluate((asked) => window.extension.askWorker(asked), question)
  const exchanges = () => site.server.count('refresh_token')

  /** Ends the worker, as the browser does when nobody has needed it for half a minute. */
  async function killWorker(): Promise<void> {
    const session = await context.newCDPSession(popup)
    await session.send('ServiceWorker.enable')
    await session.send('ServiceWorker.stopAllWorkers')
    await session.detach()
  }

  it('it is the popup itself, which Chromium calls so', async () => {
    const contexts = await popup.evaluate(() => chrome.runtime.getContexts({}))
    expect(contexts.map(({ contextType }) => contextType).sort()).toEqual(['BACKGROUND', 'POPUP'])
    // It is in no tab.
    expect(contexts.map(({ tabId }) => tabId)).toEqual([-1, -1])
  })

  it.each(['local', 'session'] as const)('the contract of storages holds in %s', async (area) => {
    expect(await popup.evaluate((name) => window.extension.contract(name), area)).toEqual([])
  })

  it('a full area is an error of storage, with what the browser says', async () => {
    expect(await popup.evaluate(() => window.extension.fill())).toMatchObject({
      code: 'storage',
      cause: expect.stringMatching(/quota/i),
    })
  })

  it('a sign-in in the popup is one in the worker, and the next popup shows it', async () => {
    await ask('sign-in')
    await expect.poll(() => askWorker('shown')).toBe('ada@example.com')
    await clickElsewhere()
    popup = await openPopup()
    await expect.poll(() => ask('shown')).toBe('ada@example.com')
    // It may have been refreshed since.
    const events = await ask('events')
    expect(events).toContain('INITIAL_SESSION this-context')
    expect(events).not.toContainEqual(expect.stringContaining('SIGNED_IN'))
  })

  it('popup and worker that need a new token at the same time send one request', async () => {
    await ask('sign-in')
    await expect.poll(() => askWorker('shown')).toBe('ada@example.com')
    const before = await ask('token')
    const sent = exchanges()
    const release = site.holdAnswers()
    // Somebody has asked already; with a token that is dead nobody can answer before the server does.
    await expect.poll(() => ask('is-dead'), { timeout: 20 * LIFE }).toBe(true)
    await expect.poll(() => askWorker('is-dead')).toBe(true)
    const both = Promise.all([ask('token'), askWorker('token')])
    release()
    const [mine, theirs] = await both
    expect(theirs).toBe(mine)
    expect(mine).not.toBe(before)
    expect(exchanges()).toBe(sent + 1)
  })

  it('a sign-out in the worker is one in the popup, and the other way round', async () => {
    for (const [out, other] of [
      [askWorker, ask],
      [ask, askWorker],
    ] as const) {
      await ask('sign-in')
      await expect.poll(() => askWorker('shown')).toBe('ada@example.com')
      await out('sign-out')
      await expect.poll(() => other('shown')).toBe('signed-out')
    }
  })

  it('a worker that was ended knows who is signed in when it is woken, and so does it of a sign-out', async () => {
    await ask('sign-in')
    const life = await askWorker('life')
    await killWorker()
    const sent = exchanges()
    await expect.poll(() => askWorker('token')).toBe(await ask('token'))
    expect(await askWorker('life')).not.toBe(life)
    expect(exchanges() - sent).toBeLessThanOrEqual(1)
    await killWorker()
    await ask('sign-out')
    expect(await askWorker('token')).toBe(null)
  })
})
