import { describe, expect, it } from 'vitest'
import { sealText, unsealText } from '../../../src/server/sealed/seal.js'
import { ADA, APP, BOB, COOKIE, createBackendWorld, MINUTE, PASSWORD } from './backend-world.js'

const FLOW = /^__Host-holdfast-flow-[\w-]{16}$/
type World = ReturnType<typeof createBackendWorld>

/** Begins a sign-in, and lets the person consent: the address of the callback. */
async function consent(world: World, query = `loginHint=${ADA}`): Promise<URL> {
  const begun = await world.send(`/auth/sign-in?${query}`)
  const answer = await world.workos.fetch(begun.headers.get('Location') ?? '')
  return new URL(answer.headers.get('Location') ?? '')
}

const flowsOf = ({ jar }: World): string[] => [...jar.cookies.keys()].filter((n) => FLOW.test(n))

/** What a refused callback says, or leads to, and whether anybody is signed in. */
async function refused(world: World, address: URL | string) {
  const response = await world.send(String(address))
  const location = response.headers.get('Location')
  if (location) return { location, signedIn: world.jar.cookies.has(COOKIE) }
  const { code, serverCode } = await response.json()
  return { status: response.status, code, serverCode, signedIn: world.jar.cookies.has(COOKIE) }
}

/** Nobody is signed in by it, and the browser begins anew. */
const UNKNOWN = { location: `${APP}/auth/sign-in?again=1`, signedIn: false }

describe('a sign-in', () => {
  it('goes to the auth server and comes back to where it began', async () => {
    const world = createBackendWorld()
    const { href } = await world.navigate(
      `/auth/sign-in?loginHint=${ADA}&returnTo=%2Fcart%3Ftab%3D2`,
    )
    expect(href).toBe(`${APP}/cart?tab=2`)
    const { session } = await (await world.call('/auth/session')).json()
    expect(session.user.email).toBe(ADA)
    expect([...world.jar.cookies.keys()]).toEqual([COOKIE])
  })

  it('passes on what the page asks for, with a proof of its own', async () => {
    const world = createBackendWorld()
    const query = new URLSearchParams({
      organizationId: 'org_1',
      loginHint: ADA,
      domainHint: 'example.com',
      invitationToken: 'inv_1',
      prompt: 'login',
      maxAge: '90000',
      connectionId: '',
      redirectUri: 'https://evil.example',
      state: 'mine',
      codeChallenge: 'mine',
    })
    const response = await world.send(`/auth/sign-in?${query}`)
    expect(response.status).toBe(303)
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    const location = new URL(response.headers.get('Location') ?? '')
    const challenge = location.searchParams.get('code_challenge')
    expect(Object.fromEntries(location.searchParams)).toEqual({
      organization_id: 'org_1',
      login_hint: ADA,
      domain_hint: 'example.com',
      invitation_token: 'inv_1',
      prompt: 'login',
      max_age: '90',
      provider: 'authkit',
      client_id: 'client_1',
      response_type: 'code',
      redirect_uri: `${APP}/auth/callback`,
      state: challenge,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    const [name = ''] = flowsOf(world)
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        `^${name}=Fe26.*; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=lax$`,
      ),
    ])
  })

  it('may begin with the registration', async () => {
    const world = createBackendWorld()
    const { href } = await world.navigate('/auth/sign-up?loginHint=eve@example.com')
    expect(href).toBe(`${APP}/`)
    const { session } = await (await world.call('/auth/session')).json()
    expect(session.user.email).toBe('eve@example.com')
  })

  it('may be begun several times at once, and each is finished as it began', async () => {
    const world = createBackendWorld()
    const callbacks: URL[] = []
    for (const page of ['one', 'two', 'three']) {
      callbacks.push(await consent(world, `loginHint=${ADA}&returnTo=/${page}`))
    }
    expect(flowsOf(world)).toHaveLength(3)
    const [one, two, three] = callbacks
    for (const [callback, page] of [
      [two, 'two'],
      [three, 'three'],
      [one, 'one'],
    ] as const) {
      const response = await world.send(String(callback))
      expect(response.headers.get('Location')).toBe(`${APP}/${page}`)
    }
    expect(flowsOf(world)).toEqual([])
  })

  it('leaves the cookies of the app alone, however many there are', async () => {
    const world = createBackendWorld()
    const names = Array.from({ length: 10 }, (_, index) => `app-${index}`)
    for (const name of names) world.jar.cookies.set(name, 'x')
    await consent(world)
    expect([...world.jar.cookies.keys()]).toEqual(expect.arrayContaining(names))
  })

  it('gives up the oldest of too many', async () => {
    const world = createBackendWorld()
    const callbacks: URL[] = []
    for (let flow = 0; flow < 6; flow++) callbacks.push(await consent(world))
    expect(flowsOf(world)).toHaveLength(4)
    expect(await refused(world, callbacks[1] ?? '')).toEqual(UNKNOWN)
    expect((await world.send(String(callbacks[2]))).status).toBe(303)
  })

  it('takes the place of whoever was signed in, whose session ends', async () => {
    const world = createBackendWorld()
    await world.signIn(ADA)
    const old = world.jar.header()
    await world.signIn(BOB)
    expect(world.workos.sessions()).toHaveLength(1)
    expect((await world.sessions.getSession(old)).session).toBeNull()
    const { session } = await (await world.call('/auth/session')).json()
    expect(session.user.email).toBe(BOB)
  })

  it.each([
    ['https://evil.example', '/'],
    ['//evil.example', '/'],
    ['/%5Cevil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/fine', '/fine'],
  ])('never leads elsewhere: %s', async (returnTo, path) => {
    const world = createBackendWorld()
    const query = new URLSearchParams({ loginHint: ADA, returnTo })
    const response = await world.send(String(await consent(world, String(query))))
    expect(response.headers.get('Location')).toBe(`${APP}${path}`)
  })

  it('refuses what cannot be asked for', async () => {
    const { send } = createBackendWorld()
    for (const path of ['/auth/sign-up?provider=GoogleOAuth', '/auth/sign-in?maxAge=soon']) {
      const response = await send(path)
      expect([response.status, (await response.json()).code]).toEqual([400, 'invalid_argument'])
      expect(response.headers.getSetCookie()).toEqual([])
    }
  })
})

