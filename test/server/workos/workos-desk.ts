import { WorkOS } from '@workos-inc/node'
import type { JWTPayload } from 'jose'
import { WorkOS as WorkOS7 } from 'workos-node-7'
import { sealText } from '../../../src/server/sealed/seal.js'
import { createWorkOSSessions } from '../../../src/server/workos/index.js'
import { createIssuer, type Issuer } from '../../interop/issuer.js'
import { listen, readText, relay } from '../../support/node-server.js'

export const PASSWORD = 'a cookie password that all sides share'
export const OTHER = 'a cookie password that nobody shares yet'

/** What the wire gives: an answer, no answer at all (`lost`), or none yet (`silent`). */
export type Given = Response | 'lost' | 'silent'

/** The three that are set side by side: two real SDKs, and ours. */
export type Side = 'v7' | 'v11' | 'ours'

/** What one of them says. */
export interface Told {
  readonly authenticated: boolean
  readonly reason?: string | undefined
  readonly retryable?: boolean | undefined
  readonly retryAfter?: number | undefined
  readonly sealedSession?: string | undefined
  readonly user?: object | undefined
  readonly impersonator?: object | undefined
}

/** A session in a cookie, as every side has it. */
export interface CookieSession {
  authenticate(): Promise<Told>
  refresh(options?: { cookiePassword?: string; organizationId?: string }): Promise<Told>
  getLogoutUrl(options?: { returnTo?: string }): Promise<string>
}

/** How the sides are set up. */
export interface SideOptions {
  readonly issuer?: string
  readonly clientId?: string
  /** Milliseconds for one request. */
  readonly timeout?: number
}

/** A desk where the SDKs meet the same server, which says what it is told to. */
export interface Desk {
  readonly issuer: Issuer
  /** The bodies of all token requests since `reset`. */
  readonly requests: Record<string, unknown>[]
  /** What the token endpoint answers. */
  answer: () => Promise<Given>
  /** What the key set answers, if not with the keys. */
  keys: (() => Given) | null
  reset(): void
  /** An access token of the user `user_1`. */
  token(claims?: JWTPayload, kid?: string): Promise<string>
  /** What a cookie holds. */
  data(changes?: object): Promise<Record<string, unknown>>
  /** A cookie's value. */
  cookie(changes?: object): Promise<string>
  /** A success of the token endpoint. */
  success(changes?: object): Promise<Response>
  open(side: Side, cookie: string, password?: string, options?: SideOptions): CookieSession
  close(): Promise<void>
}

export const json = (status: number, body: unknown, headers: HeadersInit = {}): Response =>
  Response.json(body, { status, headers })

export const html = (status: number): Response =>
  new Response('<!doctype html><title>Bad gateway</title>', {
    status,
    headers: { 'content-type': 'text/html' },
  })

/** Opens a desk on a port of this machine. */
export async function createDesk(): Promise<Desk> {
  const issuer = await createIssuer('k1', 'k2')
  const requests: Record<string, unknown>[] = []
  const server = await listen(async (request, response) => {
    const body = await readText(request)
    const asked = request.url === '/user_management/authenticate'
    if (asked) requests.push(JSON.parse(body))
    const given = asked ? await desk.answer() : (desk.keys?.() ?? (await issuer.fetch('')))
    if (given === 'silent') return
    if (given === 'lost') request.socket.destroy()
    else await relay(given, response)
  })
  const { port } = server
  const seconds = (): number => Math.floor(Date.now() / 1000)

  const desk: Desk = {
    issuer,
    requests,
    answer: async () => 'lost',
    keys: null,
    reset() {
      requests.length = 0
      desk.answer = async () => 'lost'
      desk.keys = null
      issuer.publish('k1')
    },
    token: (claims = {}, kid = 'k1') =>
      issuer.sign(
        {
          sub: 'user_1',
          sid: 'session_1',
          org_id: 'org_1',
          iat: seconds(),
          exp: seconds() + 300,
          ...claims,
        },
        kid,
      ),
    data: async (changes = {}) => ({
      accessToken: await desk.token(),
      refreshToken: 'refresh_1',
      user: { object: 'user', id: 'user_1', email: 'ada@example.test', firstName: 'Ada' },
      ...changes,
    }),
    cookie: async (changes) => sealText(JSON.stringify(await desk.data(changes)), PASSWORD),
    success: async (changes = {}) =>
      json(200, {
        user: { object: 'user', id: 'user_1', email: 'ada@example.test', first_name: 'Augusta' },
        organization_id: 'org_1',
        access_token: await desk.token({ jti: String(requests.length) }),
        refresh_token: `refresh_${requests.length + 1}`,
        authentication_method: 'Password',
        ...changes,
      }),
    open(side, sessionData, cookiePassword = PASSWORD, options = {}) {
      const { clientId = 'client_1', issuer: expected, timeout } = options
      const where = { apiHostname: '127.0.0.1', https: false, port, clientId }
      const bound = timeout === undefined ? {} : { timeout }
      const cookie = { sessionData, cookiePassword }
      if (side === 'ours') {
        return createWorkOSSessions({
          clientId,
          apiKey: 'sk_test_1',
          url: server.origin,
          issuer: expected,
          requestTimeout: timeout,
        }).loadSealedSession(cookie)
      }
      if (side === 'v7') {
        return new WorkOS7('sk_test_1', { ...where, ...bound }).userManagement.loadSealedSession(
          cookie,
        )
      }
      const checks = expected === undefined ? {} : { issuer: expected }
      const workos = new WorkOS('sk_test_1', { ...where, ...bound, ...checks, maxRetries: 0 })
      return workos.userManagement.loadSealedSession(cookie)
    },
    close: server.close,
  }
  return desk
}
