// What `holdfast/server` promises, checked with nothing but what the standards of the web have, so
// that it runs wherever the package must: see server.mjs and worker.mjs.
import { isAuthError } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import {
  applyCookies,
  createBackend,
  createRequestSessions,
  createSealedSessions,
  memoryCoordinator,
  redisCoordinator,
  sealText,
} from 'holdfast/server'
import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
import { createWorkOSSessions, workosServer } from 'holdfast/server/workos'
import { createScriptedGoTrue, createScriptedOidc, createScriptedWorkOS } from 'holdfast/testing'

const PASSWORD = 'a cookie password that is long enough'
const APP = 'https://app.example'
const ADA = 'ada@example.com'
const PERMISSIONS = Array.from({ length: 100 }, (_, index) => `documents:${index}:write`)

function equal(actual, expected, what) {
  const [got, wanted] = [actual, expected].map((value) => JSON.stringify(value))
  if (got !== wanted) throw new Error(`${what}: ${got} instead of ${wanted}`)
}

/** WorkOS, a server app, and Ada, who has just signed in. */
async function createWorld() {
  const memberships = [
    { organizationId: 'org_1', role: 'admin', permissions: PERMISSIONS },
    { organizationId: 'org_2', role: 'member' },
  ]
  const server = createScriptedWorkOS({ users: [{ email: ADA, memberships }] })
  const client = {
    clientId: 'client_scripted',
    apiKey: 'sk_test_scripted',
    url: 'http://localhost',
    fetch: server.fetch,
  }
  const workos = workosServer(client)
  const sessions = createWorkOSSessions({ ...client, coordinator: memoryCoordinator() })
  const redirectUri = 'http://localhost:3000/callback'
  const url = workos.authorizeUrl({ redirectUri, loginHint: ADA, organizationId: 'org_1' })
  const { headers } = await server.fetch(url, { redirect: 'manual' })
  const code = new URL(headers.get('location')).searchParams.get('code')
  const grant = await workos.exchangeCode({ code })
  const password = PASSWORD
  const value = await sessions.sealSession(grant, { password })
  const load = (data = value) => sessions.openSession({ value: data, password })
  return { server, workos, sessions, grant, value, load }
}

async function checkSealed({ server, sessions, value, load }) {
  const session = load()
  const theirs = sessions.loadSealedSession({ sessionData: value, cookiePassword: PASSWORD })
  equal((await theirs.authenticate()).authenticated, true, 'under the names of WorkOS’s SDK')
  const before = await session.getSession()
  equal(before.user.email, ADA, 'a sealed session is read')
  const all = await Promise.all(Array.from({ length: 20 }, () => load().refreshSession()))
  equal(new Set(all.map(({ session }) => session?.refreshToken)).size, 1, 'all get one result')
  equal(server.count('refresh_token'), 1, 'requests that come together cost one exchange')
  const switched = await session.refreshSession({ organizationId: 'org_2' })
  equal([switched.organizationId, switched.role], ['org_2', 'member'], 'a switch')
  equal((await session.getSession()).organizationId, 'org_2', 'the session after the switch')
}

async function checkHostile({ load, value }) {
  const cookies = {
    empty: '',
    'none at all': 'no seal',
    truncated: value.slice(0, -9),
    tampered: value.replace(/\*[^*]{9}/, '*AAAAAAAAA'),
    oversized: 'x'.repeat(1_000_000),
    'of an odd alphabet': value.replace(/.{4}~2$/, '%00é~2'),
    'without a session': await sealText('{"user":[]}', PASSWORD),
    'without a token': await sealText('{"user":{"id":"u"},"refreshToken":"r"}', PASSWORD),
  }
  for (const [name, value] of Object.entries(cookies)) {
    for (const result of [await load(value).getSession(), await load(value).refreshSession()]) {
      const known = /^(no_session_cookie_provided|invalid_session_cookie|invalid_jwt)$/
      equal([result.signedIn, known.test(result.reason)], [false, true], `a cookie ${name}`)
    }
  }
}

async function checkFailures() {
  // With how many requests each costs: what is lost is asked for once more.
  for (const [fault, reason, requests] of [
    [{ type: 'drop' }, 'network_error', 2],
    [{ type: 'html', status: 502 }, 'server_error', 2],
    [
      { type: 'status', status: 302, headers: { location: 'https://wifi.example/' } },
      'server_error',
      1,
    ],
    [{ type: 'rate-limited', retryAfter: 7 }, 'rate_limit_exceeded', 1],
  ]) {
    // Each in a world of its own: after a failure the server is left alone for a moment.
    const { server, load } = await createWorld()
    server.fail(fault, { times: requests })
    const result = await load().refreshSession()
    equal([result.reason, result.retryable], [reason, true], `a refresh that meets ${fault.type}`)
    equal((await load().refreshSession()).retryable, true, `one at once after ${fault.type}`)
    equal(
      server.count('refresh_token'),
      requests,
      `requests to a server that fails by ${fault.type}`,
    )
  }
}

/** What a browser would send next. */
function cookieOf(headers) {
  const kept = headers.getSetCookie().filter((line) => !line.includes('Max-Age=0'))
  return kept.map((line) => line.slice(0, line.indexOf(';'))).join('; ')
}

