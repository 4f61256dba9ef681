import express from 'express'
import type { ClientMetadata } from 'oidc-provider'
import { afterEach, describe, expect, it } from 'vitest'
import { backendHandler, createExpressSessions } from '../../src/express/index.js'
import { createBackend, createRequestSessions, createVerifier } from '../../src/server/index.js'
import {
  createOidc,
  createOidcSessions,
  type OidcServerOptions,
  type OidcVerification,
} from '../../src/server/oidc/index.js'
import { type Answer, type Asked, ask } from '../express/stage.js'
import { listen } from '../support/node-server.js'
import { type RealOidcOptions, startOidc } from './server.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const API = 'https://api.example'
const PASSWORD = 'a password of more than 32 characters, for cookies'
const MINUTE = 60_000
const SECRET = 'the secret of the client: 50% + more, long enough'
const NAVIGATION = { accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' }
const PAGE = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin' }

/** How the client says who it is: what it is told, and what the server is. */
interface Proof {
  readonly client: Partial<OidcServerOptions>
  readonly server: Partial<ClientMetadata>
}

async function byKey(): Promise<Proof> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [key, { kty = '', crv, x, y }] = [
    await crypto.subtle.exportKey('jwk', pair.privateKey),
    await crypto.subtle.exportKey('jwk', pair.publicKey),
  ]
  const known = { kty, crv, x, y, kid: 'key-1', use: 'sig', alg: 'ES256' }
  return {
    client: { privateKey: { key, keyId: 'key-1' } },
    server: { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [known] } },
  }
}

const PROOFS: readonly (readonly [string, () => Promise<Proof>])[] = [
  [
    'its secret in a header',
    async () => ({ client: { clientSecret: SECRET }, server: { client_secret: SECRET } }),
  ],
  [
    'its secret in the body',
    async () => ({
      client: { clientSecret: SECRET, clientAuthentication: 'client_secret_post' },
      server: { client_secret: SECRET, token_endpoint_auth_method: 'client_secret_post' },
    }),
  ],
  ['a key', byKey],
  [
    'its name alone',
    async () => ({
      client: { clientAuthentication: 'none' },
      server: { token_endpoint_auth_method: 'none' },
    }),
  ],
]

