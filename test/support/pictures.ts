import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** A folder for pictures of all pages, for whoever wants to look at them. */
const folder = process.env.HOLDFAST_SCREENSHOTS

/** Keeps a picture of what a page shows, under this name, where somebody wants to look at it. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-')}.png`) })
}
