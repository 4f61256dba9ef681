import { describe, expect, it } from 'vitest'
import type { ActionHost } from '../../src/index.js'
import { AuthClient, type SessionUser } from '../../src/index.js'
import { createWorld } from '../support/world.js'

// Each of these was written because a planted bug survived all other tests: npm run mutants.

describe('a sign-in', () => {
  it('that somebody signs out of while it is being saved is over, and nobody hears of it', async () => {
    const world = createWorld()
    const { auth, events } = world.open()
    await auth.getSession()
    world.browser.storage.hangWrites(true)
    const signIn = expect(auth.signIn({ name: 'bob' })).rejects.toMatchObject({
      code: 'superseded',
    })
    await world.clock.settle()
    const signOut = auth.signOut()
    world.browser.storage.hangWrites(false)
    await Promise.all([signIn, signOut])
    await world.clock.advance(1_000)
    expect(events.join()).not.toContain('SIGNED_IN')
    expect(world.stored()).not.toContain('refresh-')
  })

  it('in another tab is not ended by the server’s no to the person before', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const sibling = world.open()
    let ended = false
    const interfere = async (): Promise<void> => {
      if (!ended) return
      ended = false
      await sibling.auth.signIn({ name: 'bob' })
    }
    const get = async (key: string): Promise<string | null | undefined> => {
      const text = await tab.storage.get(key)
      await interfere()
      return text
    }
    const update: typeof tab.storage.update = async (key, change) => {
      await interfere()
      return tab.storage.update?.(key, change) ?? null
    }
    const { auth } = await world.signedIn('ada', {
      storage: { ...tab.storage, get, update },
      debug: ({ type }) => {
        ended ||= type === 'ended'
      },
    })
    world.server.endAll()
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect((await world.open().auth.getSession())?.user?.id).toBe('bob')
  })

  it('in another tab stands, though a foreign token becomes current here unaware of it', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const sibling = world.open()
    await sibling.auth.getSession()
    const { refreshToken } = world.server.issue('carol')
    world.browser.bus.loseMessages(true)
    world.server.hold()
    const refresh = auth.refreshSession(refreshToken)
    await world.clock.settle()
    await sibling.auth.signIn({ name: 'bob' })
    world.server.release()
    expect((await refresh).user?.id).toBe('carol')
    expect((await auth.getSession())?.user?.id).toBe('bob')
  })
})

describe('a token held elsewhere', () => {
  it('is sent again, rotated, for a call that comes after its request has left', async () => {
    const world = createWorld()
    const { auth } = world.open()
    const { refreshToken } = world.server.issue('ada')
    world.server.hold()
    const first = auth.refreshSession(refreshToken)
    await world.clock.settle()
    const second = auth.refreshSession(refreshToken)
    await world.clock.settle()
    world.server.release()
    expect((await first).session.accessToken).toBe('access-2')
    expect((await second).session.accessToken).toBe('access-3')
  })
})

/** A tab whose client can change the person; the server answers when it is told to. */
async function renaming(world: ReturnType<typeof createWorld>) {
  const tab = world.browser.tab()
  let answer = (): void => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  const auth = new AuthClient({
    provider: {
      ...world.server.provider,
      actions: (host: ActionHost) => ({
        rename: (user: SessionUser) =>
          host.updateUser(async () => {
            await asked
            return user
          }),
      }),
    },
    storage: tab.storage,
    storageKey: 'app',
    environment: tab.environment,
  })
  await auth.signIn({ name: 'ada' })
  return { auth, answer }
}

describe('a change of the user', () => {
  it('that is answered after somebody else signed in changes nobody else', async () => {
    const world = createWorld()
    const { auth, answer } = await renaming(world)
    const rename = auth.actions.rename({ id: 'ada', email: 'ada@example.com' })
    await world.clock.settle()
    await auth.signIn({ name: 'bob' })
    answer()
    await rename
    expect((await auth.getSession())?.user).toEqual({ id: 'bob' })
    expect((await world.open().auth.getSession())?.user).toEqual({ id: 'bob' })
  })

  it('keeps the tokens that a sibling, unheard of, has saved meanwhile', async () => {
    const world = createWorld()
    const { auth, answer } = await renaming(world)
    const sibling = world.open()
    await sibling.auth.getSession()
    const rename = auth.actions.rename({ id: 'ada', email: 'ada@example.com' })
    await world.clock.settle()
    world.browser.bus.loseMessages(true)
    await sibling.auth.refreshSession()
    answer()
    await rename
    const { auth: later } = world.open()
    expect(await later.getSession()).toMatchObject({
      accessToken: 'access-2',
      user: { email: 'ada@example.com' },
    })
  })
})
