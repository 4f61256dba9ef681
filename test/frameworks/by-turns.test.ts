import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launch } from '../browser/chromium.js'
import { turnsOf } from '../support/turns.js'
import { APPS } from './apps.js'
import { play, type Row, TITLES } from './drive.js'
import { createWorkshop, type Workshop } from './workshop.js'

const today = turnsOf(APPS, Date.now())

describe.skipIf(!findChromium())('today it is the turn of', () => {
  let workshop: Workshop | undefined
  let browser: Browser | undefined
  let rows: readonly Row[] = []

  beforeAll(async () => {
    const shop = await createWorkshop(fileURLToPath(new URL('../..', import.meta.url)))
    workshop = shop
    const chromium = await launch()
    browser = chromium
    console.log(`Today it is the turn of ${today.map(({ title }) => title).join(' and ')}.`)
    // Most of the time each of them waits for a token to expire.
    rows = await Promise.all(today.map((app) => play(app, { workshop: shop, browser: chromium })))
  })
  afterAll(async () => {
    await browser?.close()
    await workshop?.close()
  })

  describe.each(today)('$title, whose', ({ name }) => {
    it.each(TITLES)('%s is as promised', (title) => {
      const cell = rows
        .find(({ app }) => app.name === name)
        ?.cells.find((one) => one.title === title)
      expect(cell).toMatchObject({ isFailed: false })
    })
  })
})
