import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { cleanEnv } from '../support/npm.js'
import { run } from '../support/processes.js'
import { findChromium, OPTIONS } from './chromium.js'
import { startSite } from './signed-in-site.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
// Inside the package, which finds itself by its name.
const folder = join(root, '.tmp', 'playwright-fixture')

/** The fixture of the page about tests, as it stands there. */
const [, fixture = ''] =
  /```ts\n(import \{ test as base \}[\s\S]*?)```/.exec(
    readFileSync(join(root, 'docs/testing.md'), 'utf8'),
  ) ?? []

const specs = (origin: string): string => `
import { expect } from '@playwright/test'
import { test } from './fixture.ts'

test.beforeEach(({ page }) => page.goto('${origin}'))

test('signs out', async ({ page }) => {
  await expect(page.locator('body')).toHaveText('ada@example.com')
  await page.evaluate(() => auth.signOut())
  await page.reload()
  await expect(page.locator('body')).toHaveText('nobody')
})

test('is signed in again, and refreshes', async ({ page }) => {
  await expect(page.locator('body')).toHaveText('ada@example.com')
  expect(await page.evaluate(() => auth.refreshSession().then(({ user }) => user.email))).toBe('ada@example.com')
})
`

const config = {
  testDir: '.',
  outputDir: 'results',
  workers: 1,
  reporter: 'line',
  timeout: 240_000,
  expect: { timeout: 20_000 },
  use: { launchOptions: OPTIONS },
}

describe.skipIf(!findChromium())('the Playwright fixture of the documentation', () => {
  let site: Awaited<ReturnType<typeof startSite>>
  beforeAll(async () => {
    site = await startSite()
    return () => site.close()
  })

  it('makes each test of `playwright test` begin signed in', async () => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const files = {
      'fixture.ts': fixture.replace('http://localhost:3000', site.origin),
      'app.spec.ts': specs(site.origin),
      'playwright.config.ts': `export default ${JSON.stringify(config)}`,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const cli = join(root, 'node_modules', '@playwright', 'test', 'cli.js')
    const line = `"${process.execPath}" "${cli}" test`
    const said = await run({ line, folder, env: cleanEnv(process.env.PATH ?? '') })
    expect(said).toContain('2 passed')
  }, 600_000)
})
