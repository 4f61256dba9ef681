import { describe, expect, it } from 'vitest'
import { createAuthFetch } from '../../src/fetch.js'
import { memoryStorage, type Storage } from '../../src/index.js'
import { createWorld } from '../support/world.js'

// Each of these was written because a planted bug survived all other tests: npm run mutants.

describe('a disposed client', () => {
  it('hears its storage no more', async () => {
    const world = createWorld()
    let listeners = 0
    const subscribe = (): (() => void) => {
      listeners++
      return () => void listeners--
    }
    const storage = { ...world.browser.tab().storage, subscribe }
    const { auth } = await world.signedIn('ada', { storage })
    expect(listeners).toBe(1)
    auth.dispose()
    expect(listeners).toBe(0)
  })
})

/** A session that another library has left, and how a client takes it over. */
function inheritance(world: ReturnType<typeof createWorld>) {
  const storage: Storage = memoryStorage()
  storage.set('theirs', 'ada')
  const parse = (name: string) => world.server.issue(name)
  return { storage, takeOver: { key: 'theirs', parse, storage } }
}

describe('the session of another library', () => {
  it('stays where it is as long as it cannot be saved here', async () => {
    const world = createWorld()
    const { storage, takeOver } = inheritance(world)
    world.browser.storage.setQuotaExceeded(true)
    const { auth } = world.open({ takeOver })
    expect((await auth.getSession())?.user?.id).toBe('ada')
    expect(await storage.get('theirs')).toBe('ada')
  })

  it('is left alone when somebody signed in while the lock was waited for', async () => {
    const world = createWorld()
    const { takeOver } = inheritance(world)
    const sibling = world.open()
    await sibling.auth.getSession()
    world.browser.locks.neverGrant(true)
    const { auth } = world.open({ takeOver })
    await world.clock.settle()
    await sibling.auth.signIn({ name: 'bob' })
    world.browser.locks.neverGrant(false)
    expect((await auth.getSession())?.user?.id).toBe('bob')
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })
})

describe('auth.fetch', () => {
  it.each([403, 404, 500])('refreshes nothing because of a %i', async (status) => {
    const { auth } = await createWorld().signedIn()
    const replaced: string[] = []
    const source = {
      getSession: () => auth.getSession(),
      replace: async (rejected: string) => {
        replaced.push(rejected)
        return (await auth.refreshSession()).session
      },
    }
    const answer = async (): Promise<Response> => new Response(null, { status })
    const send = createAuthFetch(source, { origins: ['https://api.example'], fetch: answer })
    expect((await send('https://api.example/me')).status).toBe(status)
    expect(replaced).toEqual([])
  })
})
