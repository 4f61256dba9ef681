import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryKeys } from '../../src/index.js'
import { dpop } from '../../src/providers/oidc/dpop.js'
import { oidc, userinfo } from '../../src/providers/oidc/index.js'
import { silentRenewal, silentSignIn } from '../../src/providers/oidc/silent.js'
import { API, createDpopWorld, type DpopWorldOptions } from '../support/dpop-world.js'

afterEach(() => void vi.unstubAllGlobals())

/** Keys, and how many there are. */
function countedKeys() {
  const keys = memoryKeys<unknown>()
  const names = new Set<string>()
  return {
    names,
    keys: {
      ...keys,
      async set(name: string, key: unknown) {
        names.add(name)
        await keys.set(name, key)
      },
      async remove(name: string) {
        names.delete(name)
        await keys.remove(name)
      },
    },
  }
}

/** Somebody who is signed in. */
async function signedIn(options: DpopWorldOptions = {}) {
  const world = createDpopWorld(options)
  const opened = world.open()
  const session = await world.signIn(opened)
  return { ...world, ...opened, opened, session }
}

const ok = (answer: Response): boolean => answer.status === 200

describe('a sign-in with DPoP', () => {
  it('makes a key that no script can read, and names it in the address', async () => {
    const { keys, names } = countedKeys()
    const { open, visit, signIn, proofs } = createDpopWorld({ keys })
    const asked = await visit(open())
    const [name = ''] = names
    const pair = Object(await keys.get(name))
    expect(pair.privateKey).toMatchObject({ type: 'private', extractable: false })
    expect(asked.get('dpop_jkt')).toMatch(/^[\w-]{43}$/)

    const { keyId = '' } = await signIn(open())
    expect(Object(await keys.get(keyId)).privateKey).toMatchObject({ extractable: false })
    expect(keyId).not.toBe(name)
    expect(proofs).toHaveLength(1)
  })

  it('proves the key to the token endpoint, as jose checks it', async () => {
    const { clock, open, visit, sent } = createDpopWorld({})
    const opened = open()
    const asked = await visit(opened)
    const back = await opened.auth.actions.handleRedirect()
    expect(back?.session).toMatchObject({ extras: { token_type: 'DPoP' }, user: { id: 'ada' } })
    const [proof = ''] = sent
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(clock.now()),
    })
    expect(payload).toEqual({
      jti: expect.stringMatching(/^[\w-]{36}$/),
      htm: 'POST',
      htu: 'https://id.example/token',
      iat: clock.now() / 1000,
    })
    const { jwk } = protectedHeader
    expect(Object.keys({ ...jwk }).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(await calculateJwkThumbprint({ ...jwk })).toBe(asked.get('dpop_jkt'))
  })

  it('asks userinfo with a proof too, in this tab and in others', async () => {
    const { open, signIn, proofs } = createDpopWorld({})
    const first = open({ loadUser: userinfo })
    expect(await signIn(first)).toMatchObject({ user: { id: 'ada', name: 'Ada' } })
    const second = open({ loadUser: userinfo })
    expect(await second.auth.actions.reloadUser()).toMatchObject({ name: 'Ada' })
    expect(proofs.map(({ url, authorization }) => [url, authorization?.split(' ')[0]])).toEqual([
      ['https://id.example/token', undefined],
      ['https://id.example/me', 'DPoP'],
      ['https://id.example/me', 'DPoP'],
    ])
  })

  it('is one without a key where the server does not announce that it takes any', async () => {
    const { keys, names } = countedKeys()
    const { opened, session, proofs, server } = await signedIn({ keys, dpop: undefined })
    expect(session).toMatchObject({ extras: { token_type: 'Bearer' } })
    expect(session.keyId).toBeUndefined()
    expect(names.size).toBe(0)
    expect(ok(await opened.ask())).toBe(true)
    await opened.auth.refreshSession()
    expect(proofs).toEqual([])
    expect(server.requests.every(({ status }) => Number(status) < 400)).toBe(true)
  })

  it('needs a place for keys, and says so when the client is made', () => {
    const options = {
      issuer: 'https://id.example',
      clientId: 'app',
      redirectUri: 'https://app.example/',
    }
    const provider = oidc({ ...options, dpop })
    for (const given of [{}, { keys: Object({}) }]) {
      expect(() => new AuthClient({ provider, ...given })).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          message: expect.stringContaining('indexedDBKeys()'),
        }),
      )
    }
  })

  it('is pushed with its key where the server wants sign-ins pushed', async () => {
    const pushed: Record<string, string>[] = []
    const { open, proofs } = createDpopWorld({})
    const { auth } = open({
      async pushRequest(parameters) {
        pushed.push({ ...parameters })
        return 'https://id.example/auth?request_uri=urn:1'
      },
    })
    await auth.actions.signInUrl()
    expect(pushed[0]?.dpop_jkt).toMatch(/^[\w-]{43}$/)
    expect(proofs).toEqual([])
  })

  it.each([{ nonces: 'nowhere' }, { nonces: 'everywhere' }] as const)(
    'goes through where every token has to be bound: %j',
    async (rules) => {
      const clients = [{ id: 'app', boundAccessTokens: true }]
      const { opened } = await signedIn({ clients, dpop: rules, exposed: 'DPoP-Nonce' })
      await opened.auth.refreshSession()
      expect(ok(await opened.ask())).toBe(true)
    },
  )
})

