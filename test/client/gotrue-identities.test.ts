import { describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { type Identities, identities } from '../../src/providers/gotrue/identities.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { ADA, APP, BOB, createGoTrueWorld, failureOf } from '../support/gotrue-tabs.js'
import { PATIENT } from '../support/patient.js'
import { jwt } from '../support/wire.js'

async function signedIn(options: Parameters<typeof createGoTrueWorld>[0] = {}) {
  const world = createGoTrueWorld(options)
  const opened = world.open()
  await opened.auth.signIn(ADA)
  const idTokenOf = (email: string) => world.server.issueIdToken({ email })
  world.server.clearLog()
  return { world, ...opened, own: identities(opened.auth), idTokenOf }
}

describe('the identities of a person', () => {
  it('are listed with names and times of ours', async () => {
    const { world, auth, own, idTokenOf } = await signedIn()
    await own.link({ provider: 'google', idToken: await idTokenOf('ada@work.example') })
    const [address, google] = await own.list()
    expect(address).toMatchObject({ provider: 'email', email: ADA.email })
    expect(address?.userId).toBe((await auth.getSession())?.user?.id)
    expect(google).toEqual({
      identityId: expect.stringMatching(/^[\da-f-]{36}$/),
      id: 'google-ada',
      userId: address?.userId,
      provider: 'google',
      email: 'ada@work.example',
      identityData: expect.objectContaining({ full_name: 'ada' }),
      createdAt: world.browser.clock.now(),
      updatedAt: world.browser.clock.now(),
      lastSignInAt: world.browser.clock.now(),
    })
  })

  it('get one more by an id token: one event, with the new identity in it', async () => {
    const { world, auth, events, own, idTokenOf } = await signedIn()
    const before = (await auth.getSession())?.sessionId
    const { session, user } = await own.link({
      provider: 'google',
      idToken: await idTokenOf('ada@work.example'),
    })
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'USER_UPDATED'])
    expect(user?.identities).toHaveLength(2)
    expect(session?.sessionId).not.toBe(before)
    await world.browser.clock.settle()
    expect(world.sessionIds()).toEqual([session?.sessionId])
  })

  it('can be linked by an id token where manual linking is off, and by redirect they cannot', async () => {
    const { own, idTokenOf } = await signedIn({ manualLinking: false })
    const off = { code: 'rejected', serverCode: 'manual_linking_disabled' }
    expect(await failureOf(own.linkUrl({ provider: 'github' }))).toMatchObject(off)
    const idToken = await idTokenOf('ada@work.example')
    const { user } = await own.link({ provider: 'google', idToken })
    expect(user?.identities).toHaveLength(2)
  })

  it('of somebody else stay theirs, and the session as it was', async () => {
    const { world, auth, events, own, idTokenOf } = await signedIn()
    const bob = world.open()
    const idToken = await idTokenOf('work@example.com')
    const link = { provider: 'google', idToken }
    await own.link(link)
    const linked = await auth.getSession()
    expect(await failureOf(own.link(link))).toMatchObject({
      code: 'rejected',
      serverCode: 'identity_already_exists',
      message: 'Identity is already linked',
    })
    expect(await auth.getSession()).toBe(linked)
    expect(events.filter((event) => event === 'USER_UPDATED')).toHaveLength(1)
    await bob.auth.signIn(BOB)
    expect(await failureOf(identities(bob.auth).link(link))).toMatchObject({
      message: 'Identity is already linked to another user',
    })
  })

  it('lose one: USER_UPDATED, and neither the server nor the session has it any more', async () => {
    const { auth, events, own, idTokenOf } = await signedIn()
    await own.link({ provider: 'google', idToken: await idTokenOf('ada@work.example') })
    const identityId = (await own.list()).at(-1)?.identityId ?? ''
    const user = await own.unlink({ identityId })
    expect(user.identities).toHaveLength(1)
    expect((await auth.getSession())?.user?.identities).toHaveLength(1)
    expect(await own.list()).toHaveLength(1)
    expect(events.slice(-2)).toEqual(['USER_UPDATED', 'USER_UPDATED'])
  })

  it('lose one also where the server does not say any more who is left', async () => {
    const { world, auth, own, idTokenOf } = await signedIn()
    await own.link({ provider: 'google', idToken: await idTokenOf('ada@work.example') })
    const [address, google] = await own.list()
    world.server.fail({ type: 'status', status: 503 }, { path: '/user' })
    const user = await own.unlink({ identityId: google?.identityId ?? '' })
    const left = [expect.objectContaining({ identity_id: address?.identityId })]
    expect(user.identities).toEqual(left)
    expect((await auth.getSession())?.user?.identities).toEqual(left)
  })

  it('are never fewer than one, and what is none of them stays unknown', async () => {
    const { own, idTokenOf } = await signedIn()
    const [address] = await own.list()
    const { identityId = '' } = address ?? {}
    expect(await failureOf(own.unlink({ identityId }))).toMatchObject({
      code: 'rejected',
      serverCode: 'single_identity_not_deletable',
    })
    await own.link({ provider: 'google', idToken: await idTokenOf('ada@work.example') })
    const unknown = '00000000-0000-4000-8000-000000000000'
    expect(await failureOf(own.unlink({ identityId: unknown }))).toMatchObject({
      code: 'rejected',
      serverCode: 'identity_not_found',
    })
  })

  it('are nobody’s when nobody is signed in', async () => {
    const own = identities(createGoTrueWorld().open().auth)
    const missing = { code: 'session_missing' }
    expect(await failureOf(own.list())).toMatchObject(missing)
    expect(await failureOf(own.linkUrl({ provider: 'github' }))).toMatchObject(missing)
    expect(await failureOf(own.link({ provider: 'google', idToken: 'x' }))).toMatchObject(missing)
    expect(await failureOf(own.unlink({ identityId: 'x' }))).toMatchObject(missing)
  })
})

