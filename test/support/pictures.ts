import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../package/compile.js'

/** What of a page is used here. */
type Shown = Pick<Page, 'screenshot'>

/** Where pictures go, and how much time they may take. */
export interface PictureOptions {
  readonly folder: string
  /** In ms, of all pictures together: the one that goes over it is the last. */
  readonly budget: number
  /** Milliseconds of a clock that runs on. */
  now(): number
  /** Told once where the pictures are. */
  tell(words: string): void
}

/** Makes what keeps pictures of pages for whoever wants to look at them. */
export function createPictures({ folder, budget, now, tell }: PictureOptions) {
  let spent = 0
  let isTold = false
  return async (page: Shown, name: string): Promise<void> => {
    if (spent >= budget) return
    if (!isTold) tell(`Pictures of pages are in ${folder}.`)
    isTold = true
    mkdirSync(folder, { recursive: true })
    const begun = now()
    await page.screenshot({ path: join(folder, `${name.replace(/\W+/g, '-')}.png`) })
    spent += now() - begun
  }
}

const wished = process.env.HOLDFAST_SCREENSHOTS

/**
 * Keeps a picture of what a page shows, under this name: all of them in the folder `HOLDFAST_SCREENSHOTS`, and without it
 * as many as take each process of the tests a second, in `.tmp/pictures`.
 */
export const keepPicture = createPictures({
  folder: wished ?? join(root, '.tmp', 'pictures'),
  budget: wished ? Number.POSITIVE_INFINITY : 1_000,
  now: () => performance.now(),
  tell: (words) => console.log(words),
})
