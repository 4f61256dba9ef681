import { describe, expect, it } from 'vitest'
import type { Timeouts } from '../../src/core/timeouts.js'
import {
  type ActionHost,
  AuthError,
  type Grant,
  type KeyStore,
  type Provider,
  type RefreshContext,
  type Session,
  type SessionUser,
} from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

/** A world whose provider has an action that replaces the session's tokens, as a second factor does. */
function withVerify(answer: (refreshToken: string | null) => Promise<Grant | null>) {
  const world = createWorld()
  const actions = ({ exchange }: ActionHost) => ({
    verify: () =>
      exchange({
        send: ({ refreshToken }) => answer(refreshToken),
        event: 'MFA_CHALLENGE_VERIFIED',
      }),
  })
  const provider = { ...world.server.provider, actions }
  const open = () => world.open({ ...QUIET, provider })
  return { world, open, provider }
}

describe('an exchange with a purpose', () => {
  it('replaces the tokens of the same sign-in, with an event of its own, in all tabs', async () => {
    const { world, provider } = withVerify(async () => world.server.issue('ada'))
    const { auth, events } = await world.signedIn('ada', { ...QUIET, provider })
    const sibling = world.open(QUIET)
    await sibling.auth.getSession()
    await world.clock.settle()
    const { verify } = auth.actions as { verify(): Promise<unknown> }
    expect(await verify()).toMatchObject({ accessToken: 'access-2' })
    await world.clock.settle()
    expect(events.at(-1)).toBe('MFA_CHALLENGE_VERIFIED access-2')
    expect(sibling.events.at(-1)).toBe('TOKEN_REFRESHED access-2 elsewhere')
  })

  it('is alone with the session: a refresh in another tab waits, and sends the new token', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { world, provider } = withVerify(async () => {
      await gate
      return world.server.issue('ada')
    })
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    const sibling = world.open(QUIET)
    await sibling.auth.getSession()
    const { verify } = auth.actions as { verify(): Promise<unknown> }
    const verified = verify()
    await world.clock.settle()
    const refreshed = sibling.auth.refreshSession()
    await world.clock.settle()
    expect(world.server.sent).toEqual([])
    release()
    await verified
    await refreshed
    expect(world.server.sent).toEqual(['refresh-2'])
  })

  it('that is refused leaves the session, its patience and its tokens as they are', async () => {
    const { world, provider } = withVerify(async () => {
      throw new AuthError('invalid_credentials', 'Wrong code.')
    })
    const { auth, events } = await world.signedIn('ada', { ...QUIET, provider })
    const { verify } = auth.actions as { verify(): Promise<unknown> }
    await expect(verify()).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(events.at(-1)).toBe('SIGNED_IN access-1')
    expect(auth.getSnapshot().error).toBeNull()
    expect((await auth.refreshSession()).session.accessToken).toBe('access-2')
  })

  it('that the network lost is its caller’s loss alone: nobody hears of a failed refresh', async () => {
    const { provider, world } = withVerify(async () => {
      throw new AuthError('network', 'No answer.')
    })
    const { auth, events } = await world.signedIn('ada', { ...QUIET, provider })
    const { verify } = auth.actions as { verify(): Promise<unknown> }
    await expect(verify()).rejects.toMatchObject({ code: 'network' })
    expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', error: null })
    expect(events.join()).not.toContain('REFRESH_FAILED')
  })

  it('waits for no access token where it carries none, and for no pause', async () => {
    const world = createWorld()
    let asked = 0
    const actions = ({ exchange }: ActionHost) => ({
      prove: () =>
        exchange({
          withoutToken: true,
          async send() {
            asked++
            return world.server.issue('ada')
          },
        }),
    })
    const provider = { ...world.server.provider, actions }
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    await world.clock.advance(2 * HOUR)
    world.server.outage(1)
    await auth.getSession().catch(() => {})
    const { prove } = auth.actions as { prove(): Promise<Session> }
    expect(await prove()).toMatchObject({ accessToken: 'access-2' })
    expect([asked, world.server.sent]).toEqual([1, ['refresh-1']])
    await auth.signOut()
    await expect(prove()).rejects.toMatchObject({ code: 'session_missing' })
    expect(asked).toBe(1)
  })

  it('is its caller’s, or is not sent: somebody else signs in while it is looked at whether time is up', async () => {
    const world = createWorld()
    const asked: unknown[] = []
    const actions = ({ exchange }: ActionHost) => ({
      prove: () =>
        exchange({
          withoutToken: true,
          async send({ user }) {
            asked.push(user?.id)
            return world.server.issue(user?.id ?? '')
          },
        }),
    })
    let looking: Promise<void> | undefined
    const timeouts: Timeouts = {
      watch: () => ({
        until: () => Infinity,
        tick() {},
        timedOut: () => looking,
        admit: async (seen) => seen,
        async stay() {},
        dispose() {},
      }),
    }
    const provider = { ...world.server.provider, actions }
    const { auth } = await world.signedIn('ada', { ...QUIET, provider, timeouts })
    const { prove } = auth.actions as { prove(): Promise<Session> }
    let done = (): void => {}
    looking = new Promise((resolve) => {
      done = resolve
    })
    const proved = prove().catch((error: unknown) => error)
    await auth.signIn({ name: 'grace' })
    looking = undefined
    done()
    expect(await proved).toMatchObject({ code: 'superseded' })
    expect(asked).toEqual([])
    expect((await auth.getSession())?.user?.id).toBe('grace')
    await prove()
    expect(asked).toEqual(['grace'])
  })

  it('of nobody is a missing session', async () => {
    const { open } = withVerify(async () => null)
    const { verify } = open().auth.actions as { verify(): Promise<unknown> }
    await expect(verify()).rejects.toMatchObject({ code: 'session_missing' })
  })

  it('is its caller’s alone: two that wait together are two', async () => {
    const codes = ['first', 'second']
    const { world, open } = withVerify(async () => {
      const code = codes.shift()
      return code ? { ...world.server.issue('ada'), role: code } : null
    })
    const { auth } = open()
    await auth.signIn({ name: 'ada' })
    const { verify } = auth.actions as { verify(): Promise<Session> }
    const sessions = await Promise.all([verify(), verify()])
    expect(sessions.map(({ role }) => role)).toEqual(['first', 'second'])
  })
})