describe('the address of a link', () => {
  it('asks for what the app wants, by PKCE, whatever the app passes on', async () => {
    const { world, own } = await signedIn()
    const asked: string[] = []
    const { server } = world
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: (input, init) => {
          asked.push(String(input))
          return server.fetch(input, init)
        },
      }),
      storage: memoryStorage(),
      environment: { clock: world.browser.clock },
    })
    await auth.signIn(ADA)
    await identities(auth).linkUrl({
      provider: 'github',
      redirectTo: APP,
      scopes: 'repo user',
      queryParams: { prompt: 'consent', provider: 'evil', code_challenge: 'mine' },
    })
    const query = Object.fromEntries(new URL(asked.at(-1) ?? '').searchParams)
    expect(query).toEqual({
      prompt: 'consent',
      provider: 'github',
      redirect_to: APP,
      scopes: 'repo user',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 's256',
      skip_http_redirect: 'true',
    })
    expect(await own.list()).toHaveLength(1)
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example', '', 7, null])(
    'is none that could run a script: %j',
    async (url) => {
      const { world, own } = await signedIn()
      const answer = { type: 'body', body: JSON.stringify({ url }) } as const
      world.server.fail(answer, { path: '/user/identities/authorize' })
      const error = await failureOf(own.linkUrl({ provider: 'github' }))
      expect(error).toMatchObject({ code: 'bad_response' })
      expect(JSON.stringify([...world.browser.storage.entries])).not.toContain('link ')
    },
  )
})

describe('a caller’s mistake', () => {
  it.each<[string, keyof Identities, unknown]>([
    ['linkUrl()', 'linkUrl', undefined],
    ['a provider that is no text', 'linkUrl', { provider: 7 }],
    ['an empty provider', 'linkUrl', { provider: '' }],
    ['a redirectTo that is none', 'linkUrl', { provider: 'x', redirectTo: {} }],
    ['a symbol for the provider', 'linkUrl', { provider: 'x', queryParams: { a: Symbol('a') } }],
    ['link()', 'link', null],
    ['no id token', 'link', { provider: 'google' }],
    ['a nonce of digits', 'link', { provider: 'google', idToken: 'x', nonce: 7 }],
    ['unlink()', 'unlink', undefined],
    ['an id that leads elsewhere', 'unlink', { identityId: '../../user' }],
    ['an empty id', 'unlink', { identityId: '' }],
  ])('is told before anything is sent: %s', async (_, method, options) => {
    const { world, own } = await signedIn()
    const error = await failureOf(Reflect.apply(own[method], own, [options]))
    expect(error).toMatchObject({ code: 'invalid_argument' })
    expect(world.sent()).toEqual([])
  })

  it('is a client of another provider, or none', () => {
    const refused = expect.objectContaining({ code: 'invalid_argument' })
    for (const auth of [undefined, null, {}, { actions: {} }]) {
      expect(() => Reflect.apply(identities, undefined, [auth])).toThrow(refused)
    }
  })
})

describe('a server that knows no links by an id token', () => {
  /** A tab whose server takes no notice of `link_identity`: it signs in whoever the token is of. */
  async function atOldServer() {
    const world = createGoTrueWorld()
    const { server, browser } = world
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: (input, init) => {
          const body = String(init?.body ?? '').replace(',"link_identity":true', '')
          return server.fetch(input, { ...init, ...(body && { body }) })
        },
      }),
      storage: memoryStorage(),
      environment: { clock: browser.clock },
    })
    const events: string[] = []
    auth.onAuthStateChange((event) => events.push(event))
    await auth.signIn(ADA)
    return { world, auth, events, own: identities(auth) }
  }

  it('leaves nobody else signed in there, and the session as it was', async () => {
    const { world, auth, events, own } = await atOldServer()
    const before = await auth.getSession()
    const idToken = await world.server.issueIdToken({ email: 'lena@example.com' })
    expect(await failureOf(own.link({ provider: 'google', idToken }))).toMatchObject({
      code: 'bad_response',
      retryable: false,
    })
    await vi.waitUntil(() => world.sessionIds().length === 1, PATIENT)
    expect(await auth.getSession()).toBe(before)
    expect(world.sessionIds()).toEqual([before?.sessionId])
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN'])
  })

  it('has one session of the person afterwards, where the token is theirs', async () => {
    const { world, own } = await atOldServer()
    const idToken = await world.server.issueIdToken({ email: ADA.email })
    const { session } = await own.link({ provider: 'google', idToken })
    await vi.waitUntil(() => world.sessionIds().length === 1, PATIENT)
    expect(world.sessionIds()).toEqual([session?.sessionId])
  })
})

describe('a server that makes no new session for a link', () => {
  it('does not have the one that it gave ended', async () => {
    const sent: string[] = []
    const token = jwt({ sub: 'ada', session_id: 'one', iat: 100, exp: 3700 })
    const user = { id: 'ada', identities: [] }
    const body = { access_token: token, refresh_token: 'next', expires_in: 3600, user }
    const auth = new AuthClient({
      provider: gotrue({
        url: 'https://auth.example',
        fetch: async (input) => {
          sent.push(new URL(String(input)).pathname)
          return Response.json(String(input).endsWith('/user') ? user : body)
        },
      }),
      storage: memoryStorage(),
    })
    await auth.signIn(ADA)
    await identities(auth).link({ provider: 'google', idToken: 'x' })
    expect((await auth.getSession())?.refreshToken).toBe('next')
    expect(sent).toEqual(['/token', '/token', '/user'])
    auth.dispose()
  })
})
