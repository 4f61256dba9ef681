import { AsyncLocalStorage } from 'node:async_hooks'
import type { NextCookie, NextCookies, NextFramework } from '../../src/next/framework.js'

/** How `redirect` leaves. */
export class Redirected extends Error {
  readonly url: string

  constructor(url: string) {
    super('NEXT_REDIRECT')
    this.url = url
  }
}

/** Where in the life of a request code runs: cookies can be set in an action only. */
export type Phase = 'render' | 'action'

/** One request as Next serves it. */
interface Visit {
  readonly headers: Headers
  phase: Phase
  /** Whether code has said that it waits for a request: before that its values are those of a build. */
  isConnected: boolean
  /** The cookies of the request, and what was set since. */
  readonly cookies: Map<string, string>
  /** By name, as Next keeps them. */
  readonly set: Map<string, string>
}

const FLIGHT_HEADERS = [
  'rsc',
  'next-router-state-tree',
  'next-router-prefetch',
  'next-hmr-refresh',
  'next-router-segment-prefetch',
]

const serialize = ({ name, value, maxAge, path = '/', ...cookie }: NextCookie): string =>
  [
    `${name}=${encodeURIComponent(value)}`,
    `Path=${path}`,
    cookie.domain && `Domain=${cookie.domain}`,
    maxAge !== undefined && `Max-Age=${maxAge}`,
    cookie.httpOnly && 'HttpOnly',
    cookie.secure && 'Secure',
    cookie.sameSite && `SameSite=${cookie.sameSite}`,
  ]
    .filter(Boolean)
    .join('; ')

/** Puts a cookie into a store, which keeps the last one of each name and leaves out what it cannot decode (16.4, read). */
function put(cookies: Map<string, string>, pair: string): void {
  const end = pair.indexOf('=')
  try {
    if (end < 0) cookies.set(pair, 'true')
    else cookies.set(pair.slice(0, end), decodeURIComponent(pair.slice(end + 1)))
  } catch {}
}

/** The cookies of a request, and over them what the proxy has set on its answer (16.4, read). */
function readCookies(header: string | null, proxied: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  const pairs = (header ?? '').split(/; */).filter(Boolean)
  for (const pair of [...pairs, ...proxied.map((line) => line.split(';')[0] ?? '')]) {
    put(found, pair)
  }
  return found
}

function storeOf(visit: Visit): NextCookies {
  return {
    getAll: () => [...visit.cookies].map(([name, value]) => ({ name, value })),
    // It looks at the phase before it looks at the cookie (16.4, read).
    set(cookie) {
      if (visit.phase === 'render') {
        throw new Error('Cookies can only be modified in a Server Action or Route Handler.')
      }
      visit.cookies.set(cookie.name, cookie.value)
      visit.set.set(cookie.name, serialize(cookie))
    },
  }
}

/** Next.js as far as sessions see it: 16.4's ways with cookies, headers and redirects. */
export function createFakeNext(
  env: Readonly<Record<string, string | undefined>> = {},
  { basePath = '' }: { readonly basePath?: string } = {},
) {
  const log: string[] = []
  const visits = new AsyncLocalStorage<Visit>()
  const passed = new WeakMap<Response, Headers>()

  function current(): Visit {
    const visit = visits.getStore()
    if (!visit) throw new Error('`headers` was called outside a request scope.')
    return visit
  }

  function redirect(url: string): never {
    throw new Redirected(url.startsWith('/') ? basePath + url : url)
  }

  const framework: NextFramework = {
    headers: async () => current().headers,
    async cookies() {
      const visit = current()
      // What follows looks at the clock.
      if (!visit.isConnected) log.push('Next found an unstable value.')
      return storeOf(visit)
    },
    async connection() {
      current().isConnected = true
    },
    redirect: async (url) => redirect(url),
    NextResponse: {
      next({ request }) {
        const response = new Response(null)
        passed.set(response, new Headers(request.headers))
        return response
      },
    },
    env,
  }

  return {
    framework,
    /** As an app calls it. */
    redirect,
    /** What Next has written into the log. */
    log,
    /** A request as the proxy gets it, from which Next takes what is its own (16.4, seen). */
    forProxy(request: Request): Request {
      const headers = new Headers(request.headers)
      for (const name of FLIGHT_HEADERS) headers.delete(name)
      return new Request(request, { headers })
    },
    /** The headers with which the proxy passed a request on; nothing when it answered itself. */
    passedOn: (response: Response): Headers | undefined => passed.get(response),
    /**
     * Runs code for a request, on which the proxy has set the cookies `proxied`; tells what came of it, and the cookies
     * that it has set.
     */
    async serve<T>(
      headers: Headers,
      phase: Phase,
      work: () => Promise<T>,
      proxied: readonly string[] = [],
    ) {
      const cookies = readCookies(headers.get('cookie'), proxied)
      const visit: Visit = { headers, phase, isConnected: false, cookies, set: new Map() }
      let result: T | undefined
      let redirected = ''
      let failure: unknown = null
      await visits.run(visit, async () => {
        try {
          result = await work()
        } catch (error) {
          if (error instanceof Redirected) redirected = error.url
          else failure = error
        }
      })
      return { result, redirected, error: failure, setCookies: [...visit.set.values()] }
    },
    /** What follows an action in the same request: the page renders with the cookies as they are. */
    async render<T>(work: () => Promise<T>): Promise<T> {
      const visit = current()
      visit.phase = 'render'
      try {
        return await work()
      } finally {
        visit.phase = 'action'
      }
    },
  }
}
