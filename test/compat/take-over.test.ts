import { GoTrueClient as AuthJs } from '@supabase/auth-js'
import { describe, expect, it } from 'vitest'
import { GoTrueClient } from '../../src/compat/auth-js/index.js'
import { AuthClient, memoryStorage, type Storage, takeOver } from '../../src/index.js'
import { authJsStorage, gotrue, parseAuthJsSession } from '../../src/providers/gotrue/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { ADA, open, turn } from './stage.js'

const storageOn = (map: Map<string, string>) => ({
  getItem: (name: string) => map.get(name) ?? null,
  setItem: (name: string, text: string) => void map.set(name, text),
  removeItem: (name: string) => void map.delete(name),
})

/** A storage in which auth-js has left somebody's session, and perhaps another with the user. */
async function left(key = 'app', users?: Map<string, string>, entries = new Map<string, string>()) {
  const server = createScriptedGoTrue({ users: [ADA] })
  const options = {
    url: 'http://localhost/auth/v1',
    fetch: server.fetch,
    storage: storageOn(entries),
    ...(users && { userStorage: storageOn(users) }),
    autoRefreshToken: false,
  }
  const old = new AuthJs({ ...options, storageKey: key })
  const { data } = await old.signInWithPassword(ADA)
  await old.dispose()
  return { server, entries, options, token: data.session?.refresh_token ?? '' }
}

describe('what auth-js left behind', () => {
  it('is taken over: nobody is signed out, and no refresh token is spent', async () => {
    const { server, entries, token } = await left()
    const { auth, events } = open('face', {}, { server, entries })
    const { data } = await auth.getSession()
    expect(data.session).toMatchObject({ refresh_token: token, user: { email: ADA.email } })
    await turn()
    expect(events).toEqual(['INITIAL_SESSION with a session'])
    expect(server.count('refresh_token')).toBe(0)
  })

  it('is gone then: two libraries never hold one refresh token', async () => {
    const { server, entries } = await left()
    entries.set('app-code-verifier', '"secret"')
    const first = open('face', {}, { server, entries })
    await first.auth.getSession()
    expect([...entries.keys()].filter((key) => key.startsWith('app'))).toEqual([])
    const late = open('auth-js', {}, { server, entries })
    expect((await late.auth.getSession()).data.session).toBeNull()
  })

  it('is gone then with the secrets of every redirect that auth-js had under way', async () => {
    const { entries, options } = await left('app')
    const old = new AuthJs({ ...options, storageKey: 'app', flowType: 'pkce' })
    for (const provider of ['github', 'google'] as const) {
      await old.signInWithOAuth({ provider, options: { skipBrowserRedirect: true } })
    }
    await old.dispose()
    expect([...entries.keys()].filter((key) => key.startsWith('app-')).length).toBe(4)
    const auth = new GoTrueClient({ ...options, storageKey: 'app' })
    expect((await auth.getSession()).data.session).not.toBeNull()
    expect([...entries.keys()].filter((key) => key.startsWith('app'))).toEqual([])
  })

  it('is gone after a sign-out, with all that belonged to it', async () => {
    const users = new Map<string, string>()
    const { server, entries, options } = await left('app', users)
    expect(users.size).toBe(1)
    const { user: kept } = JSON.parse(users.get('app-user') ?? '')
    const auth = new GoTrueClient({ ...options, storageKey: 'app' })
    const { session } = (await auth.getSession()).data
    expect(session?.user).toEqual(kept)
    expect(session?.user.id).toBe([...server.sessions()][0]?.userId)
    expect(users.size).toBe(0)
    await auth.signOut()
    expect([...entries].join()).not.toContain(ADA.email)
    const again = new GoTrueClient({ ...options, storageKey: 'app' })
    expect((await again.getSession()).data.session).toBeNull()
  })

  it.each<[string, (users: Map<string, string>) => void]>([
    ['is gone', (users) => users.clear()],
    ['is damaged', (users) => users.set('app-user', '{"user":')],
    ['is no object', (users) => users.set('app-user', '{"user":"ada"}')],
  ])(
    'goes on where the user, who was kept elsewhere, %s: the token describes them',
    async (_, harm) => {
      const users = new Map<string, string>()
      const { options, token } = await left('app', users)
      harm(users)
      const auth = new GoTrueClient({ ...options, storageKey: 'app' })
      expect((await auth.getSession()).data.session).toMatchObject({
        refresh_token: token,
        user: { email: ADA.email, app_metadata: { provider: 'email' } },
      })
    },
  )

  it('comes with the user whom auth-js kept apart in one storage, though the option is gone', async () => {
    const entries = new Map<string, string>()
    const { options, server } = await left('app', entries, entries)
    const { user: kept } = JSON.parse(entries.get('app-user') ?? '')
    const { userStorage: _, ...without } = options
    const auth = new GoTrueClient({ ...without, storageKey: 'app' })
    expect((await auth.getSession()).data.session?.user).toEqual(kept)
    expect(server.count('refresh_token')).toBe(0)
    expect([...entries.keys()].filter((name) => name.startsWith('app'))).toEqual([])
  })

  it.each(['supabase.auth.token', 'sb-localhost-auth-token'])(
    'is found under the name that it has by default: %s',
    async (key) => {
      const { options, token } = await left(key)
      const auth = new GoTrueClient(options)
      expect((await auth.getSession()).data.session?.refresh_token).toBe(token)
    },
  )

  it('is not looked for where sessions are not to be kept', async () => {
    const { options, entries } = await left()
    const auth = new GoTrueClient({ ...options, storageKey: 'app', persistSession: false })
    expect((await auth.getSession()).data.session).toBeNull()
    expect(entries.size).toBe(1)
  })
})

