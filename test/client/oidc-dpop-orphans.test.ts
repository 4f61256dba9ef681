import { describe, expect, it } from 'vitest'
import { type KeyStore, memoryKeys } from '../../src/index.js'
import { createDpopWorld } from '../support/dpop-world.js'

const HOUR = 3_600_000

/** A world whose keys lie in one place, and what they are called there. */
function withKeys(keys: KeyStore = memoryKeys()) {
  const clients = [{ id: 'app' }, { id: 'other' }]
  const world = createDpopWorld({ keys, clients, accessTokenLifetime: 30 * 24 * HOUR })
  const names = async (): Promise<readonly string[]> => (await keys.names?.()) ?? []
  /** A page that opens so much later. */
  async function openAfter(ms: number) {
    await world.clock.advance(ms)
    const opened = world.open()
    await world.clock.settle()
    return opened
  }
  return { ...world, names, openAfter }
}

describe('the keys of sign-ins that nobody comes back from', () => {
  it('are gone a day later: of six that were begun, the one that was finished has its own', async () => {
    const { open, visit, names, openAfter } = withKeys()
    const tab = open()
    for (let begun = 0; begun < 6; begun++) await visit(tab)
    expect(await names()).toHaveLength(6)
    expect((await names()).every((name) => name.startsWith('pending.'))).toBe(true)
    const { session } = (await tab.auth.actions.handleRedirect()) ?? {}
    expect(await names()).toContain(session?.keyId)
    expect(await names()).toHaveLength(6)
    const next = await openAfter(25 * HOUR)
    expect(await names()).toEqual([session?.keyId])
    expect((await next.auth.refreshSession()).user).toMatchObject({ id: 'ada' })
  })

  it('are gone a day after a sign-out that came in between', async () => {
    const { open, visit, signIn, names, openAfter } = withKeys()
    const tab = open()
    await signIn(tab)
    await visit(tab)
    await tab.auth.signOut()
    await openAfter(23 * HOUR)
    expect(await names()).toHaveLength(1)
    await openAfter(2 * HOUR)
    expect(await names()).toEqual([])
  })

  it('stay as long as somebody may come back, whatever other client of the origin opens', async () => {
    const { open, visit, signIn, names, openAfter } = withKeys()
    const { keyId: other } = await signIn(open({ clientId: 'other' }))
    const tab = open()
    await visit(tab)
    const url = tab.tab.environment.page.href() ?? ''
    await openAfter(23 * HOUR)
    open({ clientId: 'other' })
    const late = open()
    late.tab.navigate(url)
    const { session } = (await late.auth.actions.handleRedirect()) ?? {}
    expect(new Set(await names())).toEqual(new Set([other, session?.keyId]))
    await openAfter(48 * HOUR)
    expect(await names()).toHaveLength(2)
    expect((await late.auth.refreshSession()).user).toMatchObject({ id: 'ada' })
  })

  it('are gone at once where the address says no, and a day later where the code does not work', async () => {
    const { open, visit, names, openAfter } = withKeys()
    const tab = open()
    const state = (await visit(tab)).get('state') ?? ''
    const fields = { error: 'access_denied', state, iss: 'https://id.example' }
    const url = `http://localhost:3000/callback?${new URLSearchParams(fields)}`
    await expect(tab.auth.actions.handleRedirect({ url })).rejects.toMatchObject({
      serverCode: 'access_denied',
    })
    expect(await names()).toEqual([])
    const next = (await visit(tab)).get('state') ?? ''
    const wrong = { code: 'wrong', state: next, iss: 'https://id.example' }
    tab.tab.navigate(`http://localhost:3000/callback?${new URLSearchParams(wrong)}`)
    await expect(tab.auth.actions.handleRedirect()).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(await names()).toHaveLength(1)
    await openAfter(25 * HOUR)
    expect(await names()).toEqual([])
  })

  it.each([
    ['can', (keys: KeyStore) => keys],
    ['cannot', ({ names: _, ...keys }: KeyStore) => keys],
  ])(
    'are not taken for one by a second client at the callback, where the place %s list them',
    async (_name, made) => {
      const store = memoryKeys<unknown>()
      const { open, visit } = withKeys(made(store))
      const [first, second] = [open(), open()]
      await visit(first)
      const url = first.tab.environment.page.href() ?? ''
      const outcomes = await Promise.allSettled([
        first.auth.actions.handleRedirect({ url }),
        second.auth.actions.handleRedirect({ url }),
      ])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const { session } = await first.auth.refreshSession()
      expect(await store.get(session.keyId ?? '')).not.toBeNull()
      expect(first.ends).toEqual([])
    },
  )

  it('are gone too where the clock was set back since', async () => {
    const { open, visit, names, openAfter, clock } = withKeys()
    await visit(open())
    clock.jump(-48 * HOUR)
    await openAfter(0)
    expect(await names()).toEqual([])
  })

  it('do no harm where the place cannot list its keys: they lie under the names of sessions', async () => {
    const { names: _, ...store } = memoryKeys<unknown>()
    const kept: string[] = []
    const keys: KeyStore = {
      ...store,
      async set(name, key) {
        kept.push(name)
        await store.set(name, key)
      },
    }
    const { open, signIn, openAfter } = withKeys(keys)
    const { keyId } = await signIn(open())
    expect(kept).toEqual([keyId])
    const next = await openAfter(25 * HOUR)
    expect((await next.auth.refreshSession()).session.keyId).toBe(keyId)
  })

  it('keep nobody from signing in where they cannot be removed, or not be listed at the start', async () => {
    const store = memoryKeys<unknown>()
    let starts = 1
    const keys: KeyStore = {
      ...store,
      names: async () =>
        starts-- > 0 ? Promise.reject(new Error('Not now.')) : (store.names?.() ?? []),
      remove: () => Promise.reject(new Error('It stays.')),
    }
    const { open, signIn } = withKeys(keys)
    const tab = open()
    const { keyId } = await signIn(tab)
    expect(await store.names?.()).toContain(keyId)
    expect((await tab.auth.refreshSession()).session.keyId).toBe(keyId)
  })
})
