import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { violationsInBoth } from '../support/axe.js'
import { keepPicture } from '../support/pictures.js'

/** A demo for Next.js that runs. */
interface Shown {
  readonly url: string
  /** What the demo calls Ada once she is signed in. */
  readonly who: string
  /** In the names of pictures, such as `the demo of Next`. */
  readonly title: string
}

/**
 * What bars people from the pages of the demo, in light and dark: from the first one, from the same once Ada has signed in,
 * and from the protected one.
 */
export async function barriersIn(page: Page, { url, who, title }: Shown): Promise<string[]> {
  const found: string[] = []
  async function look(where: string): Promise<void> {
    found.push(...(await violationsInBoth(page)).map((line) => `${where}, ${line}`))
    await keepPicture(page, `${title} ${where}`)
  }
  await page.goto(url)
  await look('at first')
  await page.click('text=Continue as Ada')
  await expect.poll(() => page.textContent('#who')).toBe(who)
  await look('signed in')
  await page.click('text=Invoices')
  await page.waitForURL(/invoices/)
  await look('on the protected page')
  return found
}
