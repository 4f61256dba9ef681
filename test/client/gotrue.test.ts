import { describe, expect, it } from 'vitest'
import { AuthClient, memoryStorage, type Session, takeOver } from '../../src/index.js'
import { gotrue, parseAuthJsSession } from '../../src/providers/gotrue/index.js'
import {
  createFakeBrowser,
  createScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'

const ADA = { email: 'ada@example.com', password: 'secret-1' }

/** The whole of it: client, provider, fake browser and scripted server. */
function start(options: ScriptedGoTrueOptions = {}) {
  const browser = createFakeBrowser()
  const server = createScriptedGoTrue({ clock: browser.clock, users: [ADA], ...options })
  const open = (overrides = {}) => {
    const tab = browser.tab({ cors: true })
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: tab.fetch(server.fetch),
        now: browser.clock.now,
      }),
      storage: tab.storage,
      environment: tab.environment,
      ...overrides,
    })
    const events: string[] = []
    auth.onAuthStateChange((event) => events.push(event))
    return { tab, auth, events }
  }
  return { browser, server, open, ...open() }
}

/** Follows a redirect of the server as a browser would, up to the app's own page. */
async function follow(server: ReturnType<typeof start>['server'], href: string): Promise<string> {
  const response = await server.fetch(href, { redirect: 'manual' })
  return response.headers.get('location') ?? ''
}

describe('a person', () => {
  it('signs in, is refreshed with a changed role, and signs out at the server too', async () => {
    const { server, auth, events } = start()
    const { session } = await auth.signIn(ADA)
    expect(session).toMatchObject({ role: 'authenticated', user: { email: ADA.email } })
    server.updateClaims(session?.user?.id ?? '', { role: 'admin' })
    expect((await auth.refreshSession()).session.role).toBe('admin')
    await auth.signOut()
    await expect.poll(() => server.sessions()).toEqual([])
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'TOKEN_REFRESHED', 'SIGNED_OUT'])
  })

  it('signs in by a one-time code', async () => {
    const { server, auth } = start()
    await auth.actions.sendOtp({ email: ADA.email })
    const code = server.messages.at(-1)?.code ?? ''
    const { user } = await auth.signIn({ email: ADA.email, code })
    expect(user?.email).toBe(ADA.email)
  })

  it('signs in anonymously, and by an id token', async () => {
    const { server, auth } = start()
    expect((await auth.signIn({ anonymous: true })).user?.isAnonymous).toBe(true)
    const idToken = await server.issueIdToken({ email: ADA.email })
    expect((await auth.signIn({ idToken, provider: 'google' })).user?.email).toBe(ADA.email)
  })

  it('signs up, and is nobody’s session until the address is confirmed', async () => {
    const { server, auth } = start({ autoconfirm: false })
    const bob = { email: 'bob@example.com', password: 'secret-2' }
    const result = await auth.actions.signUp(bob)
    expect(result).toMatchObject({ session: null, user: { email: bob.email } })
    expect(await auth.getSession()).toBeNull()
    const code = server.messages.at(-1)?.code ?? ''
    expect((await auth.signIn({ email: bob.email, code })).session).not.toBeNull()
  })

  it('changes: USER_UPDATED, saved, and told to the other tabs', async () => {
    const { browser, auth, events, open } = start()
    await auth.signIn(ADA)
    const other = open()
    await browser.clock.settle()
    const user = await auth.actions.updateUser({ data: { name: 'Ada' } })
    expect(user.userMetadata).toMatchObject({ name: 'Ada' })
    expect((await auth.getSession())?.user?.userMetadata).toMatchObject({ name: 'Ada' })
    await browser.clock.settle()
    expect(events.at(-1)).toBe('USER_UPDATED')
    expect(other.events.at(-1)).toBe('USER_UPDATED')
    expect((await auth.actions.getUser()).userMetadata).toMatchObject({ name: 'Ada' })
  })
})

describe('redirects', () => {
  it('an OAuth sign-in comes back as a session, and the address is clean', async () => {
    const { server, auth, tab } = start()
    const redirectTo = 'http://localhost/app?tab=2'
    const url = await auth.actions.authorizeUrl({ provider: 'github', redirectTo })
    expect(url).not.toContain('code_verifier')
    tab.navigate(await follow(server, url))
    const [one, two] = await Promise.all([
      auth.actions.handleRedirect(),
      auth.actions.handleRedirect(),
    ])
    expect(one?.user?.email).toBe('person@github.example')
    expect(two).toEqual(one)
    expect(tab.environment.page.href()).toBe(redirectTo)
    expect(await auth.actions.handleRedirect()).toBeNull()
  })

  it('several flows at once each find their verifier', async () => {
    const { server, auth, tab } = start()
    const redirectTo = 'http://localhost/app'
    const [first] = await Promise.all([
      auth.actions.authorizeUrl({ provider: 'github', redirectTo }),
      auth.actions.authorizeUrl({ provider: 'google', redirectTo }),
    ])
    tab.navigate(await follow(server, first))
    expect((await auth.actions.handleRedirect())?.user?.email).toBe('person@github.example')
  })

  it('a person who says no is an error, and the address is clean', async () => {
    const { server, auth, tab } = start()
    const redirectTo = 'http://localhost/app'
    server.denyNextAuthorize()
    tab.navigate(
      await follow(server, await auth.actions.authorizeUrl({ provider: 'x', redirectTo })),
    )
    await expect(auth.actions.handleRedirect()).rejects.toMatchObject({
      serverCode: 'access_denied',
    })
    expect(tab.environment.page.href()).toBe(redirectTo)
  })

  it('a code that meets an outage can be tried again', async () => {
    const { server, auth, tab } = start()
    const url = await auth.actions.authorizeUrl({ provider: 'x', redirectTo: 'http://localhost/' })
    tab.navigate(await follow(server, url))
    server.fail({ type: 'status', status: 503 }, { path: '/token' })
    await expect(auth.actions.handleRedirect()).rejects.toMatchObject({ code: 'server_error' })
    expect((await auth.actions.handleRedirect())?.session).not.toBeNull()
  })

  it('a recovery link ends in PASSWORD_RECOVERY, and the new password works', async () => {
    const { server, auth, tab, events } = start()
    const redirectTo = 'http://localhost/reset'
    await auth.actions.sendPasswordRecovery({ email: ADA.email, redirectTo })
    tab.navigate(await follow(server, server.messages.at(-1)?.link ?? ''))
    await auth.actions.handleRedirect()
    expect(events.slice(-2)).toEqual(['SIGNED_IN', 'PASSWORD_RECOVERY'])
    await auth.actions.updateUser({ password: 'secret-9' })
    await auth.signOut()
    expect((await auth.signIn({ ...ADA, password: 'secret-9' })).session).not.toBeNull()
  })
})