describe('a callback', () => {
  it('that nobody began is refused, and asks the server nothing', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    const stranger = createBackendWorld()
    for (const address of [
      callback,
      '/auth/callback',
      '/auth/callback?code=x',
      '/auth/callback?state=x&code=x',
      `/auth/callback?code=x&state=${'x'.repeat(100_000)}`,
      '/auth/callback?code=x&state=%00%0d%0a',
    ]) {
      expect(await refused(stranger, address)).toEqual(UNKNOWN)
    }
    const denied = '/auth/callback?error=access_denied&error_description=Send+money'
    expect(await refused(stranger, denied)).toMatchObject({ code: 'invalid_credentials' })
    expect(stranger.workos.requests).toEqual([])
  })

  it('with another state than the one begun is refused, and the right one still counts', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    const state = callback.searchParams.get('state') ?? ''
    const wrong = new URL(callback)
    for (const other of ['x', `${state.slice(0, 42)}!`, `${state.slice(0, 16)}${'A'.repeat(27)}`]) {
      wrong.searchParams.set('state', other)
      expect(await refused(world, wrong)).toEqual(UNKNOWN)
    }
    expect((await world.send(String(callback))).status).toBe(303)
  })

  it('counts once', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    const before = world.jar.header()
    await world.send(String(callback))
    expect(await refused(world, callback)).toEqual({ ...UNKNOWN, signedIn: true })
    // Also with the cookies of before, once a page cannot be waiting any more: the code is used up.
    await world.clock.advance(10_000)
    const replay = await world.send(String(callback), { headers: { Cookie: before ?? '' } })
    expect([replay.status, (await replay.json()).code]).toEqual([400, 'invalid_credentials'])
  })

  it('that another backend of the app began, at another auth server, is refused', async () => {
    const world = createBackendWorld()
    const { search } = await consent(world)
    const other = createBackendWorld({ backend: { basePath: '/other' } })
    const headers = { Cookie: world.jar.header() ?? '' }
    const response = await other.send(`/other/callback${search}`, { headers })
    expect(response.headers.get('Location')).toBe('https://app.example/other/sign-in?again=1')
    expect(other.workos.requests).toEqual([])
  })

  it('that comes too late is refused', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    const header = world.jar.header() ?? ''
    await world.clock.advance(12 * MINUTE)
    expect(await refused(world, callback)).toEqual(UNKNOWN)
    const kept = await world.send(String(callback), { headers: { Cookie: header } })
    expect(kept.headers.get('Location')).toBe(UNKNOWN.location)
    expect(world.workos.count('authorization_code')).toBe(0)
  })

  it.each([
    ['tampered with', (value: string) => `${value.slice(0, -9)}AAAAAAA~2`],
    ['truncated', (value: string) => value.slice(0, 100)],
    ['oversized', () => 'x'.repeat(200_000)],
    ['empty', () => ''],
  ])('with a cookie that is %s is refused', async (_name, spoil) => {
    const world = createBackendWorld()
    const callback = await consent(world)
    const [name = ''] = flowsOf(world)
    world.jar.cookies.set(name, spoil(world.jar.cookies.get(name) ?? ''))
    expect(await refused(world, callback)).toEqual(UNKNOWN)
  })

  it.each(['hello', '[]', 'null', '{"state":1}'])(
    'with something else that our password sealed is refused: %s',
    async (text) => {
      const world = createBackendWorld()
      const callback = await consent(world)
      const [name = ''] = flowsOf(world)
      world.jar.cookies.set(name, await sealText(text, PASSWORD))
      expect(await refused(world, callback)).toEqual(UNKNOWN)
    },
  )

  it.each(['verifier', 'returnTo'])('with a flow that lacks its %s is refused', async (field) => {
    const world = createBackendWorld()
    const callback = await consent(world)
    const [name = ''] = flowsOf(world)
    const flow = await unsealText(world.jar.cookies.get(name) ?? '', PASSWORD, world.clock)
    const { [field]: dropped, ...rest } = JSON.parse(flow ?? '{}')
    expect(dropped).toBeDefined()
    world.jar.cookies.set(name, await sealText(JSON.stringify(rest), PASSWORD))
    expect(await refused(world, callback)).toEqual(UNKNOWN)
  })

  it('tells what was refused, and forgets the flow', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    callback.searchParams.delete('code')
    callback.searchParams.set('error', 'access_denied')
    callback.searchParams.set('error_description', `No${'!'.repeat(498)}`)
    const response = await world.send(String(callback))
    const { message, ...rest } = await response.json()
    expect(rest).toEqual({ status: 400, code: 'rejected', serverCode: 'access_denied' })
    expect(message).toBe(`The address says: “No${'!'.repeat(498)}”`)
    expect(response.headers.get('Content-Type')).toBe('application/json')
    expect(flowsOf(world)).toEqual([])
  })

  it.each([['!'.repeat(501)], ['<b>No</b>'], ['\u202eNo']])(
    'repeats no letter, no markup, and nothing from right to left: %j',
    async (letter) => {
      const world = createBackendWorld()
      const callback = await consent(world)
      callback.searchParams.delete('code')
      callback.searchParams.set('error', 'access_denied')
      callback.searchParams.set('error_description', letter)
      const response = await world.send(String(callback))
      expect((await response.json()).message).toBe('The sign-in was refused.')
    },
  )

  it('does not repeat what an auth server says that has failed, and forgets the flow', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    callback.searchParams.delete('code')
    callback.searchParams.set('error', 'server_error')
    callback.searchParams.set('error_description', 'no route to db-7.internal')
    const response = await world.send(String(callback))
    expect(await response.json()).toEqual({
      status: 503,
      code: 'server_error',
      serverCode: 'server_error',
      message: 'The server cannot answer now.',
      retryAfter: 1_000,
    })
    expect(flowsOf(world)).toEqual([])
  })

  it('with neither a code nor an error signs nobody in, and the sign-in may go on', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    const code = callback.searchParams.get('code') ?? ''
    callback.searchParams.delete('code')
    expect(await refused(world, callback)).toMatchObject({ code: 'server_error', signedIn: false })
    callback.searchParams.set('code', code)
    expect((await world.send(callback.href)).status).toBe(303)
  })

  it('with a wrong code is refused, and forgotten', async () => {
    const world = createBackendWorld()
    const callback = await consent(world)
    callback.searchParams.set('code', 'nonsense')
    expect(await refused(world, callback)).toMatchObject({ status: 400, signedIn: false })
    expect(flowsOf(world)).toEqual([])
  })

  it.each([
    ['an outage', { type: 'status', status: 503 }],
    ['no answer', { type: 'drop' }],
    ['a gateway’s page', { type: 'html', status: 200 }],
  ] as const)('may be tried again after %s', async (_name, fault) => {
    const world = createBackendWorld()
    const callback = await consent(world)
    world.workos.fail(fault)
    const response = await world.send(String(callback))
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
    expect((await world.send(String(callback))).headers.get('Location')).toBe(`${APP}/`)
  })

  it('tells which step is missing, without the token for it', async () => {
    const world = createBackendWorld({ workos: { organizationChoice: 'required' } })
    const callback = await consent(world)
    const response = await world.send(String(callback))
    const text = await response.text()
    expect(response.status).toBe(403)
    expect(JSON.parse(text)).toMatchObject({
      code: 'step_required',
      details: {
        step: 'organization_selection_required',
        organizations: [{ id: 'org_1' }, { id: 'org_2' }],
      },
    })
    expect(text).not.toContain('pending')
  })

  it('that failed may be answered by the app, which sees all of the error', async () => {
    const world = createBackendWorld({
      workos: { organizationChoice: 'required' },
      backend: {
        onSignInError: ({ code, details }, request) => {
          expect(request.url).toContain('/auth/callback?')
          expect(JSON.stringify(details)).toContain('pendingAuthenticationToken')
          return Response.redirect(`${APP}/oops?error=${code}`)
        },
      },
    })
    const response = await world.send(String(await consent(world)))
    expect(response.headers.get('Location')).toBe(`${APP}/oops?error=step_required`)
    expect(flowsOf(world)).toEqual([])
  })
})

describe('where the app is', () => {
  it('may be fixed: the redirect URI and its path, and pages of another origin', async () => {
    const redirectUri = 'http://localhost:3000/callback'
    const world = createBackendWorld({
      workos: { clients: [{ id: 'client_1', redirectUris: [redirectUri] }] },
      backend: { redirectUri, appOrigin: 'http://localhost:5173' },
      cookie: { secure: false },
    })
    const callback = await consent(world, `loginHint=${ADA}&returnTo=/home`)
    expect(callback.href).toContain(`${redirectUri}?code=`)
    const [flow = ''] = [...world.jar.cookies.keys()]
    expect(flow).toMatch(/^holdfast-flow-/)
    const response = await world.send(String(callback))
    expect(response.headers.get('Location')).toBe('http://localhost:5173/home')
    expect([...world.jar.cookies.keys()]).toEqual(['holdfast'])
  })

  it('may be known to browsers by another origin than the server’s', async () => {
    const world = createBackendWorld({ backend: { origin: 'https://public.example' } })
    const response = await world.send('/auth/sign-in')
    const location = new URL(response.headers.get('Location') ?? '')
    expect(location.searchParams.get('redirect_uri')).toBe('https://public.example/auth/callback')
  })
})
