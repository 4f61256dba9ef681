import type { ManualClock } from '../../src/testing/index.js'

export const APP = 'https://app.example'
export const MINUTE = 60_000

/** What the backend of a test is like. */
export interface SuperTokensWorldOptions {
  readonly clock: ManualClock
  /** Whether requests must show the newest anti-CSRF token. */
  readonly antiCsrf?: boolean
  /** As before version 3 of the tokens: the payload is the app's own, without dates and handle. */
  readonly legacy?: boolean
}

/** The header `front-token` of such an access token. */
export const frontToken = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')

interface Kept {
  readonly handle: string
  readonly userId: string
  turn: number
  ended: boolean
}

/** Answers a request of a page to the API. */
export type ApiAnswer = (call: {
  readonly session: Kept
  readonly request: Request
  /** The headers of an answer that replaces the access token by one with these claims. */
  front(claims: object): Headers
}) => Response | Promise<Response>

const refusal = (message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ message }, { status: 401, headers })
const CLEARED = { 'front-token': 'remove' }

/**
 * A backend with sessions of SuperTokens, and the cookies of one browser that no script can read.
 * A refresh token is good once: whoever shows it again is a thief.
 */
export function createSuperTokensWorld({ clock, antiCsrf, legacy }: SuperTokensWorldOptions) {
  const sessions: Kept[] = []
  const jar = new Map<string, string>()
  const requests: Request[] = []
  const faults: (() => Response | Promise<Response>)[] = []
  /** The turns whose access tokens are no longer good. */
  const refused = new Set<number>()
  const life = 60 * MINUTE
  let api: ApiAnswer = ({ session }) => Response.json({ userId: session.userId })
  const csrfOf = ({ handle, turn }: Kept): string => `csrf-${handle}-${turn}`

  /** The headers that bring a new state of a session, with these claims besides. */
  function issue(session: Kept, inHeaders: boolean, claims: object = {}): Headers {
    const { handle, userId, turn } = session
    const iat = Math.floor(clock.now() / 1000)
    const ate = iat * 1000 + life
    // As with a real one, other claims make another token.
    const mark = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const tokens = {
      access: `at.${handle}.${turn}.${ate}.${mark}`,
      refresh: `rt.${handle}.${turn}`,
    }
    const email = `${userId}@example.com`
    const facts = { iat, exp: ate / 1000, sessionHandle: handle, refreshTokenHash1: `#${turn}` }
    const up = legacy ? { email, ...claims } : { email, turn, ...facts, ...claims }
    const headers = new Headers({ 'front-token': frontToken({ uid: userId, ate, up }) })
    if (antiCsrf) headers.set('anti-csrf', csrfOf(session))
    for (const [name, token] of Object.entries(tokens)) {
      if (inHeaders) headers.set(`st-${name}-token`, token)
      else jar.set(name, token)
    }
    return headers
  }

  /** The session of the token that a request carries, and how it is spelled. */
  function shown(request: Request, kind: 'access' | 'refresh') {
    const cookie = request.credentials === 'include' ? jar.get(kind) : undefined
    const token = request.headers.get('Authorization')?.replace('Bearer ', '') ?? cookie
    const [, handle, turn, expiry] = token?.split('.') ?? []
    return { session: sessions.find((one) => one.handle === handle), turn, expiry: Number(expiry) }
  }

  function clear(message: string): Response {
    jar.clear()
    return refusal(message, CLEARED)
  }

  function verified(request: Request): Kept | Response {
    const { session, turn, expiry } = shown(request, 'access')
    if (!session) return refusal('unauthorised')
    const csrf = request.headers.get('anti-csrf')
    const forged = antiCsrf && request.method !== 'GET' && csrf !== csrfOf(session)
    const dead = expiry <= clock.now() || refused.has(Number(turn))
    return dead || forged ? refusal('try refresh token') : session
  }

  function refresh(request: Request, inHeaders: boolean): Response {
    const { session, turn } = shown(request, 'refresh')
    if (!session || session.ended) return clear('unauthorised')
    if (antiCsrf && request.headers.get('anti-csrf') !== csrfOf(session))
      return clear('unauthorised')
    if (turn !== String(session.turn)) {
      session.ended = true
      return clear('token theft detected')
    }
    session.turn += 1
    return Response.json({}, { headers: issue(session, inHeaders) })
  }

  function signOut(request: Request): Response {
    const session = verified(request)
    if (session instanceof Response) return session
    session.ended = true
    jar.clear()
    return Response.json({ status: 'OK' }, { headers: CLEARED })
  }

  async function login(request: Request, inHeaders: boolean): Promise<Response> {
    const { userId } = await request.json()
    if (userId === 'mallory') return Response.json({ status: 'WRONG_CREDENTIALS_ERROR' })
    const session = { handle: `handle-${sessions.length + 1}`, userId, turn: 1, ended: false }
    sessions.push(session)
    return Response.json({ status: 'OK' }, { headers: issue(session, inHeaders) })
  }

  return {
    sessions,
    jar,
    requests,
    refused,
    /** Answers the next requests to refresh so. */
    fail: (answer: () => Response | Promise<Response>, times = 1): void => {
      faults.push(...Array.from({ length: times }, () => answer))
    },
    /** Answers requests to the API so. */
    serve: (answer: ApiAnswer): void => {
      api = answer
    },
    heal: (): void => void faults.splice(0),
    count: (path: string): number =>
      requests.filter(({ url }) => new URL(url).pathname === path).length,
    /** What `fetch` does for a page of the app. */
    async fetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
      const request = new Request(input, init)
      requests.push(request.clone())
      const { pathname } = new URL(request.url)
      const inHeaders = request.headers.get('st-auth-mode') === 'header'
      if (pathname === '/auth/session/refresh')
        return faults.shift()?.() ?? refresh(request, inHeaders)
      if (pathname === '/auth/signout') return signOut(request)
      if (pathname === '/login') return login(request, inHeaders)
      const session = verified(request)
      if (session instanceof Response) return session
      const front = (claims: object): Headers => {
        const headers = issue(session, inHeaders, claims)
        headers.delete('st-refresh-token')
        return headers
      }
      return api({ session, front, request })
    },
  }
}