describe('sessions kept elsewhere', () => {
  it('setSession makes them current, checked at the server', async () => {
    const { auth, open } = start()
    const { session } = await open().auth.signIn(ADA)
    const other = start()
    await expect(
      other.auth.setSession({ accessToken: 'x', refreshToken: 'abcdefghijkl' }),
    ).rejects.toMatchObject({ code: 'refresh_rejected' })
    const tokens = {
      accessToken: session?.accessToken ?? '',
      refreshToken: session?.refreshToken ?? '',
    }
    expect((await auth.setSession(tokens)).user?.email).toBe(ADA.email)
  })

  it('auth-js’s session is taken over, and nobody is logged out', async () => {
    const { browser, server, open } = start()
    const answer = await server.fetch('http://localhost/auth/v1/token?grant_type=password', {
      method: 'POST',
      body: JSON.stringify(ADA),
    })
    browser.storage.entries.set('sb-app-auth-token', await answer.text())
    const { auth, events } = open({
      takeOver: takeOver({ key: 'sb-app-auth-token', parse: parseAuthJsSession }),
    })
    expect((await auth.getSession())?.user?.email).toBe(ADA.email)
    expect((await auth.refreshSession()).user?.email).toBe(ADA.email)
    expect(events).toEqual(['INITIAL_SESSION', 'TOKEN_REFRESHED'])
    expect(browser.storage.entries.has('sb-app-auth-token')).toBe(false)
  })
})

describe('a tab that crashes between rotation and save', () => {
  it.each(['v1', 'v2'] as const)('leaves the next start signed in (%s)', async (rotation) => {
    const { browser, server, auth, tab, open } = start({ rotation })
    await auth.signIn(ADA)
    server.fail({ type: 'lose-response' }, { grant: 'refresh_token' })
    await auth.refreshSession().catch(() => {})
    tab.crash()
    await browser.clock.settle()
    const next = open()
    expect((await next.auth.refreshSession()).user?.email).toBe(ADA.email)
  })
})

describe('what GoTrue says once', () => {
  const sent = (more: object) => ({
    access_token: 'a.b.c',
    refresh_token: 'r',
    expires_in: 3_600,
    user: { id: 'ada' },
    ...more,
  })

  it('of one answer is gone with the next; the tokens of an OAuth provider are kept', async () => {
    const answers = [
      sent({ provider_token: 'p', weak_password: { reasons: ['pwned'] }, id_token: 'i' }),
      sent({}),
    ]
    const auth = new AuthClient({
      storage: memoryStorage(),
      provider: gotrue({
        url: 'https://auth.example',
        fetch: async () => Response.json(answers.shift()),
      }),
    })
    await auth.setSession({ accessToken: 'a.b.c', refreshToken: 'r0' })
    expect((await auth.getSession())?.extras).toEqual({
      provider_token: 'p',
      weak_password: { reasons: ['pwned'] },
      id_token: 'i',
    })
    const { session } = await auth.refreshSession()
    expect(session.extras).toEqual({ provider_token: 'p' })
  })
})

describe('a person whose token the server refuses', () => {
  /** Ada, whose session the server no longer takes as it did. */
  async function refused(
    change: (server: ReturnType<typeof start>['server'], session: Session) => void,
  ) {
    const opened = start()
    const { session } = await opened.auth.signIn(ADA)
    if (session) change(opened.server, session)
    return { ...opened, session }
  }
  const idOf = (session: Session | null): string => session?.user?.id ?? ''

  it('is signed out by getUser when the session is gone at the server', async () => {
    const { auth, events } = await refused((server, { sessionId = '' }) =>
      server.endSession(sessionId),
    )
    await expect(auth.actions.getUser()).rejects.toMatchObject({ code: 'refresh_rejected' })
    await expect.poll(() => events.at(-1)).toBe('SIGNED_OUT')
    expect(await auth.getSession()).toBeNull()
  })

  it('is signed out by updateUser when banned', async () => {
    const { auth } = await refused((server, session) => server.ban(idOf(session)))
    const update = auth.actions.updateUser({ data: { name: 'Ada' } })
    await expect(update).rejects.toMatchObject({ serverCode: 'user_banned' })
    expect(await auth.getSession()).toBeNull()
  })

  it('stays signed in when the refresh token is still good', async () => {
    const { auth, events, session } = await refused((server) => server.rotateKeys())
    expect((await auth.actions.getUser()).id).toBe(idOf(session))
    expect(events).toContain('TOKEN_REFRESHED')
  })
})