describe('requests with proofs', () => {
  it('each have a proof of their own, for their method, address and token', async () => {
    const { opened, proofs, session } = await signedIn({ rotation: { type: 'on' } })
    await opened.ask('/invoices?page=2#top')
    await opened.ask('/invoices', { method: 'POST', body: '{}' })
    await opened.auth.refreshSession()
    await opened.ask()
    const claims = proofs.map((proof) => proof.claims)
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(5)
    expect(claims.map(({ htm, htu }) => `${htm} ${htu}`)).toEqual([
      'POST https://id.example/token',
      `GET ${API}/invoices`,
      `POST ${API}/invoices`,
      'POST https://id.example/token',
      `GET ${API}/invoices`,
    ])
    expect(proofs[1]?.authorization).toBe(`DPoP ${session.accessToken}`)
    expect(new Set(claims.map(({ ath }) => ath)).size).toBe(3)
  })

  it('go on through rotations, with the one key of the session', async () => {
    const { keys, names } = countedKeys()
    const { opened, proofs, server } = await signedIn({ keys, rotation: { type: 'on' } })
    for (let i = 0; i < 5; i++) {
      await opened.auth.refreshSession()
      expect(ok(await opened.ask())).toBe(true)
    }
    const points = new Set(proofs.map(({ head }) => JSON.stringify(head.jwk)))
    expect(points.size).toBe(1)
    expect(names.size).toBe(1)
    const tokens = server.requests.map(({ presented }) => presented).filter(Boolean)
    expect(new Set(tokens).size).toBe(5)
  })

  it('are none, of a browser that did not make the key: a stolen session is worth nothing', async () => {
    const { opened, proofs, server, session } = await signedIn()
    await opened.ask()
    const stolen = { authorization: `DPoP ${session.accessToken}` }
    const answers = [
      new Request(`${API}/invoices`, { headers: stolen }),
      new Request(`${API}/invoices`, {
        headers: { authorization: `Bearer ${session.accessToken}` },
      }),
    ].map((request) => server.guard(request, () => new Response()))
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([400, 401])
    expect(proofs).toHaveLength(2)
  })

  it.each([
    ['ignores keys', 'none', false],
    ['binds its refresh tokens alone', 'refresh-tokens', true],
  ] as const)('carry bearer tokens at a server that %s', async (_, binds, proved) => {
    const { opened, session, proofs, keys, server } = await signedIn({ dpop: { binds } })
    expect(session.extras.token_type).toBe('Bearer')
    expect(ok(await opened.ask())).toBe(true)
    await opened.auth.refreshSession()
    expect(ok(await opened.ask())).toBe(true)
    expect(proofs.every(({ url }) => url.endsWith('/token'))).toBe(true)
    // Whether that needs the key is the server's word.
    await keys.remove(session.keyId ?? '')
    const next = await opened.auth.refreshSession().catch((error: unknown) => error)
    expect(next).toMatchObject(proved ? { code: 'refresh_rejected' } : { user: { id: 'ada' } })
    expect(server.requests.at(-1)).toMatchObject({ grant: 'refresh_token' })
  })
})

