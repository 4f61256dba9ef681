import {
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'
import type { BackendOptions } from '../../../src/server/backend/types.js'
import { createDeviceBinding, type DeviceBindingOptions } from '../../../src/server/dbsc/index.js'
import {
  applyCookies,
  applySession,
  createBackend,
  createRequestSessions,
  parseCookies,
  type SetSessionOptions,
} from '../../../src/server/index.js'
import type { Password } from '../../../src/server/sealed/seal.js'
import type { SecurityEvent } from '../../../src/server/shared/security-events.js'
import { workosServer } from '../../../src/server/workos/index.js'
import {
  ADA,
  APP,
  createBackendWorld,
  createJar,
  type Jar,
  PASSWORD,
  type WorldOptions,
} from '../backend/backend-world.js'

export const REGISTER = '/auth/dbsc/register'
export const RENEW = '/auth/dbsc/refresh'
export const LIFETIME = 600_000
/** Longer than the busiest machine takes, in ms: the limits of requests are real time. */
const REQUEST_TIMEOUT = 3_600_000
/** With what Ada signs in at a page of the app's own, where WorkOS knows her by {@link WITH_PASSWORD}. */
const ADA_PASSWORD = 'secret-1'
export const WITH_PASSWORD = {
  users: [{ email: ADA, password: ADA_PASSWORD, memberships: [{ organizationId: 'org_1' }] }],
}

/** A pair of keys, of which a browser shows one. */
export interface Pair {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

export async function createPair(alg = 'ES256'): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, jwk: await exportJWK(publicKey) }
}

/** What a proof may say in place of what a browser says. */
export interface ProofWords {
  readonly header?: Readonly<Record<string, unknown>>
  readonly payload?: JWTPayload
  readonly alg?: string
  readonly key?: CryptoKey | Uint8Array
}

/** Signs a challenge as Chromium 156 does: the key in the header where a session is new, and no other claims. */
export function sign(
  pair: Pair,
  challenge: string,
  { header, payload, alg = pair.alg, key = pair.privateKey }: ProofWords = {},
): Promise<string> {
  const all: JWTHeaderParameters = { alg, typ: 'dbsc+jwt', ...header }
  return new SignJWT({ jti: challenge, ...payload })
    .setProtectedHeader(all)
    .sign(key, { crit: { more: true } })
}

const quotedIn = (header: string | null, name: string): string =>
  new RegExp(`${name}="([^"]*)"`).exec(header ?? '')?.[1] ?? ''

/** What registers in an answer's header. */
export const registrationOf = (response: Response) => {
  const header = response.headers.get('Secure-Session-Registration')
  return {
    header,
    path: quotedIn(header, 'path'),
    challenge: quotedIn(header, 'challenge'),
  }
}

/** Options of {@link createDeviceWorld}. */
export interface DeviceWorldOptions extends DeviceBindingOptions {
  readonly world?: WorldOptions
  readonly backend?: Partial<BackendOptions>
}

