import { AuthError, isAuthError } from '../../src/core/errors.js'
import type { RequestContext } from '../../src/core/provider.js'
import { resumeWith } from '../../src/core/resume.js'
import type { Grant, Session } from '../../src/core/session.js'
import type { GoTrueProvider, GoTrueUser } from '../../src/providers/gotrue/index.js'
import type { Context } from './context.js'
import { type Cookie, cookieOf, REFUSED, seenByPages } from './jar.js'
import { HTTP_ONLY } from './ledger.js'
import type { Served } from './network.js'
import { contextOf } from './stopped.js'
import { count } from './tally.js'
import type { World } from './world.js'

/** One request of a page to a server that keeps its tokens in the cookies of the browser. */
export interface Visit {
  /** The refresh token that the server trades for it, as the cookie had it when the request left. */
  readonly token: string | null
  /** The session that the page means; empty where it asks whose the cookies hold. */
  readonly named: string | undefined
  /** Whether the answer is what the cookie holds, and nothing new. */
  readonly known: boolean
  /** Serves it once it has come through the network. */
  fetch(url: string, init: RequestInit): Promise<Response>
  /**
   * Takes the answer to the browser, which stores its cookie, and gives what the page gets to see.
   * @throws TypeError as `fetch` does, where the answer breaks off.
   */
  bring(served: Served): Promise<Response>
}

/** What a page asks for. */
interface Asked {
  readonly by: string
  readonly departure: number
  readonly path: string
  readonly text: string
  readonly headers: Headers
  readonly signal: AbortSignal
}

/** Of a hundred pages that crash, how many take the browser with them, and so the cookies to come. */
const WITH_BROWSER = 25

const answer = (status: number, body: unknown): Response =>
  new Response(body === null ? null : JSON.stringify(body), { status })
/** GoTrue's word for a token that is nobody's: what a cookie means that is not there, or another's. */
const nobody = (): Response =>
  answer(400, { code: 'refresh_token_not_found', message: 'No such cookie.' })

/** Whether the name of an access token is of this session. */
const isNameOf = ({ session }: Cookie, headers: Headers): boolean =>
  headers.get('authorization')?.startsWith(`Bearer ${HTTP_ONLY}${session.slice(0, 8)}.`) ?? false

/** How many ms the access token of a cookie still lives. */
const livesFor = ({ clock, ledger }: World, { body }: Cookie): number => {
  const pair = { accessToken: body.access_token, refreshToken: body.refresh_token }
  return body.expires_in * 1000 - (clock.monotonic() - (ledger.access(pair)?.at ?? -Infinity))
}

/** How the server takes one request. */
interface Route {
  /** What it trades at the scripted GoTrue. */
  readonly token: string | null
  /** What it says of itself. */
  readonly own?: () => Response
  /** The session that it says of itself. */
  readonly known?: Cookie
  /** Whether the answer removes the cookie. */
  readonly leaves?: boolean
}

/** The session that a refresh names; empty for whatever the cookies hold. */
const nameIn = (text: string): string | undefined =>
  /"refresh_token":"http-only\.([^"]*)"/.exec(text)?.[1]

/** What a server does with a request, by the cookie that comes with it. */
function routeOf(world: World, { path, text, headers }: Asked): Route {
  const cookie = world.jar?.cookie ?? null
  const name = nameIn(text)
  const own = (response: () => Response): Route => ({ token: null, own: response })
  if (path.startsWith('/logout')) {
    if (cookie && !isNameOf(cookie, headers)) {
      return own(() => answer(403, { code: 'session_not_found', message: 'Another session.' }))
    }
    const end = (): Response => {
      // The server of a cookie ends its session itself, whether its access token lives or not.
      if (cookie) world.wire.endSession(cookie.session)
      return answer(204, null)
    }
    return { ...own(end), leaves: true }
  }
  if (name === undefined) return { token: null }
  if (!cookie) return own(nobody)
  // A backend looks first whose the cookie is; others trade it, and the page sees whose it was.
  if (world.options.asking === 'backend' && name !== '' && name !== cookie.session)
    return own(nobody)
  if (world.options.asking === 'backend' && name === '' && livesFor(world, cookie) > 0) {
    return { token: null, own: () => answer(200, cookie.body), known: cookie }
  }
  return { token: cookie.body.refresh_token }
}