describe('what auth-js left in two storages', () => {
  const over = (map: Map<string, string>): Storage => ({
    get: (key) => map.get(key),
    set: (key, text) => void map.set(key, text),
    remove: (key) => void map.delete(key),
  })

  /** A client of Holdfast that takes it over, and what is left. */
  async function taken(
    change: (users: Map<string, string>) => void = () => {},
    userStorage?: Storage,
  ) {
    const users = new Map<string, string>()
    const { entries, options, token } = await left('app', users)
    const { user } = JSON.parse(users.get('app-user') ?? '')
    change(users)
    const storage = authJsStorage({
      storage: over(entries),
      userStorage: userStorage ?? over(users),
    })
    const reported: unknown[] = []
    const auth = new AuthClient({
      provider: gotrue({ url: options.url, fetch: options.fetch }),
      storage: memoryStorage(),
      takeOver: takeOver({ key: 'app', parse: parseAuthJsSession, storage }),
      environment: { report: (error) => void reported.push(error) },
    })
    const session = await auth.getSession()
    expect(session?.refreshToken).toBe(token)
    return { session, user, left: [...entries.keys(), ...users.keys()], reported }
  }

  it('is one session with its user for `takeOver`, and nothing is left of it', async () => {
    const { session, user, left } = await taken()
    // What no token tells.
    expect(session?.user?.createdAt).toBe(user.created_at)
    expect(session?.user).toMatchObject({ email: ADA.email, identities: user.identities })
    expect(left).toEqual([])
  })

  it('is gone with the secrets of all redirects that auth-js had under way', async () => {
    const { entries, options } = await left()
    const old = new AuthJs({ ...options, storageKey: 'app', flowType: 'pkce' })
    for (const provider of ['github', 'google'] as const) {
      await old.signInWithOAuth({ provider, options: { skipBrowserRedirect: true } })
    }
    await old.dispose()
    // The session, the secrets of both, their index, and the last one again under a name of old.
    expect(entries.size).toBe(5)
    await authJsStorage({ storage: over(entries) }).remove('app')
    expect([...entries.keys()]).toEqual([])
  })

  it('is taken over with the user of its token where the other one is somebody else', async () => {
    const bob = JSON.stringify({ user: { id: 'bob', email: 'bob@example.com' } })
    const { session, user, left } = await taken((users) => users.set('app-user', bob))
    expect(session?.user).toMatchObject({ id: user.id, email: ADA.email })
    expect(left).toEqual([])
  })

  it('is taken over once, also where the storage of the user does not answer', async () => {
    const down = { get: () => Promise.reject(new Error('down')), set() {}, remove() {} }
    const { session, left, reported } = await taken(undefined, down)
    expect(session?.user?.email).toBe(ADA.email)
    expect(left).toEqual(['app-user'])
    expect(reported).toEqual([])
  })

  it.each([undefined, {}, { storage: {} }, { storage: memoryStorage(), userStorage: {} }])(
    'is not looked for in what is no storage: %j',
    (storages) => {
      const call = () => Reflect.apply(authJsStorage, undefined, [storages])
      expect(call).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    },
  )
})