/** A browser that goes where it is sent, with a jar for each server. */
function createWebBrowser() {
  const jars = new Map<string, Map<string, string>>()
  const cookiesOf = (origin: string): string =>
    [...(jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')

  async function send(href: string, { headers, ...asked }: Asked = {}): Promise<Answer> {
    const { origin, pathname, search } = new URL(href)
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    const cookie = cookiesOf(origin)
    const answer = await ask(origin, `${pathname}${search}`, {
      ...asked,
      headers: { ...headers, ...(cookie && { cookie }) },
    })
    for (const line of answer.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /; Max-Age=0/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }

  async function visit(href: string): Promise<Answer> {
    let address = href
    for (let hop = 0; hop < 20; hop++) {
      const answer = await send(address, { headers: NAVIGATION })
      const { location } = answer.headers
      if (!location) return answer
      address = new URL(location, address).href
    }
    throw new Error('The servers send in circles.')
  }

  return { send, visit, cookiesOf }
}

/** What a page of the app is told. */
interface Me {
  readonly user?: object
  readonly accessToken: string
}

const isMe = (value: unknown): value is Me =>
  typeof value === 'object' && value !== null && 'accessToken' in value

function meIn(answer: Answer): Me {
  const value = answer.json()
  if (isMe(value)) return value
  throw new Error(`Not signed in: ${answer.status} ${answer.text}`)
}

interface WorldOptions {
  readonly proof?: Proof
  readonly real?: Partial<RealOidcOptions>
  readonly verification?: OidcVerification
  readonly oidc?: Partial<OidcServerOptions>
}

/** A real server, an app on Express with a backend, and a browser. */
async function createWorld({ proof, real, verification, oidc: options }: WorldOptions = {}) {
  const { client, server: known } = proof ?? (await PROOFS[0]?.[1]()) ?? { client: {}, server: {} }
  const app = express()
  const web = await listen(async (request, response) => app(request, response))
  closing.push(web.close)
  const callback = `${web.origin}/auth/callback`
  const grants = ['authorization_code', 'refresh_token']
  const isPublic = known.token_endpoint_auth_method === 'none'
  const server = await startOidc({
    rotating: true,
    clients: [
      {
        client_id: 'app',
        redirect_uris: [callback],
        post_logout_redirect_uris: [`${web.origin}/`],
        grant_types: isPublic ? grants : [...grants, 'client_credentials'],
        ...known,
      },
    ],
    ...real,
  })
  closing.push(server.close)
  const oidc = createOidc({
    issuer: server.issuer,
    clientId: 'app',
    // oidc-provider gives refresh tokens to those only who were asked.
    parameters: { prompt: 'consent' },
    ...client,
    ...options,
  })
  // The server's tokens live for a minute: the app's clock goes on, and nobody waits.
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead }
  const { now } = clock
  const sealed = createOidcSessions({ server: oidc, verification, now })
  const sessions = createRequestSessions({
    sessions: sealed,
    cookie: { password: PASSWORD, name: 'session', secure: false },
    now,
  })
  const backend = createBackend({
    sessions,
    signIn: oidc,
    password: PASSWORD,
    origin: web.origin,
    now,
  })
  const auth = createExpressSessions({ sessions })
  app.use(backendHandler(backend))
  app.get('/me', auth.requireSession({ signInPath: '/auth/sign-in' }), (request, response) => {
    const { user, accessToken } = auth.sessionOf(request)
    response.json({ user, accessToken })
  })
  const browser = createWebBrowser()
  const at = (path: string): string => `${web.origin}${path}`
  const me = async (): Promise<Me> => meIn(await browser.send(at('/me')))
  const post = (path: string) => browser.send(at(path), { method: 'POST', headers: PAGE })
  /** Signs Ada in by going to a page that is hers alone. */
  const signIn = async (): Promise<Me> => meIn(await browser.visit(at('/me')))
  return { oidc, server, browser, at, me, post, signIn, sessions, clock }
}

describe.each(PROOFS)('a client that says who it is by %s, at a real oidc-provider', (_, prove) => {
  it('signs in through Express, refreshes through rotations, and signs out', async () => {
    const { server, me, post, signIn, browser, at } = await createWorld({ proof: await prove() })
    const { user, accessToken } = await signIn()
    expect(user).toMatchObject({ id: 'ada', name: 'Ada', email: 'ada@example.com' })
    const tokens = new Set([accessToken])
    for (let i = 0; i < 4; i++) {
      expect((await post('/auth/refresh')).status).toBe(200)
      tokens.add((await me()).accessToken)
    }
    expect(tokens.size).toBe(5)
    expect(server.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(server.requests.map(({ token }) => token)).size).toBe(4)

    const { logoutUrl } = Object((await post('/auth/sign-out')).json())
    const page = await browser.send(logoutUrl)
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('<form')])
    expect(new URL(logoutUrl).searchParams.get('id_token_hint')).not.toBeNull()
    expect((await browser.send(at('/me'))).status).toBe(401)
  })
})