describe('nonces', () => {
  const dpopRules = { nonces: 'everywhere' } as const
  const exposed = 'DPoP-Nonce, WWW-Authenticate'

  it('cost one more request each time a server wants a new one, and no more', async () => {
    const { opened, server, asked, clock } = await signedIn({
      dpop: { ...dpopRules, nonceLifetime: 3_600_000 },
      exposed,
      accessTokenLifetime: 86_400_000,
    })
    const answers = (): unknown[] =>
      server.requests
        .filter(({ path }) => path === '/token')
        .map(({ status, code }) => code ?? status)
    expect(answers()).toEqual(['use_dpop_nonce', 200])
    await opened.auth.refreshSession()
    expect(answers()).toEqual(['use_dpop_nonce', 200, 200])
    expect(ok(await opened.ask())).toBe(true)
    expect(ok(await opened.ask())).toBe(true)
    expect(asked.map(({ status }) => status)).toEqual([401, 200, 200])

    await clock.advance(2 * 3_600_000)
    expect(ok(await opened.ask())).toBe(true)
    expect(asked.map(({ status }) => status)).toEqual([401, 200, 200, 401, 200])
    await opened.auth.refreshSession()
    expect(answers()).toEqual(['use_dpop_nonce', 200, 200, 'use_dpop_nonce', 200])
  })

  it('are taken from any answer, before the old one is refused', async () => {
    const { opened, asked, clock } = await signedIn({
      dpop: { ...dpopRules, nonceLifetime: 60_000 },
      exposed,
      accessTokenLifetime: 86_400_000,
    })
    await opened.ask()
    for (let minute = 0; minute < 5; minute++) {
      await clock.advance(60_000)
      await opened.ask()
    }
    expect(asked.map(({ status }) => status)).toEqual([401, ...Array(6).fill(200)])
  })

  it('are found where a page may read nothing but the nonce', async () => {
    const { opened, asked, server } = await signedIn({ dpop: dpopRules, exposed: 'DPoP-Nonce' })
    server.clearLog()
    expect(ok(await opened.ask())).toBe(true)
    expect(asked.map(({ status }) => status)).toEqual([401, 200])
    expect(server.requests).toEqual([])
  })

  it('are found where userinfo says nothing else, as in RFC 9449', async () => {
    const { open, signIn, server } = createDpopWorld({ dpop: { nonces: 'resources' } })
    const silent: typeof fetch = async (url, init) => {
      const answer = await server.fetch(url, init)
      const { status, headers } = answer
      return status === 401 ? new Response(null, { status, headers }) : answer
    }
    const opened = open({ fetch: silent, loadUser: userinfo })
    await signIn(opened)
    expect(server.requests.flatMap(({ path, status }) => (path === '/me' ? [status] : []))).toEqual(
      [401, 200],
    )
    expect(await opened.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('that an API hides from pages leave its 401 to the app', async () => {
    const { opened, asked } = await signedIn({ dpop: { nonces: 'resources' } })
    expect((await opened.ask()).status).toBe(401)
    expect(asked.length).toBeLessThan(3)
    expect(await opened.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('that a server hides from pages fail the sign-in with the server’s word', async () => {
    const { open, signIn } = createDpopWorld({ manners: 'keycloak', dpop: { nonces: 'token' } })
    await expect(signIn(open())).rejects.toMatchObject({
      code: 'rejected',
      serverCode: 'use_dpop_nonce',
    })
  })

  it('are asked for once when many requests are under way', async () => {
    const { opened, server } = await signedIn({ dpop: dpopRules, exposed })
    server.clearLog()
    const answers = await Promise.all(Array.from({ length: 5 }, () => opened.ask()))
    expect(answers.every(ok)).toBe(true)
    // None of them had to refresh the token for it.
    expect(server.requests).toEqual([])
  })
})

describe('a frame that nobody sees', () => {
  it('signs somebody in with a key, which is kept then and not before', async () => {
    const { keys, names } = countedKeys()
    const { open, frame, proofs, server } = createDpopWorld({ keys })
    const opened = open()
    server.signInAs(null)
    await expect(silentSignIn(opened.auth, { frame })).rejects.toMatchObject({
      code: 'step_required',
    })
    expect(names.size).toBe(0)
    server.signInAs({ sub: 'ada' })
    const { session } = await silentSignIn(opened.auth, { frame })
    expect([...names]).toEqual([session?.keyId])
    expect(ok(await opened.ask())).toBe(true)
    // Another tab, or this one after a reload, has it too.
    const later = open()
    await later.auth.refreshSession()
    expect(ok(await later.ask())).toBe(true)
    expect(proofs).toHaveLength(4)
  })

  it('renews a session that has no refresh token, with a new key each time', async () => {
    const { keys, names } = countedKeys()
    const { open, signIn, frame, server } = createDpopWorld({ keys, manners: 'spring' })
    const opened = open({}, {}, (provider) => silentRenewal(provider, { frame }))
    const { keyId } = await signIn(opened)
    const { session } = await opened.auth.refreshSession()
    expect(session.extras.token_type).toBe('DPoP')
    expect(session.keyId).not.toBe(keyId)
    expect(ok(await opened.ask())).toBe(true)
    await expect.poll(() => [...names]).toEqual([session.keyId])
    expect(server.requests.every(({ status }) => Number(status) < 400)).toBe(true)
  })
})

describe('ten tabs with DPoP', () => {
  it.each([
    { dpop: { nonces: 'nowhere' } },
    { dpop: { nonces: 'everywhere', nonceLifetime: 600_000 } },
    { dpop: { nonces: 'everywhere', nonceLifetime: 600_000 }, rotation: { type: 'on' } },
    { manners: 'keycloak', rotation: { type: 'on' } },
  ] as const)('have one key, and send one request per expiry: %j', async (options) => {
    const { keys, names } = countedKeys()
    const { opened, open, clock, server } = await signedIn({ keys, ...options })
    const tabs = [opened, ...Array.from({ length: 9 }, () => open())]
    await Promise.all(tabs.map(({ auth }) => auth.getSession()))
    server.clearLog()
    for (let expiry = 1; expiry <= 3; expiry++) {
      await clock.advance(60_000)
      const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
      expect(new Set(sessions.map((session) => session?.accessToken)).size).toBe(1)
    }
    expect(server.requests.every(({ status }) => status === 200)).toBe(true)
    const times = server.requests.map(({ at }) => at)
    expect(times.length).toBeGreaterThan(2)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(30_000)
    expect(names.size).toBe(1)
  })

  it('share nonces: what one has learnt the others know with the next tokens', async () => {
    const { opened, open, asked, server } = await signedIn({
      dpop: { nonces: 'everywhere', nonceLifetime: 3_600_000 },
      exposed: 'DPoP-Nonce',
    })
    await opened.ask()
    await opened.auth.refreshSession()
    server.clearLog()
    asked.length = 0
    const second = open()
    expect(ok(await second.ask())).toBe(true)
    await second.auth.refreshSession()
    expect(asked.map(({ status }) => status)).toEqual([200])
    expect(server.requests.map(({ status }) => status)).toEqual([200])
  })
})