describe('a refresh', () => {
  it('knows the session whose token it trades; one held elsewhere has none', async () => {
    const world = createWorld()
    const seen: unknown[] = []
    const provider: Provider<{ readonly name: string }, SessionUser> = {
      ...world.server.provider,
      refresh(token, context: RefreshContext) {
        seen.push(context.session?.accessToken)
        return world.server.provider.refresh(token, context)
      },
    }
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    await auth.refreshSession()
    await auth.refreshSession(world.server.issue('bob').refreshToken, { makeCurrent: false })
    expect(seen).toEqual(['access-1', undefined])
  })
})

describe('the key that a session is bound to', () => {
  function keyring() {
    const keys = new Map<string, unknown>([
      ['k1', 'a key'],
      ['k2', 'another'],
    ])
    const store: KeyStore = {
      get: async (name) => keys.get(name) ?? null,
      set: async (name, key) => void keys.set(name, key),
      remove: async (name) => void keys.delete(name),
    }
    return { keys, store }
  }
  function bound(world: ReturnType<typeof createWorld>) {
    let serial = 0
    const provider: Provider<{ readonly name: string }, SessionUser> = {
      ...world.server.provider,
      signIn: async ({ name }) => ({ ...world.server.issue(name), keyId: `k${++serial}` }),
    }
    return provider
  }

  it('stays with it through refreshes, and goes with it at the sign-out', async () => {
    const world = createWorld()
    const { keys, store } = keyring()
    const options = { ...QUIET, provider: bound(world), keys: store }
    const { auth } = await world.signedIn('ada', options)
    const { session } = await auth.refreshSession()
    expect(session.keyId).toBe('k1')
    expect([...keys.keys()]).toEqual(['k1', 'k2'])
    await auth.signOut()
    expect([...keys.keys()]).toEqual(['k2'])
  })

  it('goes when the server ends the session, and when somebody else signs in', async () => {
    const world = createWorld()
    const { keys, store } = keyring()
    const options = { ...QUIET, provider: bound(world), keys: store }
    const { auth } = await world.signedIn('ada', options)
    await auth.signIn({ name: 'bob' })
    expect([...keys.keys()]).toEqual(['k2'])
    world.server.endAll()
    await auth.refreshSession().catch(() => {})
    expect([...keys.keys()]).toEqual([])
  })

  it('goes when a session without a refresh token expires, also while no page was open', async () => {
    const world = createWorld()
    const { keys, store } = keyring()
    let serial = 0
    const provider: Provider<{ readonly name: string }, SessionUser> = {
      ...world.server.provider,
      signIn: async ({ name }) => ({
        ...world.server.issue(name),
        refreshToken: undefined,
        keyId: `k${++serial}`,
      }),
    }
    const options = { ...QUIET, provider, keys: store }
    const { auth } = await world.signedIn('ada', options)
    await world.clock.advance(3_599_000)
    expect([...keys.keys()]).toEqual(['k1', 'k2'])
    await world.clock.advance(2_000)
    expect([...keys.keys()]).toEqual(['k2'])
    await auth.signIn({ name: 'bob' })
    auth.dispose()
    await world.clock.advance(3_601_000)
    expect([...keys.keys()]).toEqual(['k2'])
    expect(await world.open(options).auth.getSession()).toBeNull()
    await world.clock.settle()
    expect([...keys.keys()]).toEqual([])
  })

  it('goes with a sign-in that another one has overtaken, and the other’s stays', async () => {
    const world = createWorld()
    const { keys, store } = keyring()
    const answers: (() => void)[] = []
    let serial = 0
    const provider: Provider<{ readonly name: string }, SessionUser> = {
      ...world.server.provider,
      async signIn({ name }) {
        const keyId = `k${++serial}`
        await new Promise<void>((resolve) => answers.push(resolve))
        return { ...world.server.issue(name), keyId }
      },
    }
    const { auth } = world.open({ ...QUIET, provider, keys: store })
    const first = auth.signIn({ name: 'ada' }).catch((error: unknown) => error)
    const second = auth.signIn({ name: 'bob' })
    await world.clock.settle()
    for (const answer of answers.reverse()) {
      answer()
      await world.clock.settle()
    }
    expect((await second).session?.keyId).toBe('k2')
    expect(await first).toMatchObject({ code: 'superseded' })
    expect([...keys.keys()]).toEqual(['k2'])
  })

  it('does not keep anybody from signing out, though it cannot be removed', async () => {
    const world = createWorld()
    const keys: KeyStore = {
      get: async () => null,
      set: async () => {},
      remove: () => Promise.reject(new Error('No database.')),
    }
    const provider: Provider<{ readonly name: string }, SessionUser> = {
      ...world.server.provider,
      signIn: async ({ name }) => ({ ...world.server.issue(name), keyId: 'key' }),
    }
    const { auth, tab } = await world.signedIn('ada', { ...QUIET, provider, keys })
    await auth.signOut()
    expect(await auth.getSession()).toBeNull()
    expect(tab.errors.map(String)).toEqual(['Error: No database.'])
  })
})

