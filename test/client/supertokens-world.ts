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
  const csrfOf = ({ handle, turn }: Kept): string => `csrf-${handle}-${turn}`

  function issue(session: Kept, inHeaders: boolean): Headers {
    const { handle, userId, turn } = session
    const iat = Math.floor(clock.now() / 1000)
    const ate = iat * 1000 + life
    const tokens = { access: `at.${handle}.${turn}.${ate}`, refresh: `rt.${handle}.${turn}` }
    const email = `${userId}@example.com`
    const facts = { iat, exp: ate / 1000, sessionHandle: handle, refreshTokenHash1: `#${turn}` }
    const up = legacy ? { email } : { email, turn, ...facts }
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
      return session instanceof Response ? session : Response.json({ userId: session.userId })
    },
  }
}
