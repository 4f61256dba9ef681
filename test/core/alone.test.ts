import { expect, it } from 'vitest'
import { createAlone } from '../../src/core/alone.js'
import { createSection } from '../../src/core/section.js'
import { createFakeBrowser } from '../../src/testing/index.js'

it('keeps the next context out until it can read what the one before has removed', async () => {
  const browser = createFakeBrowser()
  const open = () => {
    const { environment } = browser.tab()
    const options = { lockName: 'back', timeout: 1_000, lag: 100 }
    const arrivals = createSection({ ...options, environment })
    return createAlone({ arrivals }, (promise) => promise)
  }
  const begun: number[] = []
  const run = (alone: ReturnType<typeof open>): Promise<void> =>
    alone(async () => void begun.push(browser.clock.now()))
  const both = Promise.all([run(open()), run(open())])
  await browser.clock.advance(1_000)
  await both
  const [first = 0, second = 0] = begun
  expect(second - first).toBe(100)
})
