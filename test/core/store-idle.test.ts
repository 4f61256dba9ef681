import { describe, expect, it } from 'vitest'
import type { SessionUser } from '../../src/core/session.js'
import { createStore } from '../../src/core/store.js'
import { createFakeBrowser } from '../../src/testing/index.js'

const limits = {
  refreshMargin: 60_000,
  waitMargin: 10_000,
  retryDelay: 1_000,
  maxRetryDelay: 30_000,
}

function start() {
  const { clock, tab } = createFakeBrowser()
  const { environment } = tab()
  return { clock, store: createStore<SessionUser>({ environment, limits }) }
}

describe('the time since which a context would have heard of a change', () => {
  it('is all the time that a tab was frozen, though its timers run first when it thaws', async () => {
    const { clock, store } = start()
    store.now()
    await clock.advance(3_600_000)
    store.now()
    expect(store.idle()).toBe(3_600_000)
    await clock.advance(500)
    store.now()
    expect(store.idle()).toBe(3_600_500)
  })

  it('is some seconds where the app is at work all the time', async () => {
    const { clock, store } = start()
    for (let second = 0; second < 120; second++) {
      store.now()
      await clock.advance(1_000)
    }
    expect(store.idle()).toBeLessThanOrEqual(20_000)
  })

  it('is that since the last work, where that is over', async () => {
    const { clock, store } = start()
    await clock.advance(60_000)
    store.now()
    await clock.advance(15_000)
    expect(store.idle()).toBe(15_000)
  })
})
