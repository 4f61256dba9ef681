import { describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { mfa } from '../../src/providers/gotrue/mfa.js'
import { type NetlifyOptions, netlifyIdentity } from '../../src/providers/gotrue/netlify.js'
import {
  createFakeBrowser,
  createScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../src/testing/index.js'
import { ADA, BOB, failureOf } from '../support/gotrue-tabs.js'

const SITE = 'https://site.example/'
const HOUR = 3_600_000

/** A browser, and Netlify's server behind its site. */
function createWorld(options: ScriptedGoTrueOptions = {}) {
  const browser = createFakeBrowser()
  const users = [
    { ...ADA, data: { name: 'Ada' } },
    { ...BOB, role: 'admin' },
  ]
  const server = createScriptedGoTrue({
    manners: 'netlify',
    clock: browser.clock,
    path: '/.netlify/identity',
    siteUrl: SITE,
    users,
    ...options,
  })
  function open(href = SITE, own: Partial<NetlifyOptions> = {}) {
    const tab = browser.tab({ href })
    const auth = new AuthClient({
      provider: netlifyIdentity<{ name: string }>({
        url: `${SITE}.netlify/identity`,
        fetch: tab.fetch(server.fetch),
        now: browser.clock.now,
        ...own,
      }),
      storage: tab.storage,
      environment: tab.environment,
      autoRefresh: false,
    })
    const events: string[] = []
    auth.onAuthStateChange((event) => events.push(event))
    return { tab, auth, events }
  }
  return {
    browser,
    server,
    open,
    mailed: (): string => server.messages.at(-1)?.link ?? '',
    sent: (): string[] => server.requests.map(({ method, path }) => `${method} ${path}`),
  }
}

const grace = { email: 'grace@example.com', password: 'secret-3' }

describe('a session at Netlify Identity', () => {
  it('begins with a password, and knows of its person what the token says', async () => {
    const { open, sent, server } = createWorld()
    const { auth } = open()
    const { session } = await auth.signIn(ADA)
    expect(session).toMatchObject({
      user: { email: ADA.email, userMetadata: { name: 'Ada' }, appMetadata: { provider: 'email' } },
    })
    expect(session?.user?.id).toBe(server.sessions()[0]?.userId)
    expect(sent()).toEqual(['POST /token'])
  })

  it('goes on when its token runs out, with what was known of the person besides', async () => {
    const { open, browser, server } = createWorld()
    const { auth } = open()
    await auth.signIn(ADA)
    await auth.actions.updateUser({ data: { name: 'Countess' } })
    const before = await auth.getSession()
    server.updateClaims(before?.user?.id ?? '', { appMetadata: { roles: ['editor', 7] } })
    await browser.clock.advance(HOUR)
    const session = await auth.getSession()
    expect(session?.accessToken).not.toBe(before?.accessToken)
    expect(session?.roles).toEqual(['editor'])
    expect(session?.user).toMatchObject({
      userMetadata: { name: 'Countess' },
      confirmedAt: expect.any(String),
    })
    expect(server.count('refresh_token')).toBe(1)
  })

  it('is one refresh for all tabs, though the server forgives no second one', async () => {
    const { open, browser, server } = createWorld()
    const tabs = [open(), open(), open()]
    await tabs[0]?.auth.signIn(ADA)
    await browser.clock.settle()
    await browser.clock.advance(HOUR)
    const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    expect(new Set(sessions.map((session) => session?.refreshToken)).size).toBe(1)
    expect(server.count('refresh_token')).toBe(1)
  })

  it('ends by the refusal of a token that was spent, and by nothing less', async () => {
    const { open, browser, server } = createWorld()
    const { auth, events } = open()
    await auth.signIn(ADA)
    server.fail({ type: 'status', status: 422 })
    await browser.clock.advance(HOUR)
    expect(await failureOf(auth.getSession())).toMatchObject({ retryable: true })
    server.heal()
    await browser.clock.advance(HOUR)
    expect(await auth.getSession()).not.toBeNull()
    const body = `grant_type=refresh_token&refresh_token=${(await auth.getSession())?.refreshToken}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const url = `${SITE}.netlify/identity/token`
    expect((await server.fetch(url, { method: 'POST', body, headers })).status).toBe(200)
    await browser.clock.advance(HOUR)
    expect(await auth.getSession()).toBeNull()
    expect(events.at(-1)).toBe('SIGNED_OUT')
  })

  it('stays while the site has its email logins switched off', async () => {
    const { open, server, browser } = createWorld()
    let off = false
    const { auth } = open(SITE, {
      fetch: async (input, init) =>
        off
          ? Response.json({ code: 400, msg: 'Unsupported email provider' }, { status: 400 })
          : server.fetch(input, init),
    })
    await auth.signIn(ADA)
    off = true
    await browser.clock.advance(HOUR)
    expect(await failureOf(auth.getSession())).toMatchObject({ code: 'rejected', retryable: true })
    off = false
    await browser.clock.advance(HOUR)
    expect((await auth.getSession())?.user?.email).toBe(ADA.email)
  })

  it('ends where its person was deleted, when the next action is told so', async () => {
    const { open, server } = createWorld()
    const { auth } = open()
    const { session } = await auth.signIn(ADA)
    server.deleteUser(session?.user?.id ?? '')
    expect(await failureOf(auth.actions.getUser())).toMatchObject({ code: 'refresh_rejected' })
    expect(await auth.getSession()).toBeNull()
  })

  it('is signed out at the server too, on all devices, and cannot end the others alone', async () => {
    const { open, server, browser } = createWorld()
    const { auth } = open()
    await auth.signIn(ADA)
    expect(await failureOf(auth.signOut({ scope: 'others' }))).toMatchObject({
      code: 'invalid_argument',
    })
    expect(await auth.getSession()).not.toBeNull()
    await auth.signOut()
    await browser.clock.settle()
    expect(server.sessions()).toEqual([])
    expect(await auth.getSession()).toBeNull()
  })

  it('can be taken over from another library, as long as one holds it', async () => {
    const { open, server, browser } = createWorld()
    const { auth } = open()
    const { session } = await auth.signIn(ADA)
    const { accessToken, refreshToken } = session ?? {}
    // A device that is two hours slow; the token does not say when it was issued.
    const there = open(SITE, { now: () => browser.clock.now() - 2 * HOUR }).auth
    const tokens = { accessToken: accessToken ?? '', refreshToken: refreshToken ?? '' }
    const taken = await there.setSession(tokens)
    expect(taken.session?.user).toMatchObject({ email: ADA.email, confirmedAt: expect.any(String) })
    expect(taken.session?.expiresAt).toBeLessThanOrEqual(browser.clock.now() + HOUR)
    expect(server.count('refresh_token')).toBe(0)
  })
})

describe('a sign-in at Netlify Identity', () => {
  it.each([
    ['a wrong password', { ...ADA, password: 'no' }, 'No user found with that email, or password'],
    ['an address nobody has', grace, 'No user found with that email, or password'],
  ])('tells %s', async (_, person, message) => {
    const { auth } = createWorld().open()
    expect(await failureOf(auth.signIn(person))).toMatchObject({
      code: 'invalid_credentials',
      message: expect.stringContaining(message),
    })
  })

  it.each([
    ['nothing', undefined],
    ['an anonymous one', { anonymous: true }],
    ['a code', { email: ADA.email, code: '123456' }],
    ['an empty password', { ...ADA, password: '' }],
    ['an invitation without a password', { inviteToken: 'x' }],
  ])('takes %s for a mistake, and sends nothing', async (_, credentials) => {
    const { open, sent } = createWorld()
    const { auth } = open()
    const signIn: (credentials: never) => Promise<unknown> = auth.signIn
    expect(await failureOf(signIn(credentials as never))).toMatchObject({
      code: 'invalid_argument',
    })
    expect(sent()).toEqual([])
  })

  it('comes with the sign-up where no address needs a confirmation', async () => {
    const { auth } = createWorld().open()
    const { session } = await auth.actions.signUp({ ...grace, data: { name: 'Grace' } })
    expect(session?.user).toMatchObject({ email: grace.email, userMetadata: { name: 'Grace' } })
    expect(await failureOf(auth.actions.signUp(grace))).toMatchObject({ code: 'rejected' })
  })

  it('comes with the link of a mail otherwise, which is taken off the address', async () => {
    const { open, mailed, sent } = createWorld({ autoconfirm: false })
    const { session, user } = await open().auth.actions.signUp(grace)
    expect([session, user?.email]).toEqual([null, grace.email])
    const { auth, tab, events } = open(`${mailed()}&mine=1`)
    const [one, two] = await Promise.all([
      auth.actions.handleRedirect(),
      auth.actions.handleRedirect(),
    ])
    expect(one?.session?.user?.email).toBe(grace.email)
    expect(two?.session).toBe(one?.session)
    expect(sent().filter((what) => what === 'POST /verify')).toHaveLength(1)
    expect(tab.environment.page.href()).toBe(`${SITE}#mine=1`)
    expect(events).toContain('SIGNED_IN')
    const again = open(mailed()).auth
    expect(await failureOf(again.actions.handleRedirect())).toMatchObject({
      code: 'invalid_credentials',
    })
  })

  it('comes with the link of a recovery, which then takes a new password', async () => {
    const { open, mailed } = createWorld()
    await open().auth.actions.sendPasswordRecovery({ email: ADA.email })
    const { auth, events } = open(mailed())
    await auth.actions.handleRedirect()
    expect(events).toContain('PASSWORD_RECOVERY')
    await auth.actions.updateUser({ password: 'secret-9' })
    expect((await open().auth.signIn({ ...ADA, password: 'secret-9' })).session).not.toBeNull()
    expect(
      await failureOf(auth.actions.sendPasswordRecovery({ email: 'no@example.com' })),
    ).toMatchObject({ code: 'rejected', status: 404 })
  })

  it('comes with the password that an invited person chooses', async () => {
    const { open, mailed, server } = createWorld()
    const { session } = await open().auth.signIn(BOB)
    await server.fetch(`${SITE}.netlify/identity/invite`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session?.accessToken}` },
      body: JSON.stringify({ email: grace.email }),
    })
    const { auth, tab } = open(mailed())
    await auth.signOut()
    const found = await auth.actions.handleRedirect()
    expect(found).toMatchObject({ session: null, inviteToken: expect.any(String) })
    expect(tab.environment.page.href()).toBe(SITE)
    const inviteToken = found?.inviteToken ?? ''
    const signedIn = await auth.signIn({ inviteToken, password: grace.password })
    expect(signedIn.session?.user?.email).toBe(grace.email)
  })

  it('by another provider takes acceptFragmentTokens', async () => {
    const { open, server } = createWorld()
    const plain = open().auth
    expect(await failureOf(plain.actions.authorizeUrl({ provider: 'github' }))).toMatchObject({
      code: 'invalid_argument',
    })
    const accepting = open(SITE, { acceptFragmentTokens: true }).auth
    const url = await accepting.actions.authorizeUrl({ provider: 'github', inviteToken: 'a b' })
    expect(url).toBe(`${SITE}.netlify/identity/authorize?provider=github&invite_token=a+b`)
    const back = await server.fetch(url, { redirect: 'manual' })
    const href = back.headers.get('location') ?? ''
    const closed = open(href)
    expect(await closed.auth.actions.handleRedirect()).toMatchObject({ ignored: 'tokens' })
    expect(closed.tab.environment.page.href()).toBe(href)
    const { auth, tab } = open(href, { acceptFragmentTokens: true })
    const result = await auth.actions.handleRedirect()
    expect(result?.session?.user?.email).toBe('person@github.example')
    expect(tab.environment.page.href()).toBe(SITE)
  })

  it('by another provider tells that the person said no', async () => {
    const { open, server } = createWorld()
    server.denyNextAuthorize()
    const url = `${SITE}.netlify/identity/authorize?provider=github`
    const href = (await server.fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''
    const { auth, tab } = open(href, { acceptFragmentTokens: true })
    expect(await failureOf(auth.actions.handleRedirect())).toMatchObject({
      code: 'rejected',
      serverCode: 'access_denied',
    })
    expect(tab.environment.page.href()).toBe(SITE)
    expect(await open(href).auth.actions.handleRedirect()).toMatchObject({ ignored: 'error' })
    const foreign = open(`${href}&state=1`, { acceptFragmentTokens: true })
    expect(await foreign.auth.actions.handleRedirect()).toMatchObject({ ignored: 'error' })
    expect(await open(`${SITE}#chapter-2`).auth.actions.handleRedirect()).toBeNull()
  })

  it('by a link of somebody else’s never replaces the session of who is signed in', async () => {
    const { open, mailed } = createWorld({ autoconfirm: false })
    await open().auth.actions.signUp(grace)
    const { auth, tab } = open(mailed())
    await auth.signIn(ADA)
    expect(await failureOf(auth.actions.handleRedirect())).toMatchObject({
      code: 'invalid_argument',
    })
    expect((await auth.getSession())?.user?.email).toBe(ADA.email)
    expect(tab.environment.page.href()).toBe(SITE)
  })
})

describe('a change of address at Netlify Identity', () => {
  it('is confirmed by its link, of whoever is signed in', async () => {
    const { open, mailed } = createWorld()
    const first = open().auth
    await first.signIn(ADA)
    const changed = await first.actions.updateUser({ email: 'new@example.com' })
    expect(changed).toMatchObject({ email: ADA.email, newEmail: 'new@example.com' })
    const { auth, events } = open(mailed())
    const result = await auth.actions.handleRedirect()
    expect(result?.user?.email).toBe('new@example.com')
    expect((await auth.getSession())?.user?.email).toBe('new@example.com')
    expect(events).toContain('USER_UPDATED')
    expect((await auth.refreshSession()).session.user?.email).toBe('new@example.com')
  })

  it('waits in the address for who has to sign in first', async () => {
    const { open, mailed } = createWorld()
    const first = open().auth
    await first.signIn(ADA)
    await first.actions.updateUser({ email: 'new@example.com' })
    await first.signOut()
    const { auth, tab } = open(mailed())
    expect(await failureOf(auth.actions.handleRedirect())).toMatchObject({
      code: 'session_missing',
    })
    expect(tab.environment.page.href()).toBe(mailed())
    await auth.signIn(ADA)
    expect((await auth.actions.handleRedirect())?.user?.email).toBe('new@example.com')
  })

  it('with a wrong link costs no session, and no refresh', async () => {
    const { open, server } = createWorld()
    const { auth } = open(`${SITE}#email_change_token=wrong`)
    await auth.signIn(ADA)
    expect(await failureOf(auth.actions.handleRedirect())).toMatchObject({
      code: 'invalid_credentials',
    })
    expect(server.count('refresh_token')).toBe(0)
    expect(await auth.getSession()).not.toBeNull()
  })
})

describe('what Netlify Identity lacks', () => {
  it('is refused in a sentence', () => {
    const { auth } = createWorld().open()
    const area: (auth: never) => unknown = mfa
    expect(() => area(auth as never)).toThrow('mfa() takes an AuthClient of gotrue().')
  })

  it.each([
    ['no address', {}],
    ['a path', { url: '/.netlify/identity' }],
    ['an option nobody knows', { url: SITE, apiKey: 'x' }],
  ])('is a mistake at once: %s', (_, options) => {
    const make: (options: never) => unknown = netlifyIdentity
    expect(() => make(options as never)).toThrow()
  })
})