/** Whether the cookie of an answer gets lost with whoever asked. */
function isLost(world: World, context: Context | undefined, signal: AbortSignal): boolean {
  // The network of the browser goes on for frozen pages and, as all of these requests are
  // `keepalive`, for those that are gone. An abort cancels the request as long as there are no headers.
  if (context?.status === 'crashed') return world.options.cookies?.lost(WITH_BROWSER) ?? false
  return signal.aborted || context?.tab.environment.wake.online() === false
}

/** A request as it leaves the browser, with the cookie of that moment. */
export function visit(world: World, asked: Asked): Visit | null {
  const { jar, wire, options } = world
  if (!jar) return null
  const route = routeOf(world, asked)
  /** How many ms the server said that the session of the cookie still lives. */
  let left = 0
  const setCookie = (served: Served): void => {
    const { status, body } = served
    if (route.known) return
    const fresh = cookieOf(world, body)
    if (fresh) jar.set(fresh, 'given')
    else if (route.leaves && status < 300) jar.set(null, 'signed out')
    else if (route.token && status === 400 && body) {
      // Whose cookie it removes may have signed in since the token of another was refused.
      const refused = world.ledger.mint(route.token)?.session
      jar.set(null, jar.cookie?.session === refused ? REFUSED : 'late refusal')
    }
  }
  return {
    token: route.token,
    named: nameIn(asked.text),
    known: route.known !== undefined,
    async fetch(url, init) {
      if (route.known) {
        left = livesFor(world, route.known)
        // Whoever is told of it late counts its life from when it asked, as of any other answer.
        world.ledger.told(route.known.body.refresh_token, asked.departure, left)
      }
      if (route.own) return route.own()
      const text = route.token
        ? JSON.stringify({ refresh_token: route.token })
        : String(init.body ?? '')
      return wire.fetch(url, { ...init, body: text })
    },
    async bring(served) {
      const ms = options.cookies?.travel() ?? 0
      await new Promise<void>((resolve) => world.clock.schedule(ms, resolve))
      const context = contextOf(world, asked.by)
      if (isLost(world, context, asked.signal)) throw new TypeError('fetch failed')
      const given = served.genuine ? (route.known ?? cookieOf(world, served.body)) : null
      try {
        const response = await served.reply()
        if (served.genuine) setCookie(served)
        if (!given) return response
        const life = route.known ? left : given.body.expires_in * 1000
        return answer(200, seenByPages(world, given, life))
      } catch (error) {
        // Where the body breaks off, the headers may have come.
        if (served.genuine && options.cookies?.lost(50) === false) setCookie(served)
        throw error
      }
    },
  }
}

/** A provider whose server keeps its tokens in cookies: `workos`, `supertokens` and `backend` do. */
export function cookieProvider(world: World, provider: GoTrueProvider): GoTrueProvider {
  const { tally } = world.verdict
  const { restore: _, ...rest } = provider
  const named = (grant: Grant<GoTrueUser> | null): Grant<GoTrueUser> | null =>
    grant && { ...grant, sessionId: (grant.refreshToken ?? '').slice(HTTP_ONLY.length) }

  async function ask(
    known: Session<GoTrueUser> | null,
    context: RequestContext,
  ): Promise<Grant<GoTrueUser> | null> {
    try {
      const grant = named(await provider.refresh(HTTP_ONLY, context))
      const same = known?.sessionId === grant?.sessionId
      if (world.signedOut.has(grant?.sessionId ?? '')) count(tally, 'resumed though it has ended')
      count(tally, `resumed ${!known ? 'somebody' : same ? 'the same' : 'another'}`)
      return grant
    } catch (error) {
      const rejected = isAuthError(error, 'refresh_rejected')
      count(tally, `resumed ${rejected ? 'nobody' : 'in vain'}`)
      if (rejected) return null
      throw error
    }
  }

  return {
    ...rest,
    async refresh(token, context) {
      const grant = named(await provider.refresh(token, context))
      if (!grant || grant.refreshToken === token) return grant
      throw new AuthError('refresh_rejected', 'Somebody else has signed in in this browser.')
    },
    signIn: async (credentials, context) =>
      named((await provider.signIn?.(credentials, context)) ?? null),
    resume: resumeWith(async (known, context) =>
      known && world.options.asking === 'refresh' ? undefined : ask(known, context),
    ),
  }
}
