import { createNextSuperTokensWith } from '../../src/next/supertokens/create.js'
import type { NextSuperTokensOptions } from '../../src/next/supertokens/types.js'
import { createSuperTokens } from '../../src/server/supertokens/supertokens.js'
import type { SuperTokensOptions } from '../../src/server/supertokens/types.js'
import {
  createSuperTokensSessions,
  type SuperTokensSessionsOptions,
} from '../../src/server/supertokens/web/index.js'
import {
  createScriptedSuperTokensCore,
  type ScriptedSuperTokensCoreOptions,
} from '../../src/testing/supertokens/index.js'
import { createFakeNext } from './fake-next.js'

export const ORIGIN = 'https://app.example'
/** The address that Next gives requests, whatever the browser asked for. */
const INSIDE = 'http://localhost:3000'
export const START = 1_795_000_000_000
const HOST = 'http://localhost:3567'
/** The life of an access token, in ms. */
export const LIFE = 3_600_000

/** How an app is to be; what is left out is as most have it. */
export interface AppOptions {
  readonly next?: Partial<NextSuperTokensOptions>
  readonly sessions?: Partial<SuperTokensSessionsOptions>
  readonly superTokens?: Partial<SuperTokensOptions>
  readonly core?: ScriptedSuperTokensCoreOptions
}

interface Cookie {
  readonly path: string
  readonly value: string
}

/** What a browser keeps: cookies by name and path, each for its path and what lies beneath. */
function createJar() {
  const jar = new Map<string, Cookie>()
  return {
    jar,
    keep(lines: readonly string[]): void {
      for (const line of lines) {
        const [pair = ''] = line.split(';')
        const path = /; Path=([^;]+)/.exec(line)?.[1] ?? '/'
        const end = pair.indexOf('=')
        const [name, value] = [pair.slice(0, end), pair.slice(end + 1)]
        if (value === '' || / 1970 /.test(line)) jar.delete(`${name} ${path}`)
        else jar.set(`${name} ${path}`, { path, value })
      }
    },
    headerFor: (pathname: string): string =>
      [...jar]
        .filter(
          ([, { path }]) => path === '/' || pathname === path || pathname.startsWith(`${path}/`),
        )
        .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
        .join('; '),
  }
}

/** A Next.js app with SuperTokens, in which `/team` is for those who are signed in. */
export function createSuperTokensApp({
  next: options,
  sessions: more,
  ...settings
}: AppOptions = {}) {
  const clock = { time: START, now: () => clock.time }
  const core = createScriptedSuperTokensCore({ clock, ...settings.core })
  const superTokens = createSuperTokens({
    hosts: HOST,
    fetch: core.fetch,
    now: clock.now,
    ...settings.superTokens,
  })
  const sessions = createSuperTokensSessions({ superTokens, now: clock.now, ...more })
  const next = createFakeNext()
  const auth = createNextSuperTokensWith(next.framework, {
    origin: ORIGIN,
    signInPage: '/login',
    sessions: () => sessions,
    ...options,
  })
  const runProxy = auth.proxy({ protect: ['/team/:path*'] })

  function browser() {
    const { jar, keep, headerFor } = createJar()
    const requestTo = (href: string, init: RequestInit = {}): Request => {
      const { pathname, search } = new URL(href, ORIGIN)
      const headers = new Headers({
        'sec-fetch-mode': 'navigate',
        'sec-fetch-site': 'same-origin',
      })
      for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
      const cookie = headerFor(pathname)
      if (cookie) headers.set('cookie', cookie)
      return new Request(INSIDE + pathname + search, { ...init, headers })
    }

    /** One request, by way of the proxy; a page renders who is signed in. */
    async function ask(href: string, init: RequestInit = {}) {
      const request = requestTo(href, init)
      const response = await runProxy(next.forProxy(request))
      keep(response.headers.getSetCookie())
      const passed = next.passedOn(response)
      if (!passed) return { response, rendered: undefined }
      const { pathname } = new URL(href, ORIGIN)
      if (!pathname.startsWith('/auth/')) {
        const served = await next.serve(passed, 'render', () => auth.getSession())
        if (served.error) throw served.error
        return { response, rendered: served.result }
      }
      const route = request.method === 'POST' ? auth.handlers.POST : auth.handlers.GET
      const answered = await route(new Request(request, { headers: passed }))
      keep(answered.headers.getSetCookie())
      return { response: answered, rendered: undefined }
    }

    /** Navigates, wherever it is sent. */
    async function follow(href: string, init: RequestInit = {}) {
      const way = [href]
      for (let hop = 0; hop < 10; hop += 1) {
        const answer = await ask(way.at(-1) ?? '', init)
        const location = answer.response.headers.get('location')
        if (!location) return { ...answer, way }
        way.push(location.startsWith(ORIGIN) ? location.slice(ORIGIN.length) : location)
      }
      throw new Error('There is no end to these redirects.')
    }

    return { jar, keep, ask, follow, requestTo }
  }

  /** A browser in which Ada has signed in. */
  async function signedIn(jwtPayload = {}) {
    const opened = browser()
    // Keys take longer to make, on a busy machine, than a page waits for them.
    await core.fetch(`${HOST}/.well-known/jwks.json`)
    const answer = new Headers()
    const request = { method: 'POST', headers: new Headers({ 'st-auth-mode': 'cookie' }) }
    const session = await sessions.createNewSession({ request, answer }, 'ada', { jwtPayload })
    opened.keep(answer.getSetCookie())
    core.clearLog()
    return { ...opened, session }
  }

  return { auth, browser, signedIn, clock, core, next, sessions, superTokens }
}
