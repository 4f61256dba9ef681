import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findChromium, OPTIONS } from '../browser/chromium.js'
import { type Site, startSite } from '../browser/site.js'
import { buildExtension } from './build.js'
import type { Question } from './questions.js'

/** Tokens live as long, in ms: an expiry is waited for. */
const LIFE = 3_000

describe.skipIf(!findChromium())('an extension of the third manifest, in a real Chromium:', () => {
  let context: BrowserContext
  let site: Site
  let profile: string
  let home: string
  let popup: Page

  beforeAll(async () => {
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
    const [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers()
    home = new URL('/popup.html', worker.url()).href
  })
  afterAll(async () => {
    await context?.close()
    await site?.close()
    await rm(profile, { recursive: true, force: true })
  })

  async function openPopup(): Promise<Page> {
    const page = await context.newPage()
    await page.goto(home)
    return page
  }
  beforeEach(async () => {
    popup = await openPopup()
  })
  afterEach(async () => {
    await ask('sign-out')
    await popup.close()
  })

  const ask = (question: Question, page: Page = popup) =>
    page.evaluate((asked) => window.extension.ask(asked), question)
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
    await popup.close()
    popup = await openPopup()
    await expect.poll(() => ask('shown')).toBe('ada@example.com')
    expect(await ask('events')).toEqual(['INITIAL_SESSION this-context'])
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
