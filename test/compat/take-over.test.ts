import { GoTrueClient as AuthJs } from '@supabase/auth-js'
import { describe, expect, it } from 'vitest'
import { GoTrueClient } from '../../src/compat/auth-js/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { ADA, open, turn } from './stage.js'

/** A storage in which auth-js has left somebody's session. */
async function left(key = 'app', users?: Map<string, string>) {
  const server = createScriptedGoTrue({ users: [ADA] })
  const entries = new Map<string, string>()
  const storageOn = (map: Map<string, string>) => ({
    getItem: (name: string) => map.get(name) ?? null,
    setItem: (name: string, text: string) => void map.set(name, text),
    removeItem: (name: string) => void map.delete(name),
  })
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
