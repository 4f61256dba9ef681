import { describe, expect, it } from 'vitest'
import { step } from '../../src/core/machine.js'
import { toRecord, withUser } from '../../src/core/record.js'
import { type ActionHost, AuthClient, type SessionUser } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

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

  it('does not bring back the tokens that a sibling has replaced while it was being saved', () => {
    const limits = { refreshMargin: 1, waitMargin: 1, retryDelay: 100, maxRetryDelay: 100 }
    const now = { wall: 0, monotonic: 0, asked: false }
    const ada: SessionUser = { id: 'ada' }
    const grant = (token: string) => ({ accessToken: token, lifetime: HOUR, user: ada })
    const first = toRecord(grant('old'), 'lineage', 0)
    const theirs = toRecord(grant('new'), first, 0)
    const seen = { kind: 'session', record: theirs } as const
    const [signedIn] = step({ status: 'loading' }, { type: 'observed', seen }, now, limits)
    const record = withUser(first, { ...ada, email: 'ada@example.com' })
    const [after] = step(signedIn, { type: 'user-updated', record, saved: true }, now, limits)
    expect(after).toBe(signedIn)
  })

  it('that is saved during a refresh stays, also where the answer names nobody, without a lock', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const auth = new AuthClient({
      provider: {
        ...world.server.provider,
        actions: (host: ActionHost) => ({
          rename: (email: string) => host.updateUser(async () => ({ id: 'ada', email })),
        }),
      },
      storage: tab.storage,
      storageKey: 'app',
      // Locks that keep nobody out.
      environment: { ...tab.environment, lock: { acquire: async () => () => {} } },
    })
    await auth.signIn({ name: 'ada' })
    world.server.hold()
    const { user: _, ...answer } = world.server.issue('ada')
    world.server.fail({ answer })
    const refresh = auth.refreshSession()
    await world.clock.settle()
    await auth.actions.rename('ada@example.com')
    world.server.release()
    expect((await refresh).user).toEqual({ id: 'ada', email: 'ada@example.com' })
    expect((await world.open().auth.getSession())?.user?.email).toBe('ada@example.com')
  })
})

describe('a rotated token', () => {
  it('is not dropped for a change of the user that came between, even without a lock', async () => {
    const world = createWorld()
    const tab = world.browser.tab()
    const auth = new AuthClient({
      provider: {
        ...world.server.provider,
        actions: (host: ActionHost) => ({
          rename: (email: string) => host.updateUser(async () => ({ id: 'ada', email })),
        }),
      },
      storage: tab.storage,
      storageKey: 'app',
      environment: tab.environment,
    })
    await auth.signIn({ name: 'ada' })
    world.browser.locks.neverGrant(true)
    world.server.hold()
    const refresh = auth.refreshSession()
    await world.clock.advance(20_000)
    const rename = auth.actions.rename('ada@example.com')
    await world.clock.advance(9_000)
    world.server.release()
    await world.clock.advance(20_000)
    await rename
    expect((await refresh).session).toMatchObject({ accessToken: 'access-2' })
    expect((await auth.getSession())?.user?.email).toBe('ada@example.com')
    expect(world.server.sent).toEqual(['refresh-1'])
  })
})
