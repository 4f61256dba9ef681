import type { SessionUser } from '../../core/session.js'
import { createPkce } from '../../providers/shared/pkce.js'
import { parseCookies } from '../cookies/cookies.js'
import type { RequestSessions } from '../requests/request-sessions.js'
import { answer, redirect } from './answers.js'
import { createDeeds, headerOf } from './deeds.js'
import { AGAIN, type SignInFlows } from './flows.js'
import { isOurs } from './guard.js'
import { safeReturnTo } from './paths.js'
import { createSessionView, type SessionViewDeps } from './session-view.js'
import type { EndSignIn } from './sign-in-end.js'
import type { FailSignIn } from './sign-in-failure.js'
import type { Call, RouteTools } from './types.js'

/** What the tools work on. */
export interface RouteToolsDeps<User extends SessionUser> extends SessionViewDeps {
  readonly sessions: RequestSessions<User>
  readonly flows: SignInFlows
  readonly end: EndSignIn<User>
  readonly fail: FailSignIn
  readonly basePath: string
  /** The origins whose pages may call besides. */
  readonly allowed: readonly string[]
  redirectUri(url: URL): string
  appOrigin(url: URL): string
  ownOrigin(url: URL): string
}

/** How long a link in a message may lie there, in ms: as long as pages keep the secret of one. */
const LINK_LIFE = 24 * 3_600_000

/** The state in an address that leads to the callback. */
function stateIn(address: string | null, redirectUri: string): string | null {
  if (address === null || !URL.canParse(address)) return null
  const [wanted, given] = [new URL(redirectUri), new URL(address)]
  const same = wanted.origin === given.origin && wanted.pathname === given.pathname
  return same ? given.searchParams.get('state') : null
}

/** Makes the tools of the routes that an auth server has of its own. */
export function createRouteTools<User extends SessionUser>(
  deps: RouteToolsDeps<User>,
): RouteTools<User> {
  const { sessions, flows, end, fail, basePath, allowed } = deps
  const view = createSessionView<User>(deps)
  const pageOf = ({ url }: Call, path: string): string => `${deps.appOrigin(url)}${path}`

  return {
    basePath,
    fail,
    as: createDeeds(sessions, view),
    appOrigin: ({ url }) => deps.appOrigin(url),
    pathOf({ url }, address) {
      const there = `${deps.appOrigin(url)}/`
      const path = address?.startsWith(there) ? address.slice(there.length - 1) : address
      const callback = new URL(deps.redirectUri(url)).pathname
      return path?.split(/[?#]/, 1)[0] === callback ? '/' : safeReturnTo(path)
    },
    async welcome(grant, call) {
      const ended = await end(grant, { call, returnTo: '/', state: undefined })
      const { setCookies, returnTo } = ended
      const wanted = { refresh: 'never', request: call.request } as const
      const { session } = await sessions.getSession(headerOf(setCookies), wanted)
      return ended.finish(
        answer({ session: session && (await view(session)), returnTo }, setCookies),
      )
    },
    async enter(grant, call, { returnTo, state, setCookies = [] }) {
      const ended = await end(grant, { call, returnTo: safeReturnTo(returnTo), state })
      const cookies = [...setCookies, ...ended.setCookies]
      return ended.finish(redirect(pageOf(call, ended.returnTo), cookies))
    },
    leave: (call, returnTo) => redirect(pageOf(call, safeReturnTo(returnTo))),
    async begin(call, returnTo) {
      const { verifier, challenge } = await createPkce()
      const redirectUri = deps.redirectUri(call.url)
      // Whoever opens it in another browser is told so, and not sent to sign in by whatever is the default.
      const state = `${challenge}.${AGAIN}`
      const flow = { state, verifier, returnTo: safeReturnTo(returnTo), redirectUri }
      const setCookies = await flows.keep(flow, parseCookies(call.cookie), LINK_LIFE)
      return { redirectUri, state, codeChallenge: challenge, setCookies }
    },
    async begun(call, address) {
      const jar = parseCookies(call.cookie)
      const redirectUri = deps.redirectUri(call.url)
      const flow = await flows.find(stateIn(address, redirectUri), jar)
      if (flow?.redirectUri !== redirectUri) return null
      const { returnTo, appState: state } = flow
      return { returnTo, state, setCookies: flows.end(flow, jar) }
    },
    isOwn: ({ request: { headers }, url }) =>
      isOurs(headers, { own: deps.ownOrigin(url), allowed }),
  }
}
