import { describe, expect, it } from 'vitest'
import { createMirror } from '../../src/core/mirror.js'
import { type SessionUser, toRecord } from '../../src/core/session.js'
import type { Input } from '../../src/core/state.js'
import { createStore } from '../../src/core/store.js'
import { createVault } from '../../src/core/vault.js'
import { createWorld, HOUR } from '../support/world.js'

const LIMITS = {
  refreshMargin: 60_000,
  waitMargin: 10_000,
  retryDelay: 1_000,
  maxRetryDelay: 30_000,
}

const record = (name: string) =>
  toRecord<SessionUser>(
    { accessToken: `access-${name}`, refreshToken: name, lifetime: HOUR, user: { id: name } },
    name,
    0,
  )

/** Whether ada's tokens are in storage, when `meanwhile` happened while they were being saved. */
async function isKept(meanwhile: Input<SessionUser>): Promise<boolean> {
  const { browser, stored } = createWorld()
  const { environment, storage } = browser.tab()
  const store = createStore<SessionUser>({ environment, limits: LIMITS })
  const vault = createVault<SessionUser>({
    environment,
    storage,
    storageKey: 'app',
    timeout: 2_000,
  })
  const slow: typeof vault = {
    ...vault,
    async save(...saved) {
      const done = await vault.save(...saved)
      store.dispatch(meanwhile)
      return done
    },
  }
  const mirror = createMirror({ environment, store, vault: slow })
  const ada = record('ada')
  store.dispatch({ type: 'observed', seen: { kind: 'session', record: ada } })
  await mirror.save(ada, 'other')
  return stored().includes('access-ada')
}

describe('the tokens of a session that was replaced while they were saved', () => {
  const bob = { type: 'established', record: record('bob'), arrival: 'sign-in' } as const

  it('are gone when the next one is in storage', async () => {
    expect(await isKept({ ...bob, saved: true })).toBe(false)
  })

  it('are gone when somebody signed out', async () => {
    expect(await isKept({ type: 'ended', reason: 'user' })).toBe(false)
  })

  it('are left to the other tabs while the next one is known here alone', async () => {
    expect(await isKept({ ...bob, saved: false })).toBe(true)
  })
})