describe('a client on a server, at a real oidc-provider', () => {
  it('knows by asking that tokens were revoked', async () => {
    const verification = { type: 'introspection', cacheFor: 1 } as const
    const { oidc, me, signIn, browser, at } = await createWorld({ verification })
    const { accessToken } = await signIn()
    expect(await oidc.introspect(accessToken)).toMatchObject({ active: true, client_id: 'app' })
    expect(await me()).toMatchObject({ user: { id: 'ada' } })
    await oidc.revoke(accessToken, 'access_token')
    expect(await oidc.introspect(accessToken)).toEqual({ active: false })
    // This server ends with one token all that came of the same sign-in.
    expect((await browser.send(at('/me'))).status).toBe(401)
  })

  it('checks JWTs by the keys of the issuer, for its own API', async () => {
    const real = { api: API }
    const verification = { type: 'jwt', audience: API, algorithms: ['ES256'] } as const
    const world = await createWorld({ real, verification, oidc: { resource: API } })
    const { accessToken } = await world.signIn()
    expect(accessToken.split('.')).toHaveLength(3)
    expect((await world.post('/auth/refresh')).status).toBe(200)
    expect(await world.me()).toMatchObject({ user: { id: 'ada' } })
    const { oidc } = world
    const checks = { issuer: oidc.issuer, algorithms: ['ES256'] }
    const verifier = createVerifier({ ...oidc.keys, ...checks, audience: API })
    expect(await verifier.verify(accessToken)).toMatchObject({ ok: true, claims: { sub: 'ada' } })
    const other = createVerifier({ ...oidc.keys, ...checks, audience: 'https://b.example' })
    expect(await other.verify(accessToken)).toMatchObject({ ok: false })
  })

  it('verifies id tokens by the keys of the issuer, and believes none that was not signed as registered', async () => {
    const verifyIdToken = { clockSkew: MINUTE }
    const { signIn, post } = await createWorld({ oidc: { verifyIdToken } })
    expect((await signIn()).user).toMatchObject({ id: 'ada' })
    for (let i = 0; i < 2; i++) expect((await post('/auth/refresh')).status).toBe(200)

    const never = await createWorld({ oidc: { verifyIdToken: { algorithms: ['ES512'] } } })
    const refused = await never.browser.visit(never.at('/me'))
    expect([refused.status, Object(refused.json()).serverCode]).toEqual([500, 'invalid_id_token'])
  })

  it('has a session for as long as its access token lives, where it gets no other', async () => {
    const { server, signIn, me, browser, at, clock } = await createWorld({
      oidc: { scope: 'openid email', parameters: {} },
    })
    expect((await signIn()).user).toMatchObject({ id: 'ada', email: 'ada@example.com' })
    clock.ahead += MINUTE / 2
    expect(await me()).toMatchObject({ user: { id: 'ada' } })
    clock.ahead += MINUTE / 2
    expect((await browser.send(at('/me'))).status).toBe(401)
    expect(browser.cookiesOf(new URL(at('/')).origin)).toBe('')
    expect(server.requests).toEqual([])
  })

  it('keeps a session that takes the place of the same person’s, at a server that has one for both', async () => {
    const { signIn, browser, at, me, post } = await createWorld()
    await signIn()
    await browser.visit(at('/auth/sign-in?returnTo=/me'))
    expect((await post('/auth/refresh')).status).toBe(200)
    expect(await me()).toMatchObject({ user: { id: 'ada' } })
  })

  it('pushes its sign-ins where the server takes no others', async () => {
    const { at, browser, signIn } = await createWorld({ real: { pushed: true } })
    const begun = await browser.send(at('/auth/sign-in'), { headers: NAVIGATION })
    const { location = '' } = begun.headers
    expect([...new URL(location).searchParams.keys()]).toEqual(['client_id', 'request_uri'])
    expect(await signIn()).toMatchObject({ user: { id: 'ada' } })
  })

  it('gets tokens of its own, by a secret and by a key', async () => {
    for (const prove of [PROOFS[0], PROOFS[2]]) {
      const proof = await prove?.[1]()
      const { oidc } = await createWorld(proof ? { proof } : {})
      const tokens = await oidc.clientCredentials()
      expect(tokens).toMatchObject({ tokenType: 'Bearer', refreshToken: undefined })
      expect(tokens.lifetime).toBeGreaterThan(1_000)
      expect(await oidc.introspect(tokens.accessToken)).toMatchObject({ active: true })
      await oidc.revoke(tokens.accessToken, 'access_token')
      expect(await oidc.introspect(tokens.accessToken)).toEqual({ active: false })
    }
  })

  it('is refused by name where its secret or key is wrong, and signs nobody out by that', async () => {
    const { server, signIn, browser, at, sessions } = await createWorld()
    await signIn()
    const cookie = browser.cookiesOf(new URL(at('/')).origin)
    const wrong = createOidc({ issuer: server.issuer, clientId: 'app', clientSecret: 'wrong' })
    const others = createRequestSessions({
      sessions: createOidcSessions({ server: wrong }),
      cookie: { password: PASSWORD, name: 'session', secure: false },
    })
    const refused = await others.refreshSession(cookie)
    expect(refused).toMatchObject({
      session: { user: { id: 'ada' } },
      failure: { retryable: true, error: { serverCode: 'invalid_client' } },
    })
    expect(refused.sealed).not.toBeNull()
    expect((await sessions.refreshSession(cookie)).session?.user.id).toBe('ada')
  })

  it('makes one exchange of a crowd of requests at an expiry, and survives an outage', async () => {
    const { server, me, signIn, browser, at, clock } = await createWorld()
    await signIn()
    const crowd = () => Promise.all(Array.from({ length: 20 }, () => browser.send(at('/me'))))
    clock.ahead += MINUTE
    server.setDown(true)
    expect(new Set((await crowd()).map(({ status }) => status))).toEqual(new Set([503]))
    server.setDown(false)
    clock.ahead += MINUTE
    expect(await me()).toMatchObject({ user: { id: 'ada' } })
    clock.ahead += MINUTE
    const before = server.requests.length
    const found = (await crowd()).map(meIn)
    expect(new Set(found.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(server.requests.length - before).toBe(1)
    expect(server.requests.every(({ status }) => status === 200)).toBe(true)
  })
})
