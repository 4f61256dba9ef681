import { describe, expect, it } from 'vitest'
import { createCommitPath, type Seen } from '../../src/core/commit.js'
import type { EngineContext } from '../../src/core/context.js'
import { toRecord } from '../../src/core/record.js'
import { createSection } from '../../src/core/section.js'
import type { SessionUser } from '../../src/core/session.js'
import type { Input } from '../../src/core/state.js'
import { createStore } from '../../src/core/store.js'
import { createVault, type Vault } from '../../src/core/vault.js'
import { createWorld, HOUR } from '../support/world.js'

const limits = {
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

/** The commit path of one tab, in which `meanwhile` happens while something is being saved. */
function start(meanwhile?: Input<SessionUser>, yields = false) {
  const world = createWorld()
  const { environment, storage } = world.browser.tab()
  const store = createStore<SessionUser>({ environment, limits })
  const options = { environment, storage, storageKey: 'app', timeout: 2_000 }
  const vault = createVault<SessionUser>(options)
  const watched: Vault<SessionUser> = {
    ...vault,
    async save(...saved) {
      const done = await vault.save(...saved)
      if (meanwhile) store.dispatch(meanwhile)
      return done
    },
  }
  let announced = 0
  const openSection = (lockName = 'lock') =>
    createSection({ environment, lockName, timeout: 1_000, lag: 100 })
  const context: EngineContext<SessionUser> = {
    environment,
    provider: { ...world.server.provider, mayYield: yields },
    settings: { environment, storage, storageKey: 'app' },
    limits,
    store,
    vault: watched,
    section: openSection(),
    gate: openSection('gate'),
    arrivals: openSection('arrivals'),
    request: async (send) => send({ signal: environment.createAbort().signal }),
    announce: () => announced++,
    settle: () => {},
    watch: () => async () => false,
  }
  const path = createCommitPath(context)
  const ada = record('ada')
  store.dispatch({ type: 'observed', seen: { kind: 'session', record: ada } })
  const save = (seen: Seen | null) =>
    path.commit({
      record: ada,
      seen,
      still: () => true,
      become: (saved) => ({ type: 'persisted', saved }),
    })
  const { section } = context
  return { world, store, vault, path, section, openSection, save, announced: () => announced }
}

describe('the tokens of a session that was replaced while they were saved', () => {
  const bob = { type: 'established', record: record('bob'), arrival: 'sign-in' } as const

  it.each<[string, Input<SessionUser>, boolean]>([
    ['are gone when the next one is in storage', { ...bob, saved: true }, false],
    ['are gone when somebody signed out', { type: 'ended', reason: 'user' }, false],
    [
      'are left to the other tabs while the next one is known here alone',
      { ...bob, saved: false },
      true,
    ],
  ])('%s', async (_what, meanwhile, kept) => {
    const { world, save, announced } = start(meanwhile)
    expect(await save('other')).toBe(false)
    expect(world.stored().includes('access-ada')).toBe(kept)
    expect(announced()).toBe(0)
  })
})

describe('a record that is committed', () => {
  it('becomes current after it is saved, and the others are told', async () => {
    const { world, save, store, announced } = start()
    expect(await save(null)).toBe(true)
    expect(world.stored()).toContain('access-ada')
    expect(store.state()).toMatchObject({ saved: true })
    expect(announced()).toBe(1)
  })

  it('becomes current although it cannot be saved, and nobody is told', async () => {
    const { world, save, store, announced } = start()
    world.browser.storage.setQuotaExceeded(true)
    expect(await save(null)).toBe(true)
    expect(store.state()).toMatchObject({ status: 'signed-in', saved: false })
    expect(announced()).toBe(0)
  })

  it('that is no longer wanted is not adopted from storage as somebody’s sign-in', async () => {
    const { store, path } = start()
    store.dispatch({ type: 'ended', reason: 'user' })
    const late = record('late')
    const become = (saved: boolean): Input<SessionUser> => ({ type: 'persisted', saved })
    expect(await path.commit({ record: late, seen: null, still: () => false, become })).toBe(false)
    await path.observe()
    expect(store.state().status).toBe('signed-out')
  })
})

describe('a refresh before which storage could not be read', () => {
  it.each(['unknown', 'broken'] as const)(
    'does not take the storage from whoever signed in unseen (%s)',
    async (seen) => {
      const { save, vault } = start()
      await save(null)
      await vault.save(record('bob'), ['ada'], 0)
      expect(await save(seen)).toBe(true)
      expect(await vault.read()).toMatchObject({ kind: 'session', record: { lineage: 'bob' } })
    },
  )
})

describe('a sign-in that passes the gate', () => {
  it('can be read by the others before one of them may look', async () => {
    const { world, save, openSection } = start(undefined, true)
    expect(await save(null)).toBe(true)
    let entered = false
    const next = openSection('gate').locked(async () => {
      entered = true
    })
    await world.clock.advance(99)
    expect(entered).toBe(false)
    await world.clock.advance(1)
    await next
    expect(entered).toBe(true)
  })
})

describe('the end of a session', () => {
  it('can be read by the others before one of them has the lock', async () => {
    const { world, path, section, openSection } = start()
    await section.locked(() => path.end({ lineage: 'ada', any: false }))
    let entered = false
    const next = openSection().locked(async () => {
      entered = true
    })
    await world.clock.advance(99)
    expect(entered).toBe(false)
    await world.clock.advance(1)
    await next
    expect(entered).toBe(true)
  })
})

describe('empty storage', () => {
  it('is told to the others when it is first seen, and once', async () => {
    const { path, announced } = start()
    await path.observe()
    await path.observe()
    expect(announced()).toBe(1)
  })
})