/** The server's side of bound sessions, and a browser that knows of them. */
export function createDeviceWorld({ world, backend, ...binding }: DeviceWorldOptions = {}) {
  const events: SecurityEvent[] = []
  const base = createBackendWorld({
    ...world,
    sealed: {
      onSecurityEvent: (event) => void events.push(event),
      requestTimeout: REQUEST_TIMEOUT,
      ...world?.sealed,
    },
  })
  const { now, workos } = base
  const state = { deviceBound: createDeviceBinding(binding) }
  const server = workosServer({
    clientId: 'client_1',
    apiKey: 'sk_test_scripted',
    fetch: workos.fetch,
    requestTimeout: REQUEST_TIMEOUT,
  })

  /** The server, as it starts with a password. */
  function start(password: Password = PASSWORD) {
    const sessions = createRequestSessions({
      sessions: base.sealed,
      cookie: { ...world?.cookie, password },
      ...state,
      now,
    })
    const options = { sessions, signIn: server, password, now, ...backend }
    return { sessions, backend: createBackend(options) }
  }

  const running = { ...start() }

  const handle = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(new URL(path, APP), { redirect: 'manual', ...init })
    return (await running.backend.handle(request)) ?? new Response('Not ours.', { status: 404 })
  }

  /** A browser with cookies of its own. */
  function createBrowser(jar: Jar = createJar(now)) {
    const withCookies = (headers: HeadersInit | undefined): Headers => {
      const all = new Headers(headers)
      const cookie = jar.header()
      if (cookie !== null && !all.has('Cookie')) all.set('Cookie', cookie)
      return all
    }

    const send = async (path: string, init: RequestInit = {}): Promise<Response> =>
      jar.take(await handle(path, { ...init, headers: withCookies(init.headers) }))

    /** What a page asks for. */
    function page(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
      const own = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin', ...headers }
      return send(path, { method, headers: own, ...(method === 'POST' && { body: '{}' }) })
    }

    /** The person signs in; the answer that ends it. */
    async function signIn(email = ADA): Promise<Response> {
      const query = new URLSearchParams({ loginHint: email, organizationId: 'org_1' })
      const begin = await send(`/auth/sign-in?${query}`, {
        headers: { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate' },
      })
      const { headers } = await workos.fetch(begin.headers.get('Location') ?? '')
      return send(headers.get('Location') ?? '', { headers: { 'Sec-Fetch-Mode': 'navigate' } })
    }

    /** The browser's own request, as it is sent from the answer of another site: without cookies. */
    const post = async (path: string, headers: Readonly<Record<string, string>>) =>
      jar.take(await handle(path, { method: 'POST', headers }))

    async function register(answer: Response, pair: Pair): Promise<Response> {
      const { challenge, path } = registrationOf(answer)
      const proof = await sign(pair, challenge, { header: { jwk: pair.jwk } })
      return post(path, { 'Secure-Session-Response': proof })
    }

    /** Proves the key again, in the two steps of a browser that has no challenge. */
    async function renew(id: string, pair: Pair, cookies = true): Promise<Response> {
      const headers = { 'Sec-Secure-Session-Id': id, ...(cookies && cookieOf(jar)) }
      const asked = await post(RENEW, headers)
      if (asked.status !== 403) return asked
      const challenge = challengeIn(asked)
      const proof = await sign(pair, challenge)
      return post(RENEW, { ...headers, 'Secure-Session-Response': proof })
    }

    /** Signs in and binds the session, up to the first request that shows both cookies. */
    async function begin(email = ADA, alg?: string) {
      const pair = await createPair(alg)
      const answer = await signIn(email)
      const unbound = sessionCookie(jar)
      const registered = await register(answer, pair)
      const { session_identifier: id, ...instructions } = await registered.json()
      const first = await page('/auth/session')
      return { pair, id, instructions, first, unbound }
    }

    /** Ada signs in by code that can set cookies and no headers, as a Server Action of Next.js. */
    async function act(
      wanted: SetSessionOptions = { withoutHeaders: true },
    ): Promise<Readonly<Record<string, string>>> {
      const grant = await server.exchangePassword({ email: ADA, password: ADA_PASSWORD })
      const set = await running.sessions.setSession(grant, jar.header(), wanted)
      const answer = new Response()
      applyCookies(answer.headers, set.setCookies)
      jar.take(answer)
      return set.headers
    }

    /** A page of the app's own, behind what looks at sessions. */
    async function visit(headers: HeadersInit = {}): Promise<Response> {
      const request = new Request(APP, { headers: withCookies(headers) })
      const found = await running.sessions.getSession(request.headers.get('Cookie'), { request })
      const response = new Response(found.session?.user.email ?? found.failure?.reason)
      applySession(response.headers, found)
      return jar.take(response)
    }

    return { jar, send, page, post, signIn, act, visit, register, renew, begin }
  }

  /** Starts the server anew, with other passwords. */
  const restart = (password: Password): void => void Object.assign(running, start(password))

  /** Starts the server anew, with another binding. */
  function configure(options: DeviceBindingOptions): void {
    state.deviceBound = createDeviceBinding(options)
    restart(PASSWORD)
  }

  return { ...base, running, restart, configure, handle, events, createBrowser }
}

/** The challenge that an answer wants to have signed. */
export const challengeIn = (response: Response): string =>
  /^"([^"]*)"/.exec(response.headers.get('Secure-Session-Challenge') ?? '')?.[1] ?? ''

/** The header with all cookies of a browser. */
export const cookieOf = (jar: Jar): Readonly<Record<string, string>> => ({
  Cookie: jar.header() ?? '',
})

/** The session's cookie alone, as a thief has it. */
export const sessionCookie = (jar: Jar): string =>
  (jar.header() ?? '')
    .split('; ')
    .filter((pair) => /^__Host-holdfast(\.\d+)?=/.test(pair))
    .join('; ')

/** The names of the bound cookies. */
export const boundCookies = (jar: Jar): readonly string[] =>
  [...parseCookies(jar.header()).keys()].filter((name) => name.startsWith('__Host-holdfast-bound-'))