async function checkRequests({ server, workos, sessions, grant }) {
  const cookie = { password: PASSWORD }
  const requests = createRequestSessions({ sessions, cookie })
  const headers = new Headers()
  applyCookies(headers, (await requests.setSession(grant, null)).setCookies)
  equal(headers.getSetCookie().length > 2, true, 'a large session is in several cookies')
  const { session } = await requests.getSession(cookieOf(headers))
  equal(session.permissions.length, PERMISSIONS.length, 'they are read together')

  const arrived = []
  const backend = createBackend({
    sessions: requests,
    signIn: workos,
    password: PASSWORD,
    upstreams: { api: { target: 'https://api.example/v1' } },
    async fetch(input, init) {
      const request = new Request(input, init)
      arrived.push(request.headers.get('Authorization'), await request.text())
      return new Response('fine')
    },
  })
  const ask = (path, init) => {
    const sent = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin', Cookie: cookieOf(headers) }
    return backend.handle(new Request(APP + path, { ...init, headers: sent }))
  }
  const who = await (await ask('/auth/session')).json()
  equal(
    [who.session.user.email, who.session.accessToken],
    [ADA, undefined],
    'the backend tells who',
  )
  const proxied = await ask('/auth/proxy/api/posts', { method: 'POST', body: 'a post' })
  equal(await proxied.text(), 'fine', 'the answer of an upstream')
  equal(arrived, [`Bearer ${grant.accessToken}`, 'a post'], 'what arrives at an upstream')
  const out = await ask('/auth/sign-out', { method: 'POST' })
  equal([out.status, cookieOf(out.headers)], [200, ''], 'a sign-out')
  const after = await requests.getSession(cookieOf(headers))
  equal([after.session, after.failure.reason], [null, 'invalid_session_cookie'], 'the end')
  equal(server.requests.at(-1).path, '/user_management/sessions/revoke', 'WorkOS is told')
}

async function checkGoTrue() {
  const credentials = { email: ADA, password: 'secret-1' }
  const server = createScriptedGoTrue({ users: [credentials], signing: 'es256' })
  const url = 'http://localhost/auth/v1'
  const provider = gotrue({ url, fetch: server.fetch })
  const jwksUrl = `${url}/.well-known/jwks.json`
  const audience = 'authenticated'
  const verification = { jwksUrl, audience, fetch: server.fetch, algorithms: ['ES256'] }
  // A Redis that fails is as good as none, whatever there is of timers.
  const client = { eval: () => Promise.reject(new Error('down')) }
  const coordinator = redisCoordinator({ client, password: PASSWORD })
  const sessions = createSealedSessions({ provider, verification, coordinator })
  const context = { signal: new AbortController().signal }
  const password = PASSWORD
  const grant = await provider.signIn(credentials, context)
  const value = await sessions.sealSession(grant, { password })
  const session = sessions.openSession({ value, password })
  equal((await session.refreshSession()).signedIn, true, 'a sealed session of GoTrue is refreshed')
  equal((await session.getSession()).user?.email, ADA, 'and read')
}

async function checkOidc() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['sign', 'verify'],
  )
  const known = await crypto.subtle.exportKey('jwk', publicKey)
  const redirectUri = `${APP}/callback`
  const clients = [{ id: 'web', publicKey: known, redirectUris: [redirectUri] }]
  const server = createScriptedOidc({ clients, signing: 'es256', accessTokens: 'jwt' })
  const issuer = 'https://id.example'
  const client = { clientId: 'web', privateKey: { key: privateKey }, fetch: server.fetch }
  const oidc = createOidc({ issuer, ...client })
  const verification = { type: 'jwt', audience: false, algorithms: ['ES256'] }
  const sessions = createOidcSessions({ server: oidc, verification })
  // RFC 7636, appendix B.
  const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
  const codeChallenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
  const url = await oidc.authorizeUrl({ redirectUri, state: 'state', codeChallenge })
  const { headers } = await server.fetch(url, { redirect: 'manual' })
  const { code, iss } = Object.fromEntries(new URL(headers.get('location')).searchParams)
  const grant = await oidc.exchangeCode({ code, codeVerifier, redirectUri, issuer: iss })
  const password = PASSWORD
  const session = sessions.openSession({
    value: await sessions.sealSession(grant, { password }),
    password,
  })
  equal((await session.getSession()).user?.id, 'ada', 'a session of OpenID Connect is read')
  equal((await session.refreshSession()).signedIn, true, 'and refreshed, by a key')
}

/**
 * `origin` answers `/moved/…` with a redirect to `/elsewhere`: here the platform's own fetch is at
 * work.
 */
export async function checkRedirects(origin) {
  const client = { clientId: 'client_1', apiKey: 'sk_1', url: `${origin}/moved` }
  const error = await workosServer(client)
    .exchangeCode({ code: 'secret' })
    .catch((reason) => reason)
  equal([isAuthError(error), error.code], [true, 'bad_response'], 'a redirect')
  const visits = await (await fetch(`${origin}/visits`)).json()
  equal(visits, { moved: 1, elsewhere: 0 }, 'a redirect is not followed')
}

/** `origin` is served by a `nodeHandler` that sends bodies at `/echo` back, with two cookies. */
export async function checkNode(origin) {
  const answer = await fetch(`${origin}/echo`, { method: 'POST', body: 'hello' })
  const came = [answer.status, await answer.text(), answer.headers.getSetCookie()]
  equal(came, [200, 'hello', ['a=1', 'b=2']], 'a request of Node is answered by the web')
  equal((await fetch(`${origin}/nothing`)).status, 404, 'what is not for it')
}

/** @returns a line that says what passed. @throws Error for the first thing that is not as promised. */
export async function checkServer() {
  await checkSealed(await createWorld())
  await checkHostile(await createWorld())
  await checkFailures()
  await checkRequests(await createWorld())
  await checkGoTrue()
  await checkOidc()
  const { navigator, EdgeRuntime, process } = globalThis
  return `holdfast/server works in ${navigator?.userAgent ?? EdgeRuntime ?? `Node.js/${process.versions.node}`}`
}
