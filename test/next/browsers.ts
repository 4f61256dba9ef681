import type { NextHandler, NextSessions } from '../../src/next/types.js'
import type { createFakeNext, Phase } from './fake-next.js'

export const ORIGIN = 'https://app.example'
/** As long as a busy machine may take for what waits by the platform’s own timers, in ms. */
export const PATIENCE = 3_600_000
/** The address that Next gives requests, whatever the browser asked for. */
const INSIDE = 'http://localhost:3000'

/** How a request is made. */
export interface VisitOptions {
  readonly phase?: Phase
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the `matcher` leaves this path out. */
  readonly unproxied?: boolean
}

/** The app that browsers visit. */
export interface Visited<Who> {
  readonly auth: Pick<NextSessions, 'handlers'>
  readonly next: ReturnType<typeof createFakeNext>
  /** Of the auth server. */
  readonly fetch: typeof fetch
  readonly runProxy: NextHandler
  withAuth(): Promise<Who>
}

/**
 * What a browser says of where a navigation comes from, with all addresses that it was sent to so far (Fetch Metadata
 * §2.3): what was led elsewhere once stays another site's, and what began outside of the browser stays that.
 */
function siteOf(from: string | null, chain: readonly URL[]): string {
  if (from === null) return 'none'
  return chain.every(({ origin }) => origin === from) ? 'same-origin' : 'cross-site'
}

/** What a browser does with `Set-Cookie`. It drops what is larger than 4096 bytes. */
function keep(jar: Map<string, string>, lines: readonly string[]): void {
  for (const line of lines) {
    const [pair = ''] = line.split(';')
    const end = pair.indexOf('=')
    const name = pair.slice(0, end)
    if (/; Max-Age=0(;|$)/.test(line)) jar.delete(name)
    else if (`Set-Cookie: ${line}`.length <= 4096) jar.set(name, pair.slice(end + 1))
  }
}

/** Makes browsers for an app, each with cookies of its own. */
export function createBrowsers<Who>({ auth, next, fetch, runProxy, withAuth }: Visited<Who>) {
  return (jar = new Map<string, string>()) => {
    const requestTo = (href: string, method: string, headers: VisitOptions['headers']): Request => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const sent = {
        'sec-fetch-mode': 'navigate',
        'sec-fetch-site': 'same-origin',
        ...(cookie && { cookie }),
        ...headers,
      }
      const { pathname, search } = new URL(href)
      return new Request(INSIDE + pathname + search, { method, headers: sent })
    }

    /** Asks for a page, or sends an action to it. */
    async function visit<T>(path: string, work: () => Promise<T>, wanted: VisitOptions = {}) {
      const { phase = 'render', headers, unproxied } = wanted
      const request = requestTo(ORIGIN + path, phase === 'action' ? 'POST' : 'GET', headers)
      const response = unproxied
        ? next.framework.NextResponse.next({ request })
        : await runProxy(next.forProxy(request))
      const passed = next.passedOn(response)
      const none = { result: undefined, redirected: '', error: null, setCookies: [] }
      const proxied = response.headers.getSetCookie()
      const served = passed ? await next.serve(passed, phase, work, proxied) : none
      keep(jar, [...proxied, ...served.setCookies])
      return { response, passed, ...served }
    }

    /**
     * Navigates, wherever it is sent: by a link on a page of `from`, or, where that is `null`, in a mail or from the
     * address bar.
     */
    async function follow(
      href: string,
      from: string | null = ORIGIN,
    ): Promise<{ url: string; response: Response }> {
      let url = new URL(href, ORIGIN)
      const chain: URL[] = []
      for (let hop = 0; hop < 10; hop += 1) {
        chain.push(url)
        const ours = url.origin === ORIGIN
        const request = requestTo(url.href, 'GET', { 'sec-fetch-site': siteOf(from, chain) })
        const answered = ours ? await runProxy(request) : await fetch(url, { redirect: 'manual' })
        const passed = ours && next.passedOn(answered)
        const response = passed
          ? await auth.handlers.GET(new Request(request, { headers: passed }))
          : answered
        if (ours) keep(jar, response.headers.getSetCookie())
        const location = response.headers.get('location')
        if (!location) return { url: url.href, response }
        url = new URL(location, url)
      }
      throw new Error('There is no end to these redirects.')
    }

    /** Calls a route of the sign-in, as a page of the app does. */
    async function post(path: string, body: unknown): Promise<Response> {
      const headers = { 'sec-fetch-mode': 'cors', 'x-holdfast': '1' }
      const request = new Request(requestTo(ORIGIN + path, 'POST', headers), {
        body: JSON.stringify(body),
      })
      const response = await auth.handlers.POST(request)
      keep(jar, response.headers.getSetCookie())
      return response
    }

    return {
      jar,
      post,
      visit,
      follow,
      requestTo: (path: string, headers: VisitOptions['headers'] = {}) =>
        requestTo(ORIGIN + path, 'GET', headers),
      page: <T>(work: () => Promise<T>, wanted?: VisitOptions) => visit('/', work, wanted),
      act: <T>(work: () => Promise<T>, wanted?: VisitOptions) =>
        visit('/', work, { ...wanted, phase: 'action' }),
      who: async () => (await visit('/', withAuth)).result,
    }
  }
}