describe('a refresh after failures', () => {
  it('gives its caller the session that it brought, though another came while they were forgotten', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.outage()
    await auth.refreshSession().catch(() => {})
    world.browser.storage.hangWrites(true)
    const refreshed = auth.refreshSession()
    await world.clock.settle()
    // Saves go one after the other: this one comes before the failures are forgotten.
    const signedIn = auth.signIn({ name: 'bob' })
    await world.clock.settle()
    world.browser.storage.hangWrites(false)
    expect((await refreshed).user?.id).toBe('ada')
    expect((await signedIn).user?.id).toBe('bob')
    expect((await auth.getSession())?.user?.id).toBe('bob')
  })
})

describe('an answer on its way', () => {
  it('is kept where a server gave a sibling another access token with the same refresh token', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.server.hold()
    const refreshed = auth.refreshSession()
    await world.clock.settle()
    // Without a working lock, the sibling's token of the same exchange before is what storage has now.
    const { entries } = world.browser.storage
    for (const [key, text] of entries) entries.set(key, text.replaceAll('access-1', 'access-other'))
    world.server.release()
    expect((await refreshed).session).toMatchObject({
      accessToken: 'access-2',
      refreshToken: 'refresh-2',
    })
    expect(world.stored()).toContain('refresh-2')
    expect(world.stored()).not.toContain('refresh-1')
  })
})
